import Concurrency
import Foundation
import HTTPTypes
import Models
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The trace of what is asked` {
    private let tracer = RequestTracer(TraceSettings(slow: .seconds(3_600)))

    private func trace(_ operation: String) throws -> TraceReading {
        let recording = try #require(tracer.core.store.traces(of: operation).first)
        return try #require(TraceReading(recording, slow: tracer.core.slowNanoseconds))
    }

    @Test func `has the parts that were done in its course, each under its own`() async throws {
        let root = tracer.begin("run", name: "run")
        await RequestTrace.within(root) {
            await RequestTrace.part("outer") { outer in
                outer?.set("millrace.count", 3)
                RequestTrace.immediatePart("inner") { _ in }
                // A task that is begun belongs to what begins it.
                await Task { RequestTrace.immediatePart("task") { _ in } }.value
            }
        }
        root.end()
        let tree = try trace("run").tree
        #expect(tree.map(\.span.name) == ["run", "outer", "inner", "task"])
        #expect(tree.map(\.depth) == [0, 1, 2, 2])
        #expect(tree[1].span.attributes["millrace.count"] == .integer(3))
        #expect(Set(tree.map(\.span.trace)).count == 1)
    }

    @Test func `is seen by the tenant that it is done for, and by every one when it is nobody's`() throws {
        tracer.begin("run", name: "run", for: TraceOwner(tenant: "acme", name: "ann")).end()
        tracer.begin("job", name: "job").end()
        #expect(try trace("run").isVisible(to: "acme"))
        #expect(try !trace("run").isVisible(to: "default"))
        #expect(try trace("run").state.caller == "ann")
        #expect(try trace("job").isVisible(to: "acme"))
    }

    @Test func `tells of a failure by its type, and not by what it says`() async throws {
        struct Secret: Error, CustomStringConvertible { let description = "the salary is 90,000" }
        let root = tracer.begin("run", name: "run")
        await #expect(throws: Secret.self) {
            try await RequestTrace.within(root) {
                try await RequestTrace.part("failing") { _ in throw Secret() }
            }
        }
        root.end()
        let failing = try #require(try trace("run").tree.first { $0.span.name == "failing" }).span
        #expect(failing.isError)
        #expect(failing.attributes["error.type"] == .text("Secret"))
        #expect(!"\(failing)".contains("90,000"))
    }

    @Test func `keeps so many spans and facts, and no more`() throws {
        let root = tracer.begin("run", name: "run")
        RequestTrace.immediately(within: root) {
            for _ in 0..<(TraceRecording.spanLimit + 10) { RequestTrace.immediatePart("part") { _ in } }
        }
        for number in 0..<200 { root.set("fact.\(number)", number) }
        root.set("long", String(repeating: "é", count: 5_000))
        root.end()
        let reading = try trace("run")
        #expect(reading.state.spans.count == TraceRecording.spanLimit + 1)
        #expect(reading.state.droppedSpans == 10)
        #expect(reading.root.attributes.count <= SpanRecord.limits.attributes)
        #expect(reading.root.droppedAttributes > 0)
    }

    @Test func `is nothing, and costs nothing, where nothing is traced`() async {
        #expect(RequestTrace.begin("part") == nil)
        #expect(RequestTrace.headers.isEmpty)
        #expect(await RequestTrace.part("part") { $0 == nil })
    }

    @Test func `goes on in what is asked of others`() throws {
        let root = tracer.begin("run", name: "run")
        let headers = RequestTrace.immediately(within: root) {
            Dictionary(uniqueKeysWithValues: RequestTrace.headers.map { ($0.name, $0.value) })
        }
        let identity = try #require(root.identity)
        #expect(headers["traceparent"]?.contains("-\(identity.trace)-\(identity.span)-") == true)
        #expect(headers["X-Amzn-Trace-Id"]?.hasPrefix("Root=1-\(identity.trace.prefix(8))-") == true)
        root.end()
    }

    @Test func `is exported as often as it is asked for, and as its caller says`() throws {
        func sampled(_ ratio: Double) -> Int {
            let tracer = RequestTracer(TraceSettings(sampleRatio: ratio))
            return (0..<400).count { _ in
                let span = tracer.begin("run", name: "run")
                defer { span.end() }
                return span.headers.contains { $0.value.hasSuffix("-03") }
            }
        }
        #expect(sampled(0) == 0)
        #expect(sampled(1) == 400)
        // Six standard deviations of 400 fair draws.
        #expect(abs(sampled(0.5) - 200) < 60)
    }

    @Test func `of a model's call has what the conventions name`() async throws {
        let root = tracer.begin("ask", name: "ask")
        let metered = RunMetrics().metering(QuotingGenerator(), price: nil)
        try await RequestTrace.within(root) {
            for try await _ in metered.generate(GenerationRequest(messages: [], maxTokens: 7)) {}
        }
        root.end()
        let call = try #require(try trace("ask").tree.last).span
        #expect(call.name == "chat")
        #expect(call.kind == .client)
        #expect(call.attributes["gen_ai.operation.name"] == .text("chat"))
        #expect(call.attributes["gen_ai.request.model"] == .text("quoting"))
        #expect(call.attributes["gen_ai.request.max_tokens"] == .integer(7))
        #expect(call.attributes["gen_ai.usage.output_tokens"]?.integer == 2)
        #expect(call.attributes["gen_ai.response.finish_reasons"] == .texts(["complete"]))
    }
}

@Suite struct `The traces that are kept` {
    private func add(
        _ count: Int, to store: TraceStore, slow: Bool = false, error: Bool = false,
        operation: String = "ask"
    ) {
        let core = RequestTracer.Core(slowNanoseconds: .max, exporter: nil)
        for number in 1...count {
            guard let id = SpanID(bits: UInt64(number)), let trace = TraceID(high: 1, low: UInt64(number))
            else { continue }
            store.add(
                TraceRecording(
                    trace: trace, operation: operation, root: id, start: UInt64(number), concurrent: 1,
                    tracer: core), nanoseconds: UInt64(number), isSlow: slow, isError: error)
        }
    }

    @Test func `are bounded, however many there are`() throws {
        let store = TraceStore()
        add(5_000, to: store, slow: true, error: true)
        let limits = TraceStore.limits
        let counts = try #require(store.counts.first)
        #expect(counts.seen == 5_000)
        #expect(counts.kept <= 2 * limits.latest + limits.slow + limits.errors + limits.sample)
        #expect(store.traces(of: nil).count == counts.kept)
    }

    @Test func `are the latest, and the slowest of all time`() throws {
        let store = TraceStore()
        add(1_000, to: store, slow: true)
        // Faster ones push none of the slow ones out.
        add(200, to: store)
        let kept = store.traces(of: "ask").map(\.start)
        for slow in (1_000 - TraceStore.limits.slow + 1)...1_000 { #expect(kept.contains(UInt64(slow))) }
        for late in (200 - TraceStore.limits.latest + 1)...200 { #expect(kept.contains(UInt64(late))) }
    }

    @Test func `are told newest first, by operation`() {
        let store = TraceStore()
        add(3, to: store)
        add(2, to: store, operation: "search")
        #expect(store.traces(of: "search").map(\.start) == [2, 1])
        #expect(store.traces(of: nil).count == 5)
        #expect(store.traces(of: "none").isEmpty)
    }
}
