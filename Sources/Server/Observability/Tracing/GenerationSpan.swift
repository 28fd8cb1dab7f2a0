import Concurrency
import Models

/// The span of one call of a model that writes.
///
/// Source: OpenTelemetry semantic conventions for generative AI, "Inference". What is said to the model and what it
/// says are not told.
struct GenerationSpan: Sendable {
    let span: TraceSpan

    /// - Returns: `nil` where nothing is traced.
    init?(_ request: GenerationRequest, model: String) {
        guard let span = RequestTrace.begin("chat", .call) else { return nil }
        self.span = span
        span.set("gen_ai.operation.name", "chat")
        span.set("gen_ai.request.model", model)
        if let limit = request.maxTokens { span.set("gen_ai.request.max_tokens", limit) }
        if let temperature = request.temperature { span.set("gen_ai.request.temperature", temperature) }
        if !request.tools.isEmpty { span.set("millrace.tools", request.tools.count) }
    }

    func saw(_ event: GenerationEvent) {
        switch event {
        case .usage(let usage):
            // The convention counts what the provider's cache held as input, too.
            let (all, overflow) = usage.inputTokens.addingReportingOverflow(
                usage.cacheReadTokens &+ usage.cacheWriteTokens)
            span.set("gen_ai.usage.input_tokens", overflow ? Int.max : all)
            span.set("gen_ai.usage.output_tokens", usage.outputTokens)
            if usage.cacheReadTokens > 0 {
                span.set("gen_ai.usage.cache_read.input_tokens", usage.cacheReadTokens)
            }
            if usage.cacheWriteTokens > 0 {
                span.set("gen_ai.usage.cache_creation.input_tokens", usage.cacheWriteTokens)
            }
        case .finished(let reason): span.set("gen_ai.response.finish_reasons", ["\(reason)"])
        default: break
        }
    }

    func ended(_ outcome: ModelSeries.Outcome) {
        switch outcome {
        case .finished: break
        case .failed: span.fail("failed")
        case .cancelled: span.set("error.type", "cancelled")
        }
        span.end()
    }
}
