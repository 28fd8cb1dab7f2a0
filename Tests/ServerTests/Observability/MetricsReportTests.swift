import Concurrency
import Foundation
import Models
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Reports of the metrics` {
    /// Reports, collected until there are so many.
    private final class Collected: Sendable {
        private let stored = Mutex<[MetricsReport]>([])

        var all: [MetricsReport] { stored.withLock { $0 } }

        func add(_ report: MetricsReport) -> Int {
            stored.withLock { reports in
                reports.append(report)
                return reports.count
            }
        }
    }

    private func answer(_ metrics: ServerMetrics, _ operation: String, status: Int) {
        var request = metrics.requests.begin()
        request.operation = operation
        request.ended(status: status)
    }

    @Test func `tell of each period what happened in it, and of the last one when they end`() async {
        let runs = RunMetrics()
        let metrics = ServerMetrics(
            of: [], ServedMetrics(runs: runs), version: "1",
            sources: [
                MetricsSource("runs") {
                    [.labelled(.gauge, "millrace_runs", by: "state", [("queued", 4)], "h")]
                }
            ])
        answer(metrics, "ask", status: 200)
        let clock = ManualClock()
        let collected = Collected()
        let generator = runs.metering(
            QuotingGenerator(), price: ModelPrice(input: 1_000_000, output: 1_000_000))
        // A task of its own, which ends itself: cancelling the test's would end the test.
        await Task {
            await metrics.report(every: .seconds(60), clock: clock) { report in
                if collected.add(report) == 2 {
                    answer(metrics, "ask", status: 200)
                    withUnsafeCurrentTask { $0?.cancel() }
                    return
                }
                for status in [200, 200, 404, 500] { answer(metrics, "ask", status: status) }
                answer(metrics, "metrics", status: 200)
                _ = try? await generator.generate(GenerationRequest(messages: [])).reduce(0) { count, _ in
                    count + 1
                }
            }
        }.value
        let reports = collected.all
        #expect(reports.count == 3)
        #expect(reports.first?["Requests"] == 0)
        #expect(reports.first?["LatencyP99"] == nil)
        let second = reports.dropFirst().first
        #expect(second?["Requests"] == 4)
        #expect(second?["ClientErrors"] == 1)
        #expect(second?["ServerErrors"] == 1)
        #expect(second?["LatencyP50"] ?? -1 > 0)
        #expect(second?["ModelCalls"] == 1)
        #expect(second?["InputTokens"] == 1)
        #expect(second?["OutputTokens"] == 2)
        #expect(second?["Dollars"] == 3)
        #expect(second?["RunsQueued"] == 4)
        #expect(second?["CacheHitShare"] == nil)
        #expect(reports.last?["Requests"] == 1)
        #expect(reports.last?["Dollars"] == 0)
        #expect(clock.sleeps == [.seconds(60), .seconds(60)])
    }

    @Test func `tell the share of lookups that a cache spared`() {
        func totals(hits: Int, shared: Int, misses: Int) -> MetricsTotals {
            let families: [MetricFamily] = [("hits", hits), ("shared", shared), ("misses", misses)].map {
                .labelled(
                    .counter, "millrace_cache_\($0.0)_total", by: "cache", [("a", $0.1), ("b", $0.1)], "h")
            }
            return MetricsTotals(families, RequestMetrics(operations: []))
        }
        let report = MetricsReport(
            from: totals(hits: 10, shared: 0, misses: 10), to: totals(hits: 12, shared: 1, misses: 11))
        #expect(report["CacheHitShare"] == 75)
    }

    @Test func `never count backwards`() {
        var before = MetricsTotals()
        before.requests = 5
        #expect(MetricsReport(from: before, to: MetricsTotals())["Requests"] == 0)
    }
}
