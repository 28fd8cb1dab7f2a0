/// Writes over personal data: `Write to [EMAIL] or [PHONE].`
///
/// What is written over is whole characters, so that no half of an emoji and no lone accent stays. Spans that
/// overlap are one, by the type of the longest. A span over several lines leaves each line where it is.
public struct PIIMask: Sendable, Hashable {
    /// How sure a detector must be, 0 to 1; a span of just this score counts.
    public var minimumScore: Double
    /// Types that count; `nil` for all.
    public var types: Set<String>?

    public init(minimumScore: Double = 0, types: Set<String>? = nil) {
        self.minimumScore = minimumScore
        self.types = types
    }

    /// Why a text cannot be masked.
    public enum Fault: Error, Sendable, Equatable {
        /// A span that does not lie in the text: it is another text's, and this one's were not found.
        case outside(range: Range<Int>, bytes: Int)
    }

    /// The spans that count: of one of the types, sure enough, and not empty.
    public func counted(_ spans: [PIISpan]) -> [PIISpan] {
        spans.filter { span in
            !span.range.isEmpty && span.score >= minimumScore && types?.contains(span.type) ?? true
        }
    }

    /// A text with the spans that count written over, the type of each in brackets.
    ///
    /// - Parameter spans: of that text, in any order.
    /// - Throws: ``Fault/outside(range:bytes:)`` for a span of another text.
    /// - Complexity: O(bytes + *s* log *s*) for *s* spans.
    public func masked(_ text: String, _ spans: [PIISpan]) throws(Fault) -> String {
        var text = text
        text.makeContiguousUTF8()
        let bytes = text.utf8.count
        for span in spans where span.range.lowerBound < 0 || span.range.upperBound > bytes {
            throw .outside(range: span.range, bytes: bytes)
        }
        var result = ""
        var end = text.startIndex
        for piece in Self.merged(counted(spans).map { Piece($0, in: text) }) {
            result += text[end..<piece.range.lowerBound]
            result += Self.mask(of: piece.type, over: text[piece.range])
            end = piece.range.upperBound
        }
        return result + text[end...]
    }

    /// A span as whole characters of its text.
    private struct Piece {
        var range: Range<String.Index>
        var type: String
        /// Of the span whose type this is.
        var bytes: Int
        var score: Double

        init(_ span: PIISpan, in text: String) {
            let first = text.utf8.index(text.startIndex, offsetBy: span.range.lowerBound)
            // Not empty: the last byte is of the text.
            let last = text.utf8.index(text.startIndex, offsetBy: span.range.upperBound - 1)
            range = Self.start(of: first, in: text)..<text.index(after: last)
            type = span.type
            bytes = span.range.count
            score = span.score
        }

        /// The beginning of the character that a place lies in.
        private static func start(of index: String.Index, in text: String) -> String.Index {
            text.index(before: text.index(after: index))
        }
    }

    private static func merged(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        for piece in pieces.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let last = result.last, piece.range.lowerBound < last.range.upperBound else {
                result.append(piece)
                continue
            }
            var union = (piece.bytes, piece.score) > (last.bytes, last.score) ? piece : last
            union.range =
                last.range.lowerBound..<max(last.range.upperBound, piece.range.upperBound)
            result[result.count - 1] = union
        }
        return result
    }

    /// Each line that has something on it becomes the type; line breaks stay.
    private static func mask(of type: String, over text: Substring) -> String {
        let name = "[\(type)]"
        var result = ""
        var rest = text
        while true {
            let line = rest.prefix { !$0.isNewline }
            result += line.allSatisfy(\.isWhitespace) ? String(line) : name
            guard line.endIndex < rest.endIndex else { return result }
            result.append(rest[line.endIndex])
            rest = rest[rest.index(after: line.endIndex)...]
        }
    }
}

extension PIIMask.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outside(let range, let bytes):
            """
            Personal data was told of the bytes \(range.lowerBound) to \(range.upperBound) of a text \
            of \(bytes) bytes: it is another text's. Have this text searched again.
            """
        }
    }
}
