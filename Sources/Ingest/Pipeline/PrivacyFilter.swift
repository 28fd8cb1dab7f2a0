import Documents
import Models
import Text

/// What becomes of personal data before a text is cut, embedded or sent anywhere.
public struct PrivacyFilter: Sendable {
    /// What is done with it.
    public enum Action: String, Sendable {
        /// It is written over.
        case mask
        /// It is written over, and passages that held some are not kept.
        case leaveOut = "leave-out"
    }

    let detector: any PIIDetector
    let action: Action
    /// Of the detector and its settings, kept with each document: others have it read anew.
    let name: String

    /// - Parameter name: tells this filter from one with other settings.
    public init(detector: any PIIDetector, action: Action, name: String) {
        self.detector = detector
        self.action = action
        self.name = name
    }

    var signature: String { "\(name) \(action.rawValue)" }

    /// A page without the personal data that was found in it, and where it was.
    struct Cleaned: Sendable {
        var page: RenderedText
        var title: String
        /// UTF-8 byte ranges of the page's text.
        var found: [Range<Int>]
    }

    /// - Throws: what the detector throws, and ``Masking/Outside``: a text that was not looked at is not let through.
    func cleaned(_ page: RenderedText, title: String) async throws -> Cleaned {
        let spans = try await detector.spans(in: [page.text, title])
        guard spans.count == 2 else {
            throw ModelsError.wrongCount(model: name, expected: 2, actual: spans.count)
        }
        var page = page
        let names = try Masking(page.text, spans[0])
        page.text = names.text
        // What repeats in front of passages stands in the text too, but is kept apart.
        page.units = page.units.map { unit in
            var unit = unit
            unit.lead = names.masking(unit.lead)
            return unit
        }
        page.sections = page.sections.map {
            RenderedText.Section(headingPath: $0.headingPath.map(names.masking), anchor: $0.anchor)
        }
        return Cleaned(
            page: page, title: names.masking(try Masking(title, spans[1]).text),
            found: spans[0].map(\.range))
    }

    /// The passages that are kept, numbered anew.
    func kept(_ chunks: [Chunk], _ found: [Range<Int>]) -> [Chunk] {
        guard action == .leaveOut, !found.isEmpty else { return chunks }
        return chunks.filter { chunk in !found.contains { $0.overlaps(chunk.range) } }
            .enumerated().map { ordinal, chunk in
                var chunk = chunk
                chunk.ordinal = ordinal
                return chunk
            }
    }
}

/// A text with personal data written over, byte for byte as long as before, so that every place in it stays what it was.
///
/// Whole characters are written over, so that no half of an emoji and no lone accent stays.
struct Masking: Sendable {
    /// A place that is not in the text: it is another text's, and this one's were not found.
    struct Outside: Error, Hashable, CustomStringConvertible {
        var range: Range<Int>
        var bytes: Int

        var description: String {
            "Personal data was told of in the bytes \(range) of a text of \(bytes). Try again."
        }
    }

    let text: String
    /// What was written over, and with what; the longest first.
    private let masks: [(before: String, after: String)]

    init(_ text: String, _ spans: [PIISpan]) throws(Outside) {
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
    func masking(_ other: String) -> String {
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
