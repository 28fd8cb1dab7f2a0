import Corpus
import Flow
import Models
import TestSupport
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `The use of models that write nothing` {
    private let metrics = RunMetrics()
    private let meter: any ModelUseMeter

    init() {
        meter = metrics.meter(
            UsePrices(embedding: ["titan": UsePrice(tokens: 0.02)], rerank: ["ranker": UsePrice(units: 2)]))
    }

    private func ask() {
        meter.count(ModelUse(model: "titan", purpose: .question, tokens: 10))
        meter.count(ModelUse(model: "titan", purpose: .passage, tokens: 1_000_000))
        meter.count(ModelUse(model: "ranker", purpose: .rerank, tokens: 7, units: 3))
        meter.count(ModelUse(model: "comprehend", purpose: .analysis, units: 4))
        meter.count(ModelUse(model: "kendra", purpose: .search))
    }

    @Test func `is told by model and purpose, beside that of models that write`() throws {
        ask()
        ask()
        let counted = try Exposition(MetricsText.text(metrics.families))
        func value(_ name: String, _ model: String, _ purpose: String) -> Double? {
            var labels = ["model": model, "purpose": purpose]
            if name == "tokens" { labels["kind"] = "input" }
            return counted.value("millrace_model_\(name)_total", labels)
        }
        #expect(value("requests", "titan", "question") == 2)
        #expect(value("requests", "kendra", "search") == 2)
        #expect(value("tokens", "titan", "question") == 20)
        #expect(value("tokens", "titan", "passage") == 2_000_000)
        #expect(value("tokens", "ranker", "rerank") == 14)
        #expect(value("tokens", "kendra", "search") == nil)
        #expect(value("units", "ranker", "rerank") == 6)
        #expect(value("units", "comprehend", "analysis") == 8)
        #expect(value("units", "titan", "question") == nil)
        #expect(value("cost_dollars", "titan", "passage") == 0.04)
        #expect(value("cost_dollars", "ranker", "rerank") == 0.012)
        #expect(value("cost_dollars", "comprehend", "analysis") == 0)
        #expect(value("cost_dollars", "kendra", "search") == nil)
        let totals = MetricsTotals(metrics.families, RequestMetrics(operations: []))
        #expect(totals.inputTokens == 2_000_034 && totals.outputTokens == 0)
        #expect(totals.modelCalls == 0)
    }

    @Test func `counts for the request and the work that asked`() throws {
        let usage = RequestUsage()
        usage.admitted(Owner(name: "user:ann"), key: "")
        let tally = ModelTally()
        RequestUsage.$current.withValue(usage) { ModelTally.$current.withValue(tally) { ask() } }
        ask()
        #expect(tally.totals.tokens == 1_000_017 && tally.totals.requests == 5)
        let dollars = try #require(tally.totals.dollars)
        #expect(abs(dollars - 0.0260002) < 1e-12)
        let counts = usage.counts(on: 1, .finished)
        let titan = counts.first { $0.key.model == "titan" }?.value
        #expect(titan?.counts.inputTokens == 1_000_010 && titan?.counts.outputTokens == 0)
        #expect(titan?.picodollars == 20_000_200_000)
        // What neither read tokens nor cost anything has no row of its own.
        #expect(Set(counts.keys.map(\.model)) == ["titan", "ranker"])
    }

    @Test func `leaves a request with the model that wrote its answer`() {
        let usage = RequestUsage()
        usage.admitted(Owner(name: "user:ann"), key: "")
        usage.add(ModelUse(model: "a-model-that-embeds", purpose: .question, tokens: 3), dollars: nil)
        usage.add(TokenUsage(inputTokens: 5, outputTokens: 6), of: "writer", price: nil)
        let counts = usage.counts(on: 1, .finished)
        #expect(counts.first { $0.key.model == "writer" }?.value.counts.requests == 1)
        #expect(counts.first { $0.key.model == "a-model-that-embeds" }?.value.counts.requests == 0)
    }

    @Test func `stands in the trace of the step of a flow`() async throws {
        var catalog = ComponentCatalog()
        catalog.register(Asking.self) { [meter] in Asking(&$0, meter: meter) }
        let plan = try PlanCompiler(catalog: catalog, library: []).plan(
            FlowDefinition(
                name: "asking",
                graph: FlowGraph(
                    inputs: [], components: [FlowGraph.Node(id: "a", type: "Asking")], edges: [],
                    outputs: ["output": PortReference("a", "text")])), producing: [:])
        let traces = try await plan.run(in: RunContext(runID: "r")).traces
        let notes = try #require(traces.first?.notes)
        #expect(notes["embedding_tokens"] == 20)
        #expect(notes["rerank_searches"] == 1 && notes["rerank_tokens"] == nil)
        let dollars = try #require(notes["dollars"])
        #expect(abs(dollars - 0.0020004) < 1e-12)
        // Clients are told the sum of these as what the model that writes read.
        #expect(notes["input_tokens"] == nil)
    }

    private struct Asking: Component {
        static let type = "Asking"
        static let summary = "Asks models."
        let text: Output<String>
        let meter: any ModelUseMeter

        init(_ declare: inout Declaration, meter: any ModelUseMeter) {
            self.meter = meter
            text = declare.output("text", "Nothing.")
        }

        func run(_ step: Step) async throws {
            await Task { [meter] in
                for _ in 0..<2 { meter.count(ModelUse(model: "titan", purpose: .question, tokens: 10)) }
            }.value
            meter.count(ModelUse(model: "ranker", purpose: .rerank, units: 1))
            step.send("", to: text)
        }
    }
}
