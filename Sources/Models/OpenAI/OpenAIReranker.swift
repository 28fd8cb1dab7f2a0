import Concurrency
import Foundation

/// A reranking model behind `POST /rerank`: of vLLM, Infinity, LiteLLM, Jina, Cohere or TEI.
public struct OpenAIReranker: Reranker {
    /// What requests and answers look like.
    public enum Form: String, Sendable, CaseIterable {
        /// Cohere's, which vLLM, llama.cpp, Infinity, LiteLLM and Jina have too.
        case cohere
        /// That of Hugging Face's Text Embeddings Inference, below its root.
        case tei

        /// Documents a call, unless the configuration says otherwise: what Cohere counts as one search, and
        /// what TEI takes unless it is told otherwise.
        public var documentsPerCall: Int { self == .cohere ? 100 : 32 }
    }

    /// Which model, and how it is asked.
    public struct Configuration: Sendable, Equatable {
        /// As the server calls it. TEI has one model and is not told.
        public var model: String
        /// Shown in traces; the server's name unless given.
        public var name: String
        public var form: Form
        /// 1 or more. What a server takes less of is halved as it refuses more.
        public var documentsPerCall: Int
        /// Calls under way at a time, 1 or more.
        public var maxConcurrency = 4

        /// - Parameter documentsPerCall: `nil` for the form's own.
        public init(model: String, name: String? = nil, form: Form = .cohere, documentsPerCall: Int? = nil) {
            self.model = model
            self.name = name ?? model
            self.form = form
            self.documentsPerCall = documentsPerCall ?? form.documentsPerCall
        }

        fileprivate var fault: String? {
            if model.isEmpty || name.isEmpty { return "it has no name" }
            if documentsPerCall < 1 { return "\(documentsPerCall) documents a call are none" }
            if maxConcurrency < 1 { return "\(maxConcurrency) calls at a time do no work" }
            return nil
        }
    }

    private let endpoint: OpenAIEndpoint
    private let configuration: Configuration
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told what each answer used, by the reranker's name. Where a server does not tell its
    ///   searches, one is counted for up to 100 passages of a call.
    /// - Throws: ``ModelsError/unusableModel(model:reason:)`` for a setting out of its range.
    public init(
        _ endpoint: OpenAIEndpoint, _ configuration: Configuration, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        if let fault = configuration.fault { throw .unusableModel(model: configuration.model, reason: fault) }
        self.endpoint = endpoint
        self.configuration = configuration
        self.meter = meter
    }

    public var name: String { configuration.name }

    /// The model judges each passage alone, so more than one call takes are sent in several.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made,
    ///   ``ModelsError/wrongCount(model:expected:actual:)`` for an answer that leaves a passage out or tells
    ///   one twice, else ``OpenAIError``; of a passage that is too long alone,
    ///   ``OpenAIError/contextTooLong(_:_:)`` with its offset.
    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        try ModelsError.checkVisible(passages, model: name)
        let calls = OpenAIBatch.calls(passages, of: configuration.documentsPerCall)
        return try await calls.boundedMap(width: configuration.maxConcurrency) { part in
            try await OpenAIBatch.results(part) { try await scores(of: $0, query) }
        }.flatMap(\.self)
    }

    private func scores(of passages: [String], _ query: String) async throws -> [Double] {
        let body =
            switch configuration.form {
            case .cohere:
                try JSONEncoder().encode(
                    CohereRequest(
                        model: configuration.model, query: query, documents: passages, top_n: passages.count))
            case .tei: try JSONEncoder().encode(TEIRequest(query: query, texts: passages))
            }
        let (answer, exchange) = try await endpoint.send(
            "rerank", model: configuration.model, body, as: Answer.self)
        meter?.count(
            ModelUse(
                model: name, purpose: .rerank, tokens: answer.tokens ?? 0,
                units: answer.searches ?? ModelUse.searches(documents: passages.count)))
        let scores = try OpenAIBatch.placed(
            answer.results.map { ($0.index, $0.score) }, count: passages.count, model: name)
        guard scores.allSatisfy(\.isFinite) else { throw exchange.unexpected("a score is not finite") }
        return scores
    }

    private struct CohereRequest: Encodable {
        var model: String
        var query: String
        var documents: [String]
        var top_n: Int
        var return_documents = false
    }

    private struct TEIRequest: Encodable {
        var query: String
        var texts: [String]
        /// The end of a text that is too long is left out, as the servers of the other form do.
        var truncate = true
    }

    /// Of either form: what a server answers with tells which it is.
    private struct Answer: Decodable {
        struct Item: Decodable {
            var index: Int
            var score: Double

            private enum CodingKeys: String, CodingKey {
                case index, score
                case relevanceScore = "relevance_score"
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                index = try container.decode(Int.self, forKey: .index)
                score =
                    try container.decodeIfPresent(Double.self, forKey: .relevanceScore)
                    ?? container.decode(Double.self, forKey: .score)
            }
        }

        var results: [Item]
        /// What the server tells that it read, and how many searches that was.
        var tokens: Int?
        var searches: Int?

        private enum CodingKeys: String, CodingKey {
            case results, data, usage, meta
        }

        init(from decoder: any Decoder) throws {
            if let list = try? decoder.singleValueContainer().decode([Item].self) {
                results = list
                return
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            results =
                try container.decodeIfPresent([Item].self, forKey: .results)
                ?? container.decode([Item].self, forKey: .data)
            let meta = try container.decodeIfPresent(CohereMeta.self, forKey: .meta)
            let usage = try container.decodeIfPresent(OpenAIReadUsage.self, forKey: .usage)
            tokens = usage?.inputTokens ?? meta?.tokens
            searches = meta?.searches
        }
    }
}
