/// What a provider asks for the use of a model that writes nothing, in dollars.
public struct UsePrice: Sendable, Hashable {
    /// For a million tokens.
    public var tokens: Double
    /// For a thousand searches of a model that ranks, or a thousand of Comprehend's units.
    public var units: Double

    public init(tokens: Double = 0, units: Double = 0) {
        self.tokens = tokens
        self.units = units
    }

    /// Dollars.
    public func cost(of use: ModelUse) -> Double {
        Double(use.tokens) * tokens / 1_000_000 + Double(use.units) * units / 1_000
    }
}

/// Prices by what is asked for and by model.
public struct UsePrices: Sendable, Hashable {
    /// Of models that embed.
    public var embedding: [String: UsePrice]
    /// Of models that rank.
    public var rerank: [String: UsePrice]
    /// Of Comprehend.
    public var analysis: UsePrice?
    /// Of a thousand units of a guardrail, by policy. A policy without a price costs nothing.
    public var guardrail: [GuardrailUnit: Double]

    public init(
        embedding: [String: UsePrice] = [:], rerank: [String: UsePrice] = [:], analysis: UsePrice? = nil,
        guardrail: [GuardrailUnit: Double] = [:]
    ) {
        self.embedding = embedding
        self.rerank = rerank
        self.analysis = analysis
        self.guardrail = guardrail
    }

    /// Dollars; `nil` where no price is known.
    public func cost(of use: ModelUse) -> Double? {
        guard use.purpose == .guardrail else { return price(of: use)?.cost(of: use) }
        guard !guardrail.isEmpty else { return nil }
        return use.guardrail.reduce(0) { $0 + Double($1.value) * (guardrail[$1.key] ?? 0) } / 1_000
    }

    private func price(of use: ModelUse) -> UsePrice? {
        switch use.purpose {
        case .question, .passage: Self.named(use.model, in: embedding)
        case .rerank: Self.named(use.model, in: rerank)
        case .analysis: analysis
        // Kendra is paid by the hour, and a knowledge base by what it is made of; the reader runs in this process.
        case .search, .reading: nil
        // By policy.
        case .guardrail: nil
        }
    }

    /// By the model's name, or by the last part of it, which is what an ARN names the model by.
    private static func named(_ model: String, in prices: [String: UsePrice]) -> UsePrice? {
        prices[model] ?? model.split(separator: "/").last.flatMap { prices[String($0)] }
    }
}
