import Concurrency
import JSONValue
import Synchronization
import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `A run as an object` {
    static let speech = FlowGraph(
        [.node("w", "Words", ["count": 5]), .node("s", "Speak")], edges: ["w.words > s.words"],
        outputs: ["output": "s.text"])

    private func pieces(_ events: [RunEvent]) -> [String] {
        events.compactMap { event in
            if case .emitted(_, let emission) = event.kind { (emission as? Piece)?.text } else { nil }
        }
    }

    @Test func `its events come in order without gaps and end once`() async throws {
        let (run, stream) = try plan(Self.speech).start(in: testContext)
        var events: [RunEvent] = []
        for try await event in stream { events.append(event) }
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(pieces(events) == ["w1 ", "w2 ", "w3 ", "w4 ", "w5 "])
        #expect(events.filter(\.isLast).count == 1)
        #expect(events.last.map { if case .finished = $0.kind { true } else { false } } == true)
        #expect(run.state == .finished)
        #expect(try await run.outcome().output(String.self) == "w1 w2 w3 w4 w5 ")
    }

    @Test func `a follower can leave and take it up again where it stopped`() async throws {
        let (run, stream) = try plan(Self.speech).start(in: testContext)
        var first: [RunEvent] = []
        for try await event in stream {
            first.append(event)
            if first.count == 4 { break }
        }
        _ = try await run.outcome()
        var rest: [RunEvent] = []
        for try await event in run.events(from: 4) { rest.append(event) }
        #expect((first + rest).map(\.position) == Array(0..<(4 + rest.count)))
        var again: [RunEvent] = []
        for try await event in run.events() { again.append(event) }
        #expect(again.count == first.count + rest.count)
        var none = 0
        for try await _ in run.events(from: 1_000) { none += 1 }
        #expect(none == 0)
    }

    @Test func `a reader that stops slows the model, not the memory`() async throws {
        let asked = Counter()
        let graph = FlowGraph(
            [.node("w", "Words", ["count": 200_000]), .node("s", "Speak")], edges: ["w.words > s.words"],
            outputs: ["output": "s.text"])
        let (run, stream) = try plan(graph, catalog: .testing(asked: asked)).start(in: testContext)
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        // The source comes to rest with the reader: what it was asked for no longer grows.
        var last = -1
        while last != asked.value || last == 0 {
            last = asked.value
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(last < RunLog.windowBytes / 96)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.outcome() }
        #expect(run.state == .cancelled)
    }

    @Test func `a reader that leaves stops nobody`() async throws {
        let graph = FlowGraph(
            [.node("w", "Words", ["count": 20_000]), .node("s", "Speak")], edges: ["w.words > s.words"],
            outputs: ["output": "s.text"])
        let plan = try plan(graph)
        let run = try plan.start(in: testContext).run
        #expect(try await run.outcome().output(String.self)?.hasSuffix("w20000 ") == true)
        // What was let go is told as gone, with what there is.
        await #expect {
            for try await _ in run.events() {}
        } throws: { error in
            if case FlowError.eventsGone("test", 0, let earliest) = error { earliest > 0 } else { false }
        }
    }

    @Test func `a run that fails tells so as its last event`() async throws {
        let plan = try plan(
            FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"]),
            catalog: .testing { _ in throw Unlucky() })
        let (run, stream) = try plan.start(in: testContext)
        var last: RunEvent?
        for try await event in stream { last = event }
        guard case .failed = last?.kind else {
            Issue.record("it ended with \(String(describing: last))")
            return
        }
        #expect(run.state == .failed)
        await #expect(throws: FlowError.self) { try await run.outcome() }
    }

    @Test func `cancel ends a run that waits, and its followers`() async throws {
        let plan = try plan(
            FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"]),
            catalog: .testing { _ in
                try await Task.sleep(for: .seconds(60))
                return 1
            })
        let (run, stream) = try plan.start(in: testContext)
        let follower = Task {
            var last: RunEvent?
            for try await event in stream { last = event }
            return last
        }
        run.cancel()
        guard case .cancelled = try await follower.value?.kind else {
            Issue.record("the follower saw no end")
            return
        }
    }

    @Test func `a cancelled follower does not hang and the run goes on`() async throws {
        let gate = Counter()
        let plan = try plan(
            FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"]),
            catalog: .testing { _ in
                while gate.value == 0 { try await Task.sleep(for: .milliseconds(1)) }
                return 1
            })
        let (run, stream) = try plan.start(in: testContext)
        let follower = Task { for try await _ in stream {} }
        try await Task.sleep(for: .milliseconds(5))
        follower.cancel()
        _ = try? await follower.value
        gate.add()
        #expect(try await run.outcome().output(Int.self) == 1)
    }

    @Test func `a journal has every event, also those that memory let go`() async throws {
        let journal = MemoryJournal()
        let graph = FlowGraph(
            [.node("w", "Words", ["count": 3_000]), .node("s", "Speak")], edges: ["w.words > s.words"],
            outputs: ["output": "s.text"])
        let run = try plan(graph).start(in: testContext, journal: journal).run
        _ = try await run.outcome()
        var events: [RunEvent] = []
        for try await event in run.events() { events.append(event) }
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(pieces(events).count == 3_000)
        #expect(journal.count == events.count)
        #expect(events.allSatisfy { $0.json["position"]?.integer == $0.position })
    }

    @Test func `one stream reaches two readers whole, at the pace of the slower`() async throws {
        let asked = Counter()
        let graph = FlowGraph(
            [
                .node("w", "Words", ["count": 500]), .node("a", "Speak"), .node("b", "Speak"),
            ],
            edges: ["w.words > a.words", "w.words > b.words"], outputs: ["a": "a.text", "b": "b.text"])
        let outcome = try await plan(graph, catalog: .testing(asked: asked)).run(in: testContext)
        #expect(outcome.output(String.self, named: "a") == outcome.output(String.self, named: "b"))
        #expect(outcome.output(String.self, named: "a")?.hasSuffix("w500 ") == true)
        #expect(asked.value == 500)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Tools` {
    private func results(_ calls: JSONValue, _ more: [FlowGraph.Node] = [], edges: [String] = []) async throws
        -> JSONValue?
    {
        let graph = FlowGraph(
            [.node("agent", "Caller", ["calls": calls]), .node("double", "Double")] + more,
            edges: ["double.tool > agent.tools"] + edges, outputs: ["output": "agent.results"])
        return try await plan(graph).run(in: testContext).output(JSONValue.self)
    }

    @Test func `a component is called with JSON and answers with JSON`() async throws {
        let answers = try await results([["tool": "double", "arguments": ["number": 21]]])
        #expect(answers == [42])
    }

    @Test func `arguments that do not fit are told, and a model may try again`() async throws {
        let answers = try await results([
            ["tool": "double", "arguments": ["number": "x"]], ["tool": "double", "arguments": [:]],
            ["tool": "double", "arguments": ["size": 1]], ["tool": "none"],
            ["tool": "double", "arguments": 3],
            ["tool": "double", "arguments": ["number": 1]],
        ])
        let texts = answers?.array ?? []
        #expect(texts.count == 6)
        #expect(texts.prefix(5).allSatisfy { $0.string?.contains("tool") ?? false })
        #expect(texts.last == 2)
    }

    @Test func `a loop is a tool, with its steps traced and counted`() async throws {
        let body = FlowGraph(
            [.node("x", "Double")], edges: ["input.number > x.number"], outputs: ["number": "x.value"])
        let answers = try await results(
            [["tool": "power", "arguments": ["start": 1]]],
            [.node("power", "Repeat", ["times": 5], bodies: ["body": .graph(body)])],
            edges: ["power.tool > agent.tools"])
        #expect(answers == [32])
    }

    @Test func `a tool tells its schema`() throws {
        let graph = FlowGraph(
            [.node("agent", "Caller"), .node("double", "Double")], edges: ["double.tool > agent.tools"],
            outputs: ["output": "agent.results"])
        let tool = try #require(try plan(graph).nodes.first { $0.id == "agent" }?.tools[0].first)
        #expect(tool.name == "double")
        #expect(
            tool.inputSchema == [
                "type": "object", "required": ["number"], "additionalProperties": false,
                "properties": ["number": ["type": "integer", "description": "What is doubled."]],
            ])
    }
}

/// Keeps events as a database would.
private final class MemoryJournal: RunJournal {
    private let kept = Mutex<[RunEvent]>([])

    var count: Int { kept.withLock { $0.count } }

    func append(_ event: RunEvent, ofRun id: String) async throws {
        await Task.yield()
        kept.withLock { events in
            #expect(event.position == events.count)
            events.append(event)
        }
    }

    func events(ofRun id: String, from position: Int, limit: Int) async throws -> [RunEvent] {
        kept.withLock { Array($0.dropFirst(position).prefix(limit)) }
    }
}
