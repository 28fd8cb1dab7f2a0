import JSONValue

/// What is asked of a knowledge base.
public struct KnowledgeBaseQuery: Sendable, Hashable {
    /// How it is searched.
    public enum Search: Sendable, Hashable {
        /// A knowledge base over a vector store of one's own; `nil` leaves it to Bedrock.
        case vector(VectorSearch?)
        /// A knowledge base whose store Bedrock manages.
        case managed
    }

    /// By what a vector store is searched.
    public enum VectorSearch: String, Sendable, Hashable, CaseIterable {
        /// By vectors and by words, where the store has a text field for them.
        case hybrid = "HYBRID"
        case semantic = "SEMANTIC"
    }

    /// A model that judges again what was found.
    public struct Reranking: Sendable, Hashable {
        /// `arn:aws:bedrock:REGION::foundation-model/cohere.rerank-v3-5:0`, say.
        public var modelARN: String
        /// How many it leaves, 1 to 100; `nil` for all.
        public var numberOfResults: Int?

        public init(modelARN: String, numberOfResults: Int? = nil) {
            self.modelARN = modelARN
            self.numberOfResults = numberOfResults
        }
    }

    /// What looks at the question and at what was found.
    public struct Guardrail: Sendable, Hashable {
        public var id: String
        /// A number, or `DRAFT`.
        public var version: String

        public init(id: String, version: String) {
            self.id = id
            self.version = version
        }
    }

    /// Ten letters and digits, or an ARN.
    public var knowledgeBaseID: String
    /// At most ``textCount`` characters.
    public var text: String
    /// How many passages are found at most, 1 to ``resultCount``. Fewer come where passages are replaced by a
    /// larger one that holds them.
    public var numberOfResults: Int
    public var search: Search
    public var filter: KnowledgeBaseFilter?
    public var reranking: Reranking?
    public var guardrail: Guardrail?
    /// As whom a managed knowledge base is searched: an e-mail address. Without one its data sources with
    /// access control give nothing.
    public var userID: String?

    /// Passages of a query.
    public static let resultCount = 100
    /// Characters of a question.
    public static let textCount = 20_000

    public init(
        knowledgeBaseID: String, text: String, numberOfResults: Int = 5, search: Search = .vector(nil),
        filter: KnowledgeBaseFilter? = nil, reranking: Reranking? = nil, guardrail: Guardrail? = nil,
        userID: String? = nil
    ) {
        self.knowledgeBaseID = knowledgeBaseID
        self.text = text
        self.numberOfResults = numberOfResults
        self.search = search
        self.filter = filter
        self.reranking = reranking
        self.guardrail = guardrail
        self.userID = userID
    }
}

extension KnowledgeBaseQuery {
    /// What errors must not show.
    var secrets: [String] { [text] + (userID.map { [$0] } ?? []) }

    func body() throws(KnowledgeBaseFault) -> [String: JSONValue] {
        let count = text.unicodeScalars.count
        guard count <= Self.textCount, text.contains(where: { !$0.isWhitespace }) else {
            throw KnowledgeBaseFault(
                reason: """
                    the question has \(count) characters, and Bedrock takes 1 to \(Self.textCount), \
                    one of them visible
                    """)
        }
        guard (1...Self.resultCount).contains(numberOfResults) else {
            throw KnowledgeBaseFault(
                reason: "a query gives 1 to \(Self.resultCount) results, not \(numberOfResults)")
        }
        var configuration: [String: JSONValue] = ["numberOfResults": .integer(numberOfResults)]
        if let filter { configuration["filter"] = try filter.json() }
        if let reranking { configuration["rerankingConfiguration"] = try reranking.json() }
        let name: String
        switch search {
        case .vector(let kind):
            name = "vectorSearchConfiguration"
            if let kind { configuration["overrideSearchType"] = .string(kind.rawValue) }
        case .managed: name = "managedSearchConfiguration"
        }
        var body: [String: JSONValue] = [
            "retrievalQuery": ["text": .string(text)],
            "retrievalConfiguration": [name: .object(configuration)],
        ]
        if let guardrail {
            body["guardrailConfiguration"] = [
                "guardrailId": .string(guardrail.id), "guardrailVersion": .string(guardrail.version),
            ]
        }
        if let userID { body["userContext"] = ["userId": .string(userID)] }
        return body
    }
}

extension KnowledgeBaseQuery.Reranking {
    fileprivate func json() throws(KnowledgeBaseFault) -> JSONValue {
        var configuration: [String: JSONValue] = ["modelConfiguration": ["modelArn": .string(modelARN)]]
        if let numberOfResults {
            guard (1...KnowledgeBaseQuery.resultCount).contains(numberOfResults) else {
                throw KnowledgeBaseFault(
                    reason: """
                        reranking leaves 1 to \(KnowledgeBaseQuery.resultCount) results, \
                        not \(numberOfResults)
                        """)
            }
            configuration["numberOfRerankedResults"] = .integer(numberOfResults)
        }
        return [
            "type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": .object(configuration),
        ]
    }
}
