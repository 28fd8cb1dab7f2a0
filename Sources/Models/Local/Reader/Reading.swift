/// What the reader makes of one passage for one question.
public struct Reading: Sendable, Equatable {
    /// One word piece of the passage's text.
    public struct Token: Sendable, Equatable {
        /// Its place in the text, in UTF-8 bytes.
        public var utf8Range: Range<Int>
        /// How much it looks like the first piece of what answers: a logit.
        public var start: Float
        /// How much it looks like the last one.
        public var end: Float

        public init(utf8Range: Range<Int>, start: Float, end: Float) {
            (self.utf8Range, self.start, self.end) = (utf8Range, start, end)
        }
    }

    /// A stretch of the text that may be what answers.
    public struct Span: Sendable, Equatable {
        public var utf8Range: Range<Int>
        /// Start logit of its first piece plus end logit of its last.
        public var score: Float
    }

    /// Whether the passage answers: a logit, above 0 for yes as the training saw it. Not calibrated.
    public var answers: Float
    /// The pieces of the text that were read, in order; a text's end is left out when the input is full.
    public var tokens: [Token]

    public init(answers: Float, tokens: [Token]) {
        (self.answers, self.tokens) = (answers, tokens)
    }

    /// The end of what was read of the text, in UTF-8 bytes.
    public var readEnd: Int { tokens.last?.utf8Range.upperBound ?? 0 }

    /// The best scored stretch whose pieces all lie within `range`.
    ///
    /// - Parameters:
    ///   - range: UTF-8 bytes of the text; `nil` for all of it.
    ///   - maxTokens: most pieces of a stretch, at least 1.
    /// - Returns: `nil` if no piece that was read lies within `range`. Of equal ones the first.
    /// - Complexity: O(*n* `maxTokens`) in the pieces within `range`.
    public func bestSpan(within range: Range<Int>? = nil, maxTokens: Int = 30) -> Span? {
        precondition(maxTokens >= 1, "spans of \(maxTokens) tokens")
        let inside = tokens.filter { token in
            guard let range else { return true }
            return range.lowerBound <= token.utf8Range.lowerBound
                && token.utf8Range.upperBound <= range.upperBound
        }
        var best: Span?
        for first in inside.indices {
            for last in first..<min(first + maxTokens, inside.count) {
                let score = inside[first].start + inside[last].end
                if let best, best.score >= score { continue }
                let bytes = inside[first].utf8Range.lowerBound..<inside[last].utf8Range.upperBound
                best = Span(utf8Range: bytes, score: score)
            }
        }
        return best
    }
}
