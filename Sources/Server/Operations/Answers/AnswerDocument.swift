import Corpus
import JSONValue
import Models
import QA

/// A finished run: the response of `POST /v1/ask`, and the data of its `answer` event.
struct AnswerDocument: ResponseDocument {
    struct Sentence: Encodable, Sendable {
        var text: String
        var citations: [Int]
        var supported: Bool
    }

    /// Where a citation's number stands in the answer. Whatever else looks like one is text of a page.
    struct Marker: Encodable, Sendable {
        var citation: Int
        var range: UTF16Range
    }

    struct Stage: Encodable, Sendable {
        var name: String
        var type: String
        var ms: Double
        var detail: [String: Double]

        init(_ stage: StageTrace) {
            name = stage.component
            type = stage.type
            ms = stage.milliseconds
            detail = stage.detail
        }
    }

    /// What a provider counted, and what it asks for it.
    struct Usage: Encodable, Sendable {
        var inputTokens: Int
        var outputTokens: Int
        var cacheReadTokens: Int
        var cacheWriteTokens: Int
        @Nullable var dollars: Double?

        init(_ usage: TokenUsage, dollars: Double?) {
            inputTokens = usage.inputTokens
            outputTokens = usage.outputTokens
            cacheReadTokens = usage.cacheReadTokens
            cacheWriteTokens = usage.cacheWriteTokens
            self.dollars = dollars
        }
    }

    struct Retrieved: Encodable, Sendable {
        var chunkID: Int64
        var title: String
        @Nullable var vectorRank: Int?
        @Nullable var vectorScore: Double?
        @Nullable var keywordRank: Int?
        @Nullable var keywordScore: Double?
        var fusedScore: Double

        init(_ passage: RetrievedChunk) {
            chunkID = passage.chunk.id
            title = passage.chunk.title
            vectorRank = passage.rank.vectorRank
            vectorScore = passage.rank.vectorScore
            keywordRank = passage.rank.keywordRank
            keywordScore = passage.rank.keywordScore
            fusedScore = passage.score
        }
    }

    struct Trace: Encodable, Sendable {
        var flow: String
        var generator: String
        var stages: [Stage]
        var retrieved: [Retrieved]
        var totalMs: Double
    }

    /// The request's id.
    var id: String
    var question: String
    var answer: String
    var abstained: Bool
    /// The probability that what was found answers, as far as the generator can tell.
    @Nullable var confidence: Double?
    var sentences: [Sentence]
    var markers: [Marker]
    /// Parts of the question that nothing answers.
    var unanswered: [String]
    var citations: [PassageDocument]
    var related: [PassageDocument]
    /// Only where the generator's provider counts.
    var usage: Usage?
    /// Only where a guardrail or filter stepped in.
    var withheld: JSONValue?
    var trace: Trace

    static var schema: JSONSchema {
        let stage = JSONSchema.object(required: [
            "name": .text, "type": .text, "ms": .number, "detail": .map(to: .number),
        ])
        let retrieved = JSONSchema.object(
            required: PassageDocument.ranks.merging([
                "chunk_id": .integer, "title": .text, "fused_score": .number,
            ]) { first, _ in first })
        let usage = JSONSchema.object(required: [
            "input_tokens": .integer, "output_tokens": .integer, "cache_read_tokens": .integer,
            "cache_write_tokens": .integer,
            "dollars": JSONSchema.number.orNull.described("by the prices of the settings"),
        ]).named("Usage")
        return .object(
            required: [
                "id": JSONSchema.text.described("the request's id"), "question": .text,
                "answer": JSONSchema.text.described("with markers such as [1]"), "abstained": .flag,
                "sentences": .list(
                    of: .object(required: [
                        "text": .text, "citations": .list(of: .integer), "supported": .flag,
                    ])),
                "confidence": JSONSchema.number.orNull.described(
                    "0 to 1: the probability that what was found answers"),
                "markers": .list(
                    of: .object(required: ["citation": .integer, "range": .list(of: .integer, count: 2...2)])
                ).described("where the citations' numbers stand in answer, in UTF-16 code units"),
                "unanswered": .list(of: .text).described("parts of the question that nothing answers"),
                "citations": .list(of: PassageDocument.schema), "related": .list(of: PassageDocument.schema),
                "trace": .object(required: [
                    "flow": .text, "generator": .text, "stages": .list(of: stage),
                    "retrieved": .list(of: retrieved), "total_ms": .number,
                ]),
            ],
            optional: [
                "usage": usage.described("tokens, where the model's provider counts them"),
                "withheld": GuardrailIntervention.schema.described(
                    "where a guardrail or filter kept the answer or a part of it back: answer is its own words then"
                ),
            ]
        ).named("Answer")
    }

    init(_ result: FlowResult, id: String) {
        self.id = id
        question = result.answer.question
        answer = result.answer.text
        abstained = result.answer.abstained
        sentences = result.answer.sentences.map {
            Sentence(text: $0.text, citations: $0.citations, supported: $0.isSupported)
        }
        confidence = result.answer.confidence
        unanswered = result.answer.unanswered
        markers = result.answer.markers.compactMap { marker in
            UTF16Range(marker.range, in: result.answer.text).map {
                Marker(citation: marker.number, range: $0)
            }
        }
        citations = result.answer.citations.map {
            PassageDocument($0.passage, marker: $0.marker, quotes: $0.quotes)
        }
        related = result.answer.related.map {
            PassageDocument($0.passage, marker: nil, quotes: $0.quotes)
        }
        usage = result.answer.usage.map { Usage($0, dollars: result.answer.cost) }
        withheld = result.answer.withheld?.json
        trace = Trace(
            flow: result.flow, generator: result.answer.generator, stages: result.stages.map { Stage($0) },
            retrieved: result.answer.passages.map { Retrieved($0) }, totalMs: result.totalMilliseconds)
    }
}
