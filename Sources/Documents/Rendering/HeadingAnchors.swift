/// How a site names the places that a link can open a page at.
public enum AnchorStyle: String, Sendable, Hashable, Codable {
    /// White space becomes `-`: `Setting-up-VPN`.
    case cloud
    /// The page's title, `-`, and the heading, both without white space: `Handbook-SettingupVPN`.
    case dataCenter
}

/// Fragments that open a page at a heading, as Confluence makes them.
///
/// A heading that was there before gets `.1`, `.2`, …. All but white space stays as it is; who makes a link
/// escapes it.
struct HeadingAnchors {
    private let style: AnchorStyle
    private let title: String
    private var counts: [String: Int] = [:]

    /// - Parameter title: the page's.
    init(style: AnchorStyle = .cloud, title: String = "") {
        self.style = style
        self.title = title.filter { !$0.isWhitespace }
    }

    mutating func anchor(for heading: String) -> String {
        let name: String
        switch style {
        case .cloud:
            let bytes = heading.utf8.map { $0 <= 0x20 ? UInt8(ascii: "-") : $0 }
            name = String(decoding: bytes, as: UTF8.self)
        case .dataCenter:
            let words = heading.filter { !$0.isWhitespace }
            name = title.isEmpty ? words : "\(title)-\(words)"
        }
        let count = counts[name, default: 0]
        counts[name] = count + 1
        return count == 0 ? name : "\(name).\(count)"
    }
}
