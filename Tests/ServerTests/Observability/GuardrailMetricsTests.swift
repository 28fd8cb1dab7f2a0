import Models
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `The use of guardrails and of models of this process` {
    private let metrics = RunMetrics()

    private func guarded(_ topics: Int) -> ModelUse {
        var use = ModelUse(model: "gr1", purpose: .guardrail, units: topics + 1)
        use.guardrail = [.topic: topics, .word: 1]
        return use
    }

    private func read(_ tokens: Int) -> ModelUse {
        var use = ModelUse(model: "reader", purpose: .reading, tokens: tokens)
        use.isLocal = true
        return use
    }

    @Test func `is told by policy, and by what for`() throws {
        let meter = metrics.meter(UsePrices(guardrail: [.topic: 1]))
        meter.count(guarded(4))
        meter.count(guarded(2))
        meter.count(read(7))
        let counted = try Exposition(MetricsText.text(metrics.families))
        func units(_ policy: String) -> Double? {
            counted.value(
                "millrace_model_units_total", ["model": "gr1", "purpose": "guardrail", "policy": policy])
        }
        #expect(units("topic") == 6 && units("word") == 2 && units("content") == nil)
        let guardrail = ["model": "gr1", "purpose": "guardrail"]
        #expect(counted.value("millrace_model_requests_total", guardrail) == 2)
        #expect(counted.value("millrace_model_cost_dollars_total", guardrail) == 0.006)
        #expect(
            counted.value(
                "millrace_model_tokens_total", ["model": "reader", "kind": "input", "purpose": "reading"])
                == 7)
        #expect(
            counted.value("millrace_model_cost_dollars_total", ["model": "reader", "purpose": "reading"])
                == nil)
    }

    @Test func `is a caller's, and leaves their request with the model elsewhere`() {
        let meter = metrics.meter(UsePrices(guardrail: [.topic: 1]))
        let usage = RequestUsage()
        usage.admitted(Owner(name: "user:ann"), key: "k")
        RequestUsage.$current.withValue(usage) {
            meter.count(read(7))
            meter.count(guarded(1))
        }
        let counts = usage.counts(on: 1, .finished)
        #expect(Set(counts.keys.map(\.model)) == ["reader", "gr1"])
        #expect(counts.first { $0.key.model == "reader" }?.value.counts.inputTokens == 7)
        #expect(counts.first { $0.key.model == "gr1" }?.value.picodollars == 1_000_000_000)
        #expect(counts.first { $0.key.model == "gr1" }?.value.counts.requests == 1)
        // Where no model elsewhere was asked, the request stands with none.
        let alone = RequestUsage()
        alone.admitted(Owner(name: "user:ann"), key: "")
        RequestUsage.$current.withValue(alone) { meter.count(read(7)) }
        let own = alone.counts(on: 1, .finished)
        #expect(own.first { $0.key.model == "" }?.value.counts.requests == 1)
        #expect(own.first { $0.key.model == "reader" }?.value.counts.requests == 0)
    }
}
