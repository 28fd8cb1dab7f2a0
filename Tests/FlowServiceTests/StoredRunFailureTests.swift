import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Synchronization
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `A stored run that does not go well` {
    /// Does the first so many messages one way, and those behind them another.
    private final class Turns: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private struct LastingFault: Error, CustomStringConvertible {
        var description: String { "it will not pass" }
    }

    /// Waits until its task is cancelled.
    private static func getStuck() async throws {
        try await Task.sleep(for: .seconds(3_600))
    }

    @Test func `is begun anew by another worker once the lease of a lost one ends`() async throws {
        let (turns, began) = (Turns(), Signal())
        let fixture = try await ServiceFixture(probe: { message in
            if turns.next() == 1 {
                began.set()
                try await Self.getStuck()
            }
            return message
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        let lost = Task { [service = fixture.service] in await RunWorker(service, name: "lost").drain() }
        await began.wait()
        // What was never written needs no word of a restart: events wait 20 ms for others.
        try await Task.sleep(for: .milliseconds(500))
        lost.cancel()
        await lost.value
        // Nobody has it yet: its lease still stands.
        let second = RunWorker(fixture.anotherService(), name: "second")
        await second.drain()
        #expect(try await fixture.service.run(run.id, as: caller).state == .running)
        fixture.time.advance(by: .seconds(31))
        await second.drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 2)
        #expect(try ended.response.text() == "hello")
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        let restarts = events.filter { $0.kind == .restarted(attempt: 2) }
        #expect(restarts.count == 1)
        #expect(events.filter(\.isLast).count == 1)
        #expect(events.last?.isLast == true)
        #expect(
            try await fixture.said(by: "ada", to: flow.id, in: "s") == ["User: hello", "AI: hello"])
    }

    @Test func `writes nothing more by a worker that was thought lost`() async throws {
        let (turns, began) = (Turns(), Signal())
        let fixture = try await ServiceFixture(
            // A third of it passes before the lease is renewed, and so its loss noticed.
            configuration: FlowServiceConfiguration(lease: .milliseconds(300)),
            probe: { message in
                if turns.next() == 1 {
                    began.set()
                    try await Self.getStuck()
                }
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        let slow = Task { [service = fixture.service] in await RunWorker(service, name: "slow").drain() }
        await began.wait()
        let second = RunWorker(fixture.anotherService(), name: "second")
        repeat {
            fixture.time.advance(by: .seconds(1))
            await second.drain()
        } while try await fixture.service.run(run.id, as: caller).attempts < 2
        // The slow worker sees by itself that the run is no longer its own.
        await slow.value
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 2)
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(events.filter(\.isLast).count == 1)
        #expect(
            try await fixture.said(by: "ada", to: flow.id, in: "s") == ["User: hello", "AI: hello"])
    }

    @Test func `is dead once every worker was lost with it`() async throws {
        let began = Mutex<Signal>(Signal())
        let fixture = try await ServiceFixture(
            configuration: FlowServiceConfiguration(attempts: 2),
            probe: { message in
                began.withLock { $0 }.set()
                try await Self.getStuck()
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        for attempt in 1...2 {
            let signal = Signal()
            began.withLock { $0 = signal }
            let worker = Task { [service = fixture.service] in
                await RunWorker(service, name: "worker \(attempt)").drain()
            }
            await signal.wait()
            worker.cancel()
            await worker.value
            fixture.time.advance(by: .seconds(31))
        }
        await RunWorker(fixture.service, name: "last").drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .dead)
        #expect(ended.attempts == 2)
    }

    @Test func `is given back by a worker that stops, as if it had never begun`() async throws {
        let turns = Turns()
        let began = Signal()
        let fixture = try await ServiceFixture(probe: { message in
            if turns.next() == 1 {
                began.set()
                try await Self.getStuck()
            }
            return message
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        let stopping = Task { [service = fixture.service] in await RunWorker(service, name: "stops").run() }
        await began.wait()
        stopping.cancel()
        await stopping.value
        let waiting = try await fixture.service.run(run.id, as: caller)
        #expect(waiting.state == .queued)
        #expect(waiting.attempts == 0)
        await RunWorker(fixture.anotherService(), name: "second").drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 1)
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(events.filter(\.isLast).count == 1)
    }

    @Test func `is tried again after a failure that may pass`() async throws {
        let turns = Turns()
        let fixture = try await ServiceFixture(probe: { message in
            if turns.next() < 3 { throw RetryableFault() }
            return message
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        try await fixture.drainDue()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 3)
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        let restarts = events.compactMap { event -> Int? in
            if case .restarted(let attempt) = event.kind { attempt } else { nil }
        }
        #expect(restarts == [2, 3])
        #expect(
            try await fixture.said(by: "ada", to: flow.id, in: "s") == ["User: hello", "AI: hello"])
    }

    @Test func `is dead when it fails that way every time, and runs once it is queued again`() async throws {
        let isMended = Mutex(false)
        let fixture = try await ServiceFixture(
            configuration: FlowServiceConfiguration(attempts: 2),
            probe: { message in
                if !isMended.withLock({ $0 }) { throw RetryableFault() }
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        try await fixture.drainDue()
        let dead = try await fixture.service.run(run.id, as: caller)
        #expect(dead.state == .dead)
        #expect(dead.attempts == 2)
        let failure = try #require(try FlowFailure(json: JSONValue(parsing: dead.failure ?? Data())))
        #expect(failure.component == "probe")
        #expect(failure.isRetryable)
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
        let told = try await fixture.events(of: run.id, as: caller)
        #expect(told.last?.kind == .failed(failure))
        isMended.withLock { $0 = true }
        #expect(try await fixture.service.requeue(run: run.id, as: caller).state == .queued)
        try await fixture.drainDue()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished)
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.map(\.position) == Array(0..<events.count))
        #expect(!events.contains { $0.kind == .restarted(attempt: 1) })
    }

    @Test func `fails at once when trying again cannot help`() async throws {
        let turns = Turns()
        let fixture = try await ServiceFixture(probe: { _ in
            _ = turns.next()
            throw LastingFault()
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        try await fixture.drainDue()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .failed)
        #expect(ended.attempts == 1)
        #expect(turns.next() == 2)
        let failure = try #require(try FlowFailure(json: JSONValue(parsing: ended.failure ?? Data())))
        #expect(failure.kind == "component-failed")
        #expect(failure.reason.contains("it will not pass"))
    }
}

extension ServiceFixture {
    /// Carries out what waits, those runs too that wait a while before they are tried again.
    func drainDue() async throws {
        for _ in 0..<5 {
            await RunWorker(service, name: "worker").drain()
            time.advance(by: .seconds(600))
        }
    }
}
