import Components
import Flow
import Foundation
import JSONValue
import Logging
import Testing
import Workspace
import WorkspaceSQLite

@testable import FlowService

@Suite(.timeLimit(.minutes(1))) struct `A queue of runs` {
    @Test func `that cannot be used has runs taken from the database, and nothing is lost`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        queued.queue.fail(.gone(MemoryJobQueue.place))
        let (relay, worker) = (queued.relay, queued.worker)
        let running = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await relay.run() }
                group.addTask { await worker.run() }
            }
        }
        defer { running.cancel() }
        let run = try await queued.submit("hello", of: flow.id)
        let ended = try await queued.fixture.ended(run.id, as: queued.fixture.caller("ada"))
        #expect(try ended.response.text() == "hello")
        #expect(queued.health.isDown && queued.health.failure == .gone(MemoryJobQueue.place))
        running.cancel()
        await running.value
        // What nobody could send is sent once the queue is there, and finds its run at its end.
        queued.queue.fail(nil)
        queued.fixture.time.advance(by: .seconds(60))
        await relay.relay()
        _ = await worker.work()
        #expect(!queued.health.isDown && queued.queue.count == 0)
    }

    @Test func `keeps what is not its runs'`() async throws {
        let queued = try await QueueFixture()
        let foreign = [
            queued.queue.put("hello"), queued.queue.put(#"{"type":"millrace.run","version":7}"#),
            queued.queue.put(#"{"type":"millrace.run","version":1,"run":"","tenant":"x"}"#),
        ]
        #expect(await queued.worker.work() == 3)
        #expect(await queued.worker.work() == 0, "they are hidden for a while")
        queued.fixture.time.advance(by: .seconds(40))
        #expect(await queued.worker.work() == 3)
        for id in foreign { #expect(queued.queue.receiveCount(id) == 2) }
        // Each time it is told which message it is, and where, so that a person finds it.
        let told = queued.log.lines
        #expect(told.count == 6 && told.allSatisfy { $0.level == .warning })
        #expect(Set(told.compactMap { $0.metadata["millrace.message"] }) == Set(foreign))
        for line in told {
            #expect(line.metadata["millrace.queue"] == "memory")
            #expect(line.metadata["millrace.region"] == "here")
            #expect(line.metadata["millrace.setting"] == "runs.sqs_queue_url")
        }
        let reasons = Set(told.compactMap { $0.metadata["millrace.reason"] })
        #expect(reasons.count == 3 && reasons.contains { $0.contains("version 7") })
    }

    @Test func `says where a message was that it removes`() async throws {
        let queued = try await QueueFixture()
        queued.queue.put(try RunMessage(run: "gone", tenant: "elsewhere").json.text())
        for _ in 1...5 {
            #expect(await queued.worker.work() == 1)
            queued.fixture.time.advance(by: .seconds(31))
        }
        let removed = try #require(queued.log.lines.first)
        #expect(removed.level == .notice && removed.metadata["millrace.run"] == "gone")
        #expect(
            removed.metadata["millrace.queue"] == "memory" && removed.metadata["millrace.region"] == "here")
    }

    @Test func `leaves what it does not know to others, and not for ever`() async throws {
        let queued = try await QueueFixture()
        let gone = queued.queue.put(try RunMessage(run: "gone", tenant: "elsewhere").json.text())
        for look in 1...4 {
            #expect(await queued.worker.work() == 1)
            #expect(queued.queue.receiveCount(gone) == look)
            #expect(await queued.worker.work() == 0, "it is hidden, so that another process may find it")
            queued.fixture.time.advance(by: .seconds(31))
        }
        #expect(await queued.worker.work() == 1)
        #expect(queued.queue.receiveCount(gone) == nil, "a run that is gone is no reason to keep its message")
    }

    @Test func `tells of runs that were stored before their tenant had a worker of its own`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let run = try await queued.submit("hello", of: flow.id)
        await queued.relay.relay()
        let own = try await ServiceFixture()
        queued.workers.add(RunWorker(own.service, name: "own"), for: run.owner.tenant)
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .finished)
        #expect(queued.queue.count == 0)
    }

    @Test func `that answers nobody holds up no run`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        queued.health.failed(.receiving, .unavailable(MemoryJobQueue.place, reason: "no answer"))
        queued.queue.hang()
        let worker = queued.worker
        let running = Task { await worker.run() }
        defer { running.cancel() }
        for text in ["one", "two"] {
            let run = try await queued.submit(text, of: flow.id)
            let ended = try await queued.fixture.ended(run.id, as: queued.fixture.caller("ada"))
            #expect(try ended.response.text() == text)
        }
        while queued.queue.waitingCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let last = try await queued.submit("three", of: flow.id)
        let ended = try await queued.fixture.ended(last.id, as: queued.fixture.caller("ada"))
        #expect(try ended.response.text() == "three")
        #expect(queued.queue.waitingCount == 1, "one trial at a time")
        running.cancel()
        await running.value
    }

    @Test func `is not asked for more while the database cannot be asked`() {
        let rest = ReceivingRest()
        let start = ContinuousClock.now
        rest.note(WorkspaceError.notFound(kind: "run", id: "r"), at: start)
        rest.note(JobQueueError.gone(MemoryJobQueue.place), at: start)
        #expect(!rest.isOn(at: start))
        for error in [
            WorkspaceError.unavailable(server: "db", reason: "gone"),
            .outcomeUnknown(server: "db", reason: "gone"), .busy(path: "db", seconds: 5),
        ] {
            let rest = ReceivingRest()
            rest.note(error, at: start)
            #expect(rest.isOn(at: start + .seconds(4)))
            #expect(!rest.isOn(at: start + .seconds(5)))
        }
    }

    @Test func `is told at once and once of many runs by several who tell it`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        for number in 0..<35 { _ = try await queued.submit("\(number)", of: flow.id) }
        let relay = queued.relay
        await withDiscardingTaskGroup { group in
            for _ in 0..<4 { group.addTask { await relay.relay() } }
        }
        #expect(queued.queue.count == 35)
        var count = 0
        while case let worked = await queued.worker.work(), worked > 0 { count += worked }
        #expect(count == 35)
        #expect(try await queued.fixture.store.runCounts()[.queued] == 0)
    }

    @Test func `that holds nothing back is told of a run when it is due`() async throws {
        let queued = try await QueueFixture(longestDelay: .zero) { _ in throw RetryableFault() }
        let flow = try await queued.fixture.keep(.probing(), for: "ada")
        _ = try await queued.submit("hello", of: flow.id)
        await queued.relay.relay()
        #expect(await queued.worker.work() == 1)
        await queued.relay.relay()
        #expect(queued.queue.count == 0)
        queued.fixture.time.advance(by: .seconds(2))
        await queued.relay.relay()
        #expect(queued.queue.count == 1 && queued.queue.delays == [.zero, .zero])
    }
}
