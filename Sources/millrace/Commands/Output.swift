import Corpus
import Foundation
import JSONValue
import Models
import QA

/// A passage as `--json` shows it.
struct PassageOutput: Encodable {
    var marker: Int?
    var chunkID: Int64
    var documentID: String
    var title: String
    var spaceKey: String
    var kind: String
    var headingPath: [String]
    var url: String?
    var anchor: String?
    var updatedAt: Date?
    var text: String
    /// What in a passage that does not answer comes nearest to an answer.
    var quote: String?
    var score: Double
    var vectorRank: Int?
    var keywordRank: Int?

    init(_ passage: RetrievedChunk, marker: Int? = nil, text: String? = nil) {
        let chunk = passage.chunk
        self.marker = marker
        chunkID = chunk.id
        documentID = chunk.documentID
        title = chunk.title
        spaceKey = chunk.spaceKey
        kind = chunk.kind.rawValue
        headingPath = chunk.headingPath
        url = chunk.url
        anchor = chunk.anchor
        updatedAt = chunk.updatedAt
        self.text = text ?? chunk.text
        score = passage.score
        vectorRank = passage.rank.vectorRank
        keywordRank = passage.rank.keywordRank
    }
}

/// A search result as `--json` shows it.
struct HitOutput: Encodable {
    struct Copy: Encodable {
        var chunkID: Int64
        var documentID: String
        var title: String
        var spaceKey: String
        var url: String?
    }

    var passage: PassageOutput
    var copies: [Copy]

    init(_ hit: SearchHit) {
        passage = PassageOutput(hit.passage, text: hit.snippet)
        copies = hit.copies.map {
            Copy(
                chunkID: $0.id, documentID: $0.documentID, title: $0.title, spaceKey: $0.spaceKey, url: $0.url
            )
        }
    }

    private enum Key: CodingKey { case copies }

    /// The passage's own keys, and `copies` where there are some.
    func encode(to encoder: any Encoder) throws {
        try passage.encode(to: encoder)
        guard !copies.isEmpty else { return }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(copies, forKey: .copies)
    }
}

struct SearchOutput: Encodable {
    var query: String
    var count: Int
    var milliseconds: Double
    var results: [HitOutput]

    init(query: String, _ results: SearchResults) {
        self.query = query
        count = results.count
        milliseconds = results.milliseconds
        self.results = results.hits.map { HitOutput($0) }
    }
}

struct AnswerOutput: Encodable {
    struct Sentence: Encodable {
        var text: String
        var citations: [Int]
        var supported: Bool
    }

    var question: String
    var answer: String
    var abstained: Bool
    var confidence: Double?
    var sentences: [Sentence]
    var citations: [PassageOutput]
    var related: [PassageOutput]
    var withheld: JSONValue?
    var generator: String
    var flow: String
    var totalMilliseconds: Double
    var stages: [String: Double]

    init(_ result: FlowResult) {
        question = result.answer.question
        answer = result.answer.text
        abstained = result.answer.abstained
        confidence = result.answer.confidence
        sentences = result.answer.sentences.map {
            Sentence(text: $0.text, citations: $0.citations, supported: $0.isSupported)
        }
        citations = result.answer.citations.map { PassageOutput($0.passage, marker: $0.marker) }
        related = result.answer.related.map { related in
            var output = PassageOutput(related.passage)
            output.quote = related.quote
            return output
        }
        withheld = result.answer.withheld?.json
        generator = result.answer.generator
        flow = result.flow
        totalMilliseconds = result.totalMilliseconds
        stages = Dictionary(
            result.stages.map { ($0.component, $0.milliseconds) }, uniquingKeysWith: { first, _ in first })
    }
}
