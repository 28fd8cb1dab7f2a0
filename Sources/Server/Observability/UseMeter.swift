import Flow
import Models

/// Counts what models that write nothing use: of the process, of the request, of the work and of the step that asked.
struct UseMeter: ModelUseMeter {
    let metrics: UseMetrics
    let prices: UsePrices

    func count(_ told: ModelUse) {
        let use = told.believed
        let dollars = prices.cost(of: use)
        metrics.add(use, dollars: dollars)
        RequestUsage.current?.add(use, dollars: dollars)
        ModelTally.current?.add(use, dollars: dollars)
        if let step = Step.current { note(use, dollars, step) }
    }

    /// Under names of their own: `input_tokens` are those of the model that writes, whose sum clients are told.
    private func note(_ use: ModelUse, _ dollars: Double?, _ step: Step) {
        let (tokens, units) =
            switch use.purpose {
            case .question, .passage: ("embedding_tokens", "")
            case .rerank: ("rerank_tokens", "rerank_searches")
            case .analysis: ("", "analysis_units")
            case .reading: ("reading_tokens", "")
            case .guardrail: ("", "guardrail_units")
            case .search: ("", "")
            }
        if use.tokens > 0, !tokens.isEmpty { step.count(tokens, Double(use.tokens)) }
        if use.units > 0, !units.isEmpty { step.count(units, Double(use.units)) }
        if let dollars { step.count("dollars", dollars) }
    }
}
