import Foundation

/// The title of a page and where its links lead, found by one pass over its bytes.
///
/// Comments, scripts and styles are passed over. It mends nothing: of a page that is broken it finds less.
///
/// - Complexity: O(*n*) in the bytes of the page.
struct HTMLOutline: Sendable, Hashable {
    /// Links that are kept of one page.
    static let linkLimit = 2_000
    /// Longest title, in bytes.
    static let titleLimit = 1_000

    private(set) var title = ""
    /// As they are written, entities resolved.
    private(set) var links: [String] = []
    /// What links are relative to, where the page says so.
    private(set) var base: String?

    init(_ html: Data) {
        var scanner = HTMLTagScanner(html)
        while let tag = scanner.next() {
            switch tag.name {
            case "title" where title.isEmpty:
                title = Self.unescaped(scanner.text(limit: Self.titleLimit))
                    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            case "base" where base == nil:
                base = tag.attribute("href").map(Self.unescaped)
            case "a" where links.count < Self.linkLimit:
                if let link = tag.attribute("href") { links.append(Self.unescaped(link)) }
            case "script", "style", "template":
                scanner.skipElement(tag.name)
            default: break
            }
        }
    }

    /// With the entities resolved that stand in titles and addresses; others stay as they are.
    static func unescaped(_ text: String) -> String {
        guard text.contains("&") else { return text }
        let known: [Substring: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
        ]
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            let name = rest.dropFirst().prefix(10).prefix { $0 != ";" && $0 != "&" }
            let end = rest.index(mark, offsetBy: name.count + 1, limitedBy: rest.endIndex) ?? rest.endIndex
            if end < rest.endIndex, rest[end] == ";", let character = known[name] ?? numbered(name) {
                result.append(character)
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("&")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func numbered(_ name: Substring) -> Character? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }
}
