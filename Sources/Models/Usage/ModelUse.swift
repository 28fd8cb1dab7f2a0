/// What one answer of a provider used, of a model that writes nothing or of a service that looks at texts.
///
/// What a model that writes uses is a ``TokenUsage``.
public struct ModelUse: Sendable, Hashable {
    /// What the provider was asked for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Vectors of what is asked.
        case question
        /// Vectors of passages, as ingest asks for them.
        case passage
        /// The order of what was found.
        case rerank
        /// What stands in texts: Comprehend.
        case analysis
        /// A search by somebody else: Kendra, a knowledge base.
        case search
        /// Whether passages answer what is asked, by the reader.
        case reading
        /// What a guardrail of Bedrock looked at.
        case guardrail
    }

    /// As the provider calls it; for a service that has no models its own name.
    public var model: String
    public var purpose: Purpose
    public var requests: Int
    /// Tokens that were read, as the provider counts them; 0 of one that does not.
    public var tokens: Int
    /// What is paid for one by one: of a model that ranks searches, of Comprehend units of 100 characters, of a guardrail
    /// the sum of ``guardrail``.
    public var units: Int
    /// Of a guardrail: its units by policy.
    public var guardrail: [GuardrailUnit: Int] = [:]
    /// Whether the model runs in this process. Its tokens are counted by its own tokenizer, and nobody sends a bill.
    public var isLocal = false

    public init(model: String, purpose: Purpose, requests: Int = 1, tokens: Int = 0, units: Int = 0) {
        self.model = model
        self.purpose = purpose
        self.requests = requests
        self.tokens = tokens
        self.units = units
    }

    /// The same with nothing below zero and nothing beyond reason: what a provider counts is its own word.
    public var believed: ModelUse {
        var use = self
        use.requests = Self.believed(requests)
        use.tokens = Self.believed(tokens)
        use.units = Self.believed(units)
        use.guardrail = guardrail.mapValues { Self.believed($0) }
        return use
    }

    static func believed(_ count: Int) -> Int { min(max(count, 0), 1 << 32) }
}

/// Takes note of what models use. It is told once for each answer that came, by whoever asked the provider: what a cache
/// knew is never told, nor is a call that failed.
public protocol ModelUseMeter: Sendable {
    func count(_ use: ModelUse)
}

extension ModelUse.Purpose {
    init(_ purpose: EmbeddingPurpose) {
        self =
            switch purpose {
            case .passage: .passage
            case .query: .question
            }
    }
}

extension ModelUse {
    /// What a model that runs in this process read.
    static func local(_ model: String, _ purpose: Purpose, tokens: Int) -> ModelUse {
        var use = ModelUse(model: model, purpose: purpose, tokens: tokens)
        use.isLocal = true
        return use
    }

    /// What a guardrail looked at.
    static func guardrail(_ identifier: String, _ units: [GuardrailUnit: Int]) -> ModelUse {
        var use = ModelUse(
            model: identifier, purpose: .guardrail,
            units: units.values.reduce(0) { believed($0 + believed($1)) })
        use.guardrail = units
        return use
    }

    /// Documents of one search of a model that ranks, as Cohere and Bedrock count it.
    static let documentsPerSearch = 100

    /// The searches that a call of so many documents is, for a provider that does not tell.
    static func searches(documents: Int) -> Int {
        (documents + documentsPerSearch - 1) / documentsPerSearch
    }
}
