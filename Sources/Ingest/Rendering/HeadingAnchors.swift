/// Fragments that open a page at a heading, as Confluence Cloud makes them.
///
/// White space becomes `-`, all else stays: `Setting up VPN` → `Setting-up-VPN`. A heading that was there
/// before gets `.1`, `.2`, …
struct HeadingAnchors {
    private var counts: [String: Int] = [:]

    mutating func anchor(for heading: String) -> String {
        let name = String(decoding: heading.utf8.map { $0 <= 0x20 ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
        let count = counts[name, default: 0]
        counts[name] = count + 1
        return count == 0 ? name : "\(name).\(count)"
    }
}
