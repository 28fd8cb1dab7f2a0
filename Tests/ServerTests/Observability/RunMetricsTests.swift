import Concurrency
import Flow
import Foundation
import Models
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `What runs take` {
    private func exposition(_ metrics: RunMetrics) throws -> Exposition {
        try Exposition(MetricsText.text(metrics.families))
    }

    private let request = GenerationRequest(messages: [])

    @Test func `is told of a model's calls, tokens and dollars`() async throws {
        let metrics = RunMetrics()
        let price = ModelPrice(input: 1_000_000, output: 2_000_000)
        let generator = metrics.metering(QuotingGenerator(), price: price)
        #expect(generator.name == "quoting")
        for _ in 0..<2 {
            var events: [GenerationEvent] = []
            for try await event in generator.generate(request) { events.append(event) }
            #expect(events.last == .finished(.complete))
        }
        let counted = try exposition(metrics)
        #expect(
            counted.value("millrace_model_calls_total", ["model": "quoting", "outcome": "finished"]) == 2)
        #expect(counted.value("millrace_model_calls_total", ["model": "quoting", "outcome": "failed"]) == 0)
        let tokens = "millrace_model_tokens_total"
        #expect(counted.value(tokens, ["model": "quoting", "kind": "input", "purpose": "answer"]) == 2)
        #expect(counted.value(tokens, ["model": "quoting", "kind": "output", "purpose": "answer"]) == 4)
        #expect(
            counted.value("millrace_model_cost_dollars_total", ["model": "quoting", "purpose": "answer"])
                == 10)
        #expect(counted.value("millrace_model_call_duration_seconds_count", ["model": "quoting"]) == 2)
    }

    @Test func `counts a call that failed, and one that was given up, as what they were`() async throws {
        let metrics = RunMetrics()
        let failing = metrics.metering(FailingGenerator(), price: nil)
        await #expect(throws: FailingGenerator.Refusal.self) {
            for try await _ in failing.generate(request) {}
        }
        let endless = metrics.metering(EndlessGenerator(), price: nil)
        for try await _ in endless.generate(request) { break }
        // One that nobody reads is no call.
        _ = endless.generate(request)
        let counted = try exposition(metrics)
        let calls = "millrace_model_calls_total"
        #expect(counted.value(calls, ["model": "failing", "outcome": "failed"]) == 1)
        #expect(counted.value(calls, ["model": "failing", "outcome": "finished"]) == 0)
        #expect(counted.value(calls, ["model": "endless", "outcome": "cancelled"]) == 1)
        #expect(counted.value("millrace_model_call_duration_seconds_count", ["model": "endless"]) == 0)
    }

    @Test func `believes no provider beyond reason`() throws {
        let series = ModelSeries()
        series.add(TokenUsage(inputTokens: -5, outputTokens: .max), price: ModelPrice(input: 1, output: 1))
        let counted = try Exposition(MetricsText.text(ModelSeries.families([("m", series)])))
        let tokens = "millrace_model_tokens_total"
        #expect(counted.value(tokens, ["model": "m", "kind": "input", "purpose": "answer"]) == 0)
        #expect(
            counted.value(tokens, ["model": "m", "kind": "output", "purpose": "answer"]) == 4_294_967_296)
    }

    @Test func `leaves a generator that quotes as it is`() {
        let quoting = ExtractiveGenerator(embedder: HashingEmbedder())
        #expect(RunMetrics().metering(quoting, price: nil) is ExtractiveGenerator)
    }

    @Test func `is told of steps by their component's type and their outcome`() throws {
        let metrics = RunMetrics()
        func end(_ type: String, _ outcome: StepOutcome, _ time: Duration) {
            metrics.ended(
                StepTrace(component: "node-17", type: type, outcome: outcome, duration: time, notes: [:]))
        }
        end("Generate", .finished, .milliseconds(30))
        end("Generate", .finished, .milliseconds(70))
        end("Generate", .failed, .milliseconds(1))
        end("Generate", .skipped, .zero)
        end("Rerank", .cancelled, .seconds(1))
        let counted = try exposition(metrics)
        let steps = "millrace_flow_steps_total"
        #expect(counted.value(steps, ["component": "Generate", "outcome": "finished"]) == 2)
        #expect(counted.value(steps, ["component": "Generate", "outcome": "failed"]) == 1)
        #expect(counted.value(steps, ["component": "Generate", "outcome": "skipped"]) == 1)
        #expect(counted.value(steps, ["component": "Rerank", "outcome": "cancelled"]) == 1)
        let times = "millrace_flow_step_duration_seconds"
        #expect(counted.value("\(times)_count", ["component": "Generate"]) == 3)
        #expect(counted.value("\(times)_bucket", ["component": "Generate", "le": "0.05"]) == 2)
        #expect(counted.value("\(times)_count", ["component": "Rerank"]) == 0)
        #expect(!MetricsText.text(metrics.families).contains("node-17"))
    }
}
