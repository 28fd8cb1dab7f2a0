import Corpus
import Flow
import JSONValue
import Models

/// The question as a vector, by the model that embedded the passages.
struct QuestionVector: Payload {
    static let payloadName = "vector"
    /// One float a dimension of the model.
    var floats: [Float]
    /// The vectors of the question's parts, in order; empty for a question of one part.
    var parts: [[Float]] = []
}

/// Passages in an order, best first, by their ids alone.
struct RankedPassages: Payload {
    static let payloadName = "passages"
    var list: [RankedPassage]
}

/// Passages that are not of the corpus, best first.
struct ExternalPassages: Payload {
    static let payloadName = "external-passages"
    /// The name of the search that found them.
    var source: String
    var list: [ExternalPassage]
}

/// A prompt with the passages that its numbers stand for.
struct PreparedPrompt: Payload {
    static let payloadName = "prompt"
    var question: Question
    var prompt: GroundedPrompt
    /// Passage `i` has marker `i + 1`.
    var passages: [RetrievedChunk]
}

/// What a generator wrote, not yet checked.
struct Draft: Payload {
    static let payloadName = "draft"
    var pieces: [DraftPiece]
    /// As ``Answer/unanswered``.
    var unanswered: [String] = []
    /// Of what has no answer: what comes nearest, the nearest first.
    var nearest: [Quotation] = []
    /// As ``Answer/confidence``.
    var confidence: Double?
    var stopReason: StopReason
    /// What a guardrail did, where the provider tells more than ``StopReason/filtered``.
    var intervention: GuardrailIntervention?
    var prepared: PreparedPrompt
    var generator: String
    /// As ``Answer/usage``.
    var usage: TokenUsage?
    /// As ``Answer/cost``.
    var cost: Double?
}

extension Question: PreviewedPayload {
    public static var payloadName: String { "question" }
    public var preview: JSONValue { .string(text) }
}

extension QuestionVector: PreviewedPayload {
    var preview: JSONValue {
        ["dimension": .integer(floats.count), "begins": .array(floats.prefix(8).map { .number(Double($0)) })]
    }
}

extension RankedPassages: PreviewedPayload {
    var preview: JSONValue {
        .array(list.prefix(20).map { ["chunk": .integer(Int($0.id)), "score": .number(Double($0.score))] })
    }
}

extension PreparedPrompt: PreviewedPayload {
    var preview: JSONValue {
        [
            "question": .string(question.text),
            "passages": .array(passages.prefix(20).map { .string($0.chunk.title) }),
        ]
    }
}

extension Draft: PreviewedPayload {
    var preview: JSONValue {
        let texts = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .quotation(let quotation): quotation.text
            }
        }
        return .string(texts.joined(separator: " "))
    }
}

extension Answer: PreviewedPayload {
    public var preview: JSONValue { .string(text) }

    public static var payloadName: String { "answer" }
}
