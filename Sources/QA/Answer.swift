import Corpus
import Flow
import Models

/// A passage that an answer rests on.
public struct Citation: Sendable, Hashable {
    /// The number in the answer's text.
    public var marker: Int
    public var passage: RetrievedChunk
    /// UTF-8 byte ranges of the passage's text that support the answer.
    public var quotes: [Range<Int>]
}

/// A passage near to what was asked, which does not answer it.
public struct RelatedPassage: Sendable, Hashable {
    public var passage: RetrievedChunk
    /// UTF-8 byte ranges of its text that come nearest to an answer; empty where the generator cannot tell.
    public var quotes: [Range<Int>]

    /// The text at these places; `nil` where there are none.
    public var quote: String? { passage.chunk.quote(quotes) }
}

extension StoredChunk {
    /// The bytes of the text at these places, one behind the other; `nil` where none of them is in it.
    public func quote(_ ranges: [Range<Int>]) -> String? {
        let bytes = Array(text.utf8)
        let parts = ranges.filter { $0.lowerBound >= 0 && $0.upperBound <= bytes.count && !$0.isEmpty }
        return parts.isEmpty
            ? nil : parts.map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: " … ")
    }
}

/// A sentence of an answer with what it rests on.
public struct AnswerSentence: Sendable, Hashable {
    public var text: String
    /// Markers, in the order in which they stand behind it.
    public var citations: [Int]
    /// Whether the cited passages bear the sentence out.
    public var isSupported: Bool
}

/// Where a citation's number stands in an answer's text. Whatever else looks like one is text of a page.
public struct AnswerMarker: Sendable, Hashable {
    /// The ``Citation/marker``.
    public var number: Int
    /// UTF-8 byte range in ``Answer/text``.
    public var range: Range<Int>

    public init(number: Int, range: Range<Int>) {
        self.number = number
        self.range = range
    }
}

/// What a question came to.
public struct Answer: Sendable, Hashable {
    public var question: String
    /// With markers such as `[1]`; says plainly that nothing answers when ``abstained`` is true, and is the words of
    /// the guardrail, as far as it has some, when the answer was ``withheld``.
    public var text: String
    /// Nothing that this reader may read answers the question.
    public var abstained: Bool
    /// 0…1: the probability that what was found answers, whether it was told or not; `nil` when the generator
    /// cannot tell.
    public var confidence: Double?
    public var sentences: [AnswerSentence]
    /// Parts of the question that nothing answers, as they were asked; the text says so at its end.
    public var unanswered: [String]
    /// In order.
    public var markers: [AnswerMarker]
    /// In order of their markers: consecutive from 1, as they appear in the text.
    public var citations: [Citation]
    /// When abstained: the nearest passages, which do not answer.
    public var related: [RelatedPassage]
    /// Passages' numbers that the generator wrote and that point nowhere, or to a passage that says something else;
    /// removed from the text.
    public var strayMarkers: [Int]
    /// The passages that the generator was given, in the order of their markers.
    public var passages: [RetrievedChunk]
    public var generator: String
    /// The tokens that the generator's provider counted; `nil` where it counts none.
    public var usage: TokenUsage?
    /// What they cost in dollars, by the prices of the settings; `nil` where none is known.
    public var cost: Double?
    /// Who kept the answer or a part of it back, and why: then nobody knows whether something answers. `nil` for an
    /// answer that came whole.
    public var withheld: GuardrailIntervention?
}

/// How long a step of a flow took.
public struct StageTrace: Sendable, Hashable {
    public var component: String
    public var type: String
    public var milliseconds: Double
    /// Small facts, such as how many passages came out.
    public var detail: [String: Double]
}

/// A finished run of a flow.
public struct FlowResult: Sendable {
    public var flow: String
    public var answer: Answer
    public var stages: [StageTrace]
    public var totalMilliseconds: Double
}

/// What a run tells while it goes on.
public enum FlowEvent: Sendable {
    case stageBegan(component: String)
    case stageEnded(StageTrace)
    /// The passages that the answer will rest on, numbered from 1 in this order.
    case passages([RetrievedChunk])
    /// The next piece of the answer as it is written.
    case token(String)
    /// The number of a citation, which stands for the passage of this 1-based place among ``passages(_:)``.
    case citation(number: Int, passage: Int)
    /// Always the last one, unless the stream throws.
    case finished(FlowResult)
}

extension StageTrace {
    init(_ trace: StepTrace) {
        self.init(
            component: trace.component, type: trace.type,
            milliseconds: trace.duration / .milliseconds(1), detail: trace.notes)
    }
}
