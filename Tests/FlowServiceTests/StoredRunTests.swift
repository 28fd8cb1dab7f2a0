import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Synchronization
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `A run that is carried out later` {
    @Test func `is queued, carried out by a worker, and then has its result`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s"), priority: 5), of: flow.id, as: caller)
        #expect(run.state == .queued)
        #expect(run.flow == flow.id)
        #expect(run.version == 1)
        #expect(run.session == "s")
        #expect(run.priority == 5)
        await RunWorker(fixture.service, name: "worker").drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 1)
        let response = try ended.response
        #expect(response.text() == "hello")
        #expect(response.runID == run.id)
        #expect(
            try await fixture.said(by: "ada", to: flow.id, in: "s") == ["User: hello", "AI: hello"])
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(events.last?.kind == .finished(response))
    }

    @Test func `is carried out with its caller's rights, as they are then`() async throws {
        let fixture = try await ServiceFixture()
        for (groups, isTold) in [([], false), (["hr"], true)] as [([String], Bool)] {
            let caller = fixture.caller("ada", groups: groups)
            let run = try await fixture.service.submit(
                FlowSubmission(.said("when are salary bands reviewed")), of: "question-answering",
                as: caller)
            await RunWorker(fixture.service, name: "worker").drain()
            let response = try await fixture.service.run(run.id, as: caller).response
            #expect(response.outputs.first?.message.text.contains("March") == isTold)
        }
    }

    @Test func `is carried out by a worker that waits for work`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let worker = Task { [service = fixture.service] in
            await RunWorker(service, name: "worker").run()
        }
        defer { worker.cancel() }
        for text in ["one", "two", "three"] {
            let run = try await fixture.service.submit(
                FlowSubmission(.said(text)), of: flow.id, as: caller)
            let events = try await fixture.events(of: run.id, as: caller)
            #expect(events.last?.isLast == true)
            #expect(try await fixture.ended(run.id, as: caller).response.text() == text)
        }
        worker.cancel()
        await worker.value
    }

    @Test func `keeps a hundred at once apart`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        var runs: [String: String] = [:]
        for number in 0..<100 {
            let run = try await fixture.service.submit(
                FlowSubmission(.said("text \(number)", in: "session \(number)")), of: flow.id, as: caller)
            runs[run.id] = "text \(number)"
        }
        let service = fixture.service
        await withDiscardingTaskGroup { group in
            for name in ["a", "b", "c"] {
                group.addTask { await RunWorker(service, name: name, concurrency: 8).drain() }
            }
        }
        for (id, text) in runs {
            let run = try await fixture.service.run(id, as: caller)
            #expect(run.attempts == 1)
            #expect(try run.response.text() == text)
        }
    }

    @Test func `is its first submission's when its key comes again, whatever was saved meanwhile`()
        async throws
    {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.saying("one"), for: "ada", isShared: true)
        func submit(_ text: String, by name: String = "ada") async throws -> StoredRun {
            try await fixture.service.submit(
                FlowSubmission(.said(text), idempotencyKey: "key"), of: flow.id, as: fixture.caller(name))
        }
        let first = try await submit("hello")
        #expect(try await submit("hello").id == first.id)
        _ = try await fixture.service.save(
            .saying("two"), note: "", asVersionOf: flow.id, for: flow.owner)
        #expect(try await submit("hello").id == first.id)
        #expect(try await refusal { _ = try await submit("something else") } == "key-reused")
        #expect(try await submit("something else", by: "bob").id != first.id)
        await RunWorker(fixture.service, name: "worker").drain()
        let again = try await submit("hello")
        #expect(again.id == first.id)
        #expect(again.state == .finished)
    }

    @Test func `runs the version that was the newest when it was submitted`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.saying("one"), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(FlowRequest()), of: flow.id, as: caller)
        _ = try await fixture.service.save(
            .saying("two"), note: "", asVersionOf: flow.id, for: caller.owner)
        await RunWorker(fixture.service, name: "worker").drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.version == 1)
        #expect(try ended.response.text() == "one")
        #expect(try ended.response.flow.version == 1)
        #expect(
            try await fixture.service.run(FlowRequest(), of: flow.id, as: caller).text() == "two")
    }

    @Test func `is cancelled with its flow`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        try await fixture.service.delete(flow: flow.id, for: caller.owner)
        await RunWorker(fixture.service, name: "worker").drain()
        #expect(try await fixture.service.run(run.id, as: caller).state == .cancelled)
    }

    @Test func `is another caller's business in nothing`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada", isShared: true)
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: fixture.caller("ada"))
        let bob = fixture.caller("bob")
        for id in [run.id, "no-such-run"] {
            #expect(try await refusal { _ = try await fixture.service.run(id, as: bob) } == "not-found")
            #expect(
                try await refusal { _ = try await fixture.service.cancel(run: id, as: bob) } == "not-found")
            #expect(
                try await refusal { _ = try await fixture.service.requeue(run: id, as: bob) } == "not-found")
            #expect(
                try await refusal { _ = try await fixture.service.events(ofRun: id, as: bob) } == "not-found")
        }
        #expect(try await fixture.service.run(run.id, as: fixture.caller("ada")).state == .queued)
    }

    @Test func `refuses changes that do not fit before it is stored`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let kind = try await refusal {
            _ = try await fixture.service.submit(
                FlowSubmission(FlowRequest(changes: ["nobody": ["text": "x"]])), of: flow.id, as: caller)
        }
        #expect(kind == "invalid-flow")
        #expect(try await fixture.store.runCounts()[.queued] == 0)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The events of a stored run` {
    @Test func `are read again from any position on`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(
            .chain("Model", .chatInput, .model, .chatOutput), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        await RunWorker(fixture.service, name: "worker").drain()
        let all = try await fixture.events(of: run.id, as: caller)
        #expect(all.map(\.position) == Array(0..<all.count))
        #expect(all.contains { if case .text(_, "two ", _) = $0.kind { true } else { false } })
        for position in [1, all.count / 2, all.count - 1] {
            let rest = try await fixture.events(of: run.id, from: position, as: caller)
            #expect(rest == Array(all.dropFirst(position)))
        }
        #expect(try await fixture.events(of: run.id, from: all.count + 5, as: caller).isEmpty)
    }

    @Test func `come to whoever follows before the run began`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        let reading = try await fixture.service.events(ofRun: run.id, as: caller)
        async let followed = reading.reduce(into: [FlowProgress]()) { $0.append($1) }
        await RunWorker(fixture.service, name: "worker").drain()
        let events = try await followed
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(events.last?.isLast == true)
    }
}

extension ServiceFixture {
    func events(
        of run: String, from position: Int = 0, as caller: FlowCaller
    ) async throws -> [FlowProgress] {
        try await service.events(ofRun: run, from: position, as: caller)
            .reduce(into: []) { $0.append($1) }
    }

    /// The run once it has ended: its last event is written a moment earlier.
    func ended(_ run: String, as caller: FlowCaller) async throws -> StoredRun {
        while true {
            let stored = try await service.run(run, as: caller)
            if stored.state.isEnd { return stored }
            await Task.yield()
        }
    }
}

extension StoredRun {
    /// What a finished run made.
    var response: FlowResponse {
        get throws { try FlowResponse(json: try JSONValue(parsing: result ?? Data())) }
    }
}
