/// A text with personal data written over, byte for byte as long as before, so that every place in it stays what it was.
///
/// Whole characters are written over, so that no half of an emoji and no lone accent stays.
public struct Masking: Sendable {
    /// A place that is not in the text: it is another text's, and this one's were not found.
    public struct Outside: Error, Hashable, CustomStringConvertible {
        public var range: Range<Int>
        public var bytes: Int

        public var description: String {
            "Personal data was told of in the bytes \(range) of a text of \(bytes). Try again."
        }
    }

    public let text: String
    /// What was written over, and with what; the longest first.
    private let masks: [(before: String, after: String)]

    /// - Throws: ``Outside`` for a span that does not lie in the text.
    public init(_ text: String, _ spans: [PIISpan]) throws(Outside) {
        let whole = Array(text.utf8)
        var bytes = whole
        var masks: [String: String] = [:]
        for span in spans where !span.range.isEmpty {
            guard span.range.lowerBound >= 0, span.range.upperBound <= whole.count else {
                throw Outside(range: span.range, bytes: whole.count)
            }
            let range = Self.characters(around: span.range, in: text)
            let before = String(decoding: whole[range], as: UTF8.self)
            let after = Self.mask(of: span.type, over: before)
            bytes.replaceSubrange(range, with: after.utf8)
            masks[before] = after
        }
        self.text = String(decoding: bytes, as: UTF8.self)
        self.masks = masks.sorted { ($1.key.utf8.count, $0.key) < ($0.key.utf8.count, $1.key) }
            .map { ($0.key, $0.value) }
    }

    /// Another text with the same things written over.
    public func masking(_ other: String) -> String {
        masks.reduce(other) { $0.replacing($1.before, with: $1.after) }
    }

    /// The bytes of every character that a range touches.
    private static func characters(around range: Range<Int>, in text: String) -> Range<Int> {
        let utf8 = text.utf8
        let first = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let last = utf8.index(utf8.startIndex, offsetBy: range.upperBound - 1)
        let start = text.index(before: text.index(after: first))
        let end = text.index(after: last)
        return utf8.distance(from: utf8.startIndex, to: start)..<utf8.distance(from: utf8.startIndex, to: end)
    }

    /// `[EMAIL*******]`, or stars alone where the type's name has no room. Line breaks stay: tables and lists are cut
    /// by them.
    private static func mask(of type: String, over before: String) -> String {
        let count = before.utf8.count
        let name = type.uppercased().filter { $0.isASCII && ($0.isLetter || $0 == "_") }
        guard !before.utf8.contains(UInt8(ascii: "\n")) else {
            return String(
                decoding: before.utf8.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: "*") }, as: UTF8.self
            )
        }
        guard count >= name.utf8.count + 2 else { return String(repeating: "*", count: count) }
        return "[" + name + String(repeating: "*", count: count - name.utf8.count - 2) + "]"
    }
}
