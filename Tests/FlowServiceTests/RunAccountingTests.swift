import Components
import FlowService
import Synchronization
import TestSupport
import Testing
import Workspace

/// Notes for whom work was done, and what tells it that it is counted.
private final class Accounts: WorkAccounting {
    @TaskLocal static var current: Accounts?
    private let noted = Mutex<[String]>([])

    var all: [String] { noted.withLock(\.self) }
    func note(_ line: String) { noted.withLock { $0.append(line) } }

    func counting(for owner: Owner, key: String, _ work: @Sendable () async -> Void) async {
        note("begin \(owner.name) \(key)")
        await Self.$current.withValue(self) { await work() }
        note("end")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The account of a stored run` {
    @Test func `is its caller's and their key's, in whatever process it is carried out`() async throws {
        let (mine, others) = (Accounts(), Accounts())
        let fixture = try await ServiceFixture(
            accounting: mine,
            probe: { message in
                Accounts.current?.note("spent")
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada", keyID: "mr_1")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        #expect(mine.all.isEmpty)
        await RunWorker(fixture.anotherService(accounting: others), name: "other").drain()
        #expect(try await fixture.service.run(run.id, as: caller).state == .finished)
        #expect(mine.all.isEmpty)
        #expect(others.all == ["begin \(caller.owner.name) mr_1", "spent", "end"])
    }

    @Test func `has each attempt, as each spends`() async throws {
        let accounts = Accounts()
        let turns = Mutex(0)
        let fixture = try await ServiceFixture(
            accounting: accounts,
            probe: { message in
                Accounts.current?.note("spent")
                let turn = turns.withLock { turns in
                    turns += 1
                    return turns
                }
                if turn == 1 { throw RetryableFault() }
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello")), of: flow.id, as: caller)
        let worker = RunWorker(fixture.service, name: "worker")
        await worker.drain()
        fixture.time.advance(by: .seconds(600))
        await worker.drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .finished && ended.attempts == 2)
        let attempt = ["begin \(caller.owner.name) ", "spent", "end"]
        #expect(accounts.all == attempt + attempt)
    }

    @Test func `changes nothing of what makes two submissions one`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.probing(), for: "ada")
        let submission = FlowSubmission(.said("hello"), idempotencyKey: "once")
        let first = try await fixture.service.submit(
            submission, of: flow.id, as: fixture.caller("ada", keyID: "mr_1"))
        let second = try await fixture.service.submit(
            submission, of: flow.id, as: fixture.caller("ada", keyID: "mr_2"))
        #expect(first.id == second.id)
    }
}
