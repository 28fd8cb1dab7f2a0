import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Traces on their way to a collector` {
    /// A collector that answers as it is told, and keeps what it was sent.
    private final class Collector: Sendable {
        private let state: Mutex<(answers: [Int], bodies: [Data])>

        /// - Parameter answers: statuses in order, the last one again and again.
        init(_ answers: [Int]) { state = Mutex((answers, [])) }

        func take(_ body: Data) -> TraceAnswer {
            state.withLock { state in
                state.bodies.append(body)
                return TraceAnswer(
                    status: state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? 200
                )
            }
        }

        var bodies: [Data] { state.withLock { $0.bodies } }
    }

    private func exporter(
        _ collector: Collector, queue: Int = 100, batch: Int = 10, attempts: Int = 3
    ) -> TraceExporter {
        TraceExporter(
            TraceExport(
                version: "1.2.3", batch: batch, queue: queue, delay: .milliseconds(1), attempts: attempts)
        ) { collector.take($0) }
    }

    private func fill(_ exporter: TraceExporter, _ count: Int) {
        let tracer = RequestTracer(exporter: exporter)
        for _ in 0..<count { tracer.begin("run", name: "run").end() }
    }

    private func sent(_ exporter: TraceExporter, until done: (TraceExporter.Counts) -> Bool) async -> Bool {
        let running = Task { await exporter.run() }
        let isDone = await eventually { done(exporter.counts) }
        running.cancel()
        await running.value
        return isDone
    }

    @Test func `go in batches, and all of them`() async throws {
        let collector = Collector([200])
        let exporter = exporter(collector)
        fill(exporter, 25)
        #expect(await sent(exporter) { $0.exported == 25 })
        #expect(collector.bodies.count >= 3)
        let spans = try collector.bodies.flatMap { body -> [JSONValue] in
            let document: JSONValue = try .parsed(body)
            return document["resourceSpans"]?.list.first?["scopeSpans"]?.list.first?["spans"]?.list ?? []
        }
        #expect(spans.count == 25)
        #expect(Set(spans.compactMap { $0["spanId"]?.text }).count == 25)
    }

    @Test func `are dropped and counted where there is no room, and nobody waits`() {
        let exporter = exporter(Collector([200]), queue: 5)
        fill(exporter, 12)
        #expect(exporter.waitingCount == 5)
        #expect(exporter.counts.dropped == 7)
    }

    @Test func `are dropped where the collector refuses them`() async {
        let collector = Collector([400])
        let exporter = exporter(collector)
        fill(exporter, 3)
        #expect(await sent(exporter) { $0.dropped == 3 })
        #expect(collector.bodies.count == 1)
    }

    @Test func `go again to a collector that asks for patience`() async {
        let collector = Collector([503, 200])
        let exporter = exporter(collector)
        fill(exporter, 3)
        #expect(await sent(exporter) { $0.exported == 3 })
        #expect(exporter.counts.failures == 1)
    }

    @Test func `go once more when the process ends`() async {
        let collector = Collector([200])
        let exporter = TraceExporter(TraceExport(version: "1", delay: .seconds(3_600))) { collector.take($0) }
        fill(exporter, 4)
        let running = Task { await exporter.run() }
        running.cancel()
        await running.value
        #expect(exporter.counts.exported == 4)
    }

    @Test func `are written as OTLP has them`() throws {
        let trace = try #require(TraceID(written: "0af7651916cd43dd8448eb211c80319c"[...]))
        let span = SpanRecord(
            trace: trace, id: try #require(SpanID(bits: 0x00f0_67aa_0ba9_02b7)), parent: SpanID(bits: 2),
            state: "a=1", name: "POST /v1/ask", kind: .server, start: 1_700_000_000_000_000_001,
            end: 1_700_000_000_500_000_000, status: .error, message: nil,
            attributes: [
                "text": .text("a"), "whole": .integer(7), "half": .number(0.5), "yes": .flag(true),
                "many": .texts(["a", "b"]), "odd": .number(.infinity),
            ],
            events: [.init(name: "exception", nanoseconds: 5, attributes: [:])], droppedAttributes: 1)
        let json: JSONValue = try .parsed(
            try OTLPDocument.encode([span], TraceExport(service: "wiki", version: "1.2.3")))
        let resource = try #require(json["resourceSpans"]?.list.first)
        #expect(
            resource["resource"]?["attributes"]?.list.contains(
                .object([
                    "key": .text("service.name"), "value": .object(["stringValue": .text("wiki")]),
                ])) == true)
        let written = try #require(resource["scopeSpans"]?.list.first?["spans"]?.list.first)
        #expect(written["traceId"] == .text("0af7651916cd43dd8448eb211c80319c"))
        #expect(written["spanId"] == .text("00f067aa0ba902b7"))
        #expect(written["parentSpanId"] == .text("0000000000000002"))
        #expect(written["startTimeUnixNano"] == .text("1700000000000000001"))
        #expect(written["kind"] == .number(2))
        #expect(written["status"]?["code"] == .number(2))
        let values = Dictionary(
            uniqueKeysWithValues: (written["attributes"]?.list ?? []).map {
                ($0["key"]?.text ?? "", $0["value"])
            })
        #expect(values["whole"] == .object(["intValue": .text("7")]))
        #expect(values["half"] == .object(["doubleValue": .number(0.5)]))
        #expect(values["odd"] == .object(["doubleValue": .text("Infinity")]))
        #expect(values["many"]??["arrayValue"]?["values"]?.list.count == 2)
    }
}
