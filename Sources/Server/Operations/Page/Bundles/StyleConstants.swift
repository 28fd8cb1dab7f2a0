import Foundation

/// Custom properties of the first stylesheet that never change, written out where they are used.
///
/// A browser works out every `var(…)` anew for each element that it styles, which takes it a quarter of the time that
/// the first page's styles take. So what is declared once, in the first `:root` of a packed stylesheet, and refers to
/// no other, is put in its place. The declarations stay: other stylesheets and scripts use them.
struct StyleConstants: Sendable {
    /// By their names: `--s2` is `8px`.
    let values: [String: String]

    /// - Parameters:
    ///   - style: the first stylesheet, packed.
    ///   - others: what else may change a property: the other stylesheets, packed, and the scripts.
    init(of style: String, others: [String]) {
        guard let start = style.range(of: ":root{"),
            let end = style.range(of: "}", range: start.upperBound..<style.endIndex)
        else {
            values = [:]
            return
        }
        var values: [String: String] = [:]
        let elsewhere = others.reduce(into: Set<String>()) { $0.formUnion(Self.settings(in: $1).keys) }
        let here = Self.settings(in: style)
        for declaration in style[start.upperBound..<end.lowerBound].split(separator: ";") {
            let parts = declaration.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("--"), !parts[1].contains("var(") else { continue }
            let name = String(parts[0])
            if !elsewhere.contains(name), here[name] == 1 { values[name] = String(parts[1]) }
        }
        self.values = values
    }

    /// `style` with the values in the place of `var(--name)`.
    func writtenOut(in style: String) -> String {
        var result = ""
        var rest = style[...]
        while let start = rest.range(of: "var("),
            let end = rest.range(of: ")", range: start.upperBound..<rest.endIndex)
        {
            let name = String(rest[start.upperBound..<end.lowerBound])
            result += rest[..<start.lowerBound] + (values[name] ?? "var(\(name))")
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    /// How often a text sets each custom property: behind `{` or `;`, or by `setProperty("--name"`. One pass, as every start
    /// of a server waits for it.
    private static func settings(in text: String) -> [String: Int] {
        let bytes = Array(text.utf8)
        let (call, dash) = (Array("setProperty(\"".utf8), UInt8(ascii: "-"))
        var counts: [String: Int] = [:]
        var index = 1
        while index + 1 < bytes.count {
            guard bytes[index] == dash, bytes[index + 1] == dash else {
                index += 1
                continue
            }
            let before = bytes[index - 1]
            let isDeclared = before == UInt8(ascii: "{") || before == UInt8(ascii: ";")
            let isCall = index >= call.count && bytes[(index - call.count)..<index].elementsEqual(call)
            guard isDeclared || isCall else {
                index += 1
                continue
            }
            let close = isDeclared ? UInt8(ascii: ":") : UInt8(ascii: "\"")
            let end = bytes[index...].firstIndex {
                $0 == close || $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "{")
            }
            if let end, bytes[end] == close {
                counts[String(decoding: bytes[index..<end], as: UTF8.self), default: 0] += 1
            }
            index += 2
        }
        return counts
    }
}
