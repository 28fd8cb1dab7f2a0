import Components
import Flow
import Foundation
import JSONValue
import Logging
import Synchronization
import Testing
import Workspace
import WorkspaceSQLite

@testable import FlowService

@Suite(.timeLimit(.minutes(1))) struct `A run that a queue tells workers of` {
    @Test func `is carried out once, and its message is removed`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let run = try await queued.submit("hello", of: flow.id)
        #expect(queued.queue.count == 0, "it waits in the outbox until it is sent")
        await queued.relay.relay()
        #expect(queued.queue.count == 1)
        #expect(try await queued.fixture.store.announcementCount() == 0)
        #expect(await queued.worker.work() == 1)
        #expect(queued.queue.count == 0)
        let ended = try await queued.fixture.service.run(run.id, as: queued.fixture.caller("ada"))
        #expect(try ended.response.text() == "hello" && ended.attempts == 1)
        // A message that comes twice does nothing the second time.
        queued.queue.put(try RunMessage(run: run.id, tenant: run.owner.tenant).json.text())
        #expect(await queued.worker.work() == 1)
        #expect(queued.queue.count == 0)
        #expect(
            try await queued.fixture.service.run(run.id, as: queued.fixture.caller("ada")).attempts == 1)
    }

    @Test func `reaches a worker that waits for messages`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let (relay, worker) = (queued.relay, queued.worker)
        let running = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await relay.run() }
                group.addTask { await worker.run() }
            }
        }
        for text in ["one", "two", "three"] {
            let run = try await queued.submit(text, of: flow.id)
            let ended = try await queued.fixture.ended(run.id, as: queued.fixture.caller("ada"))
            #expect(try ended.response.text() == text)
        }
        running.cancel()
        await running.value
    }

    @Test func `that is another worker's for now is looked at again later`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let run = try await queued.submit("hello", of: flow.id)
        await queued.relay.relay()
        let leased = try await queued.fixture.store.lease(
            1, by: "another", for: .seconds(60), at: queued.fixture.time.now, attempts: 3)
        #expect(leased.map(\.run.id) == [run.id])
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .running)
        #expect(await queued.worker.work() == 0, "the message is hidden")
        #expect(queued.queue.count == 1)
        // The other worker died.
        queued.fixture.time.advance(by: .seconds(62))
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .finished)
        #expect(queued.queue.count == 0)
    }

    @Test func `that may be tried again is told of when it is due`() async throws {
        let attempts = Mutex(0)
        let queued = try await QueueFixture { message in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt == 1 { throw RetryableFault() }
            return message
        }
        let flow = try await queued.fixture.keep(.probing(), for: "ada")
        let run = try await queued.submit("hello", of: flow.id)
        await queued.relay.relay()
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .queued)
        #expect(queued.queue.count == 0, "the message of the attempt is removed")
        await queued.relay.relay()
        #expect(queued.queue.count == 1)
        #expect(queued.queue.delays.last.map { $0 > .zero && $0 <= .seconds(1) } == true)
        #expect(await queued.worker.work() == 0, "it is held back")
        queued.fixture.time.advance(by: .seconds(2))
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .finished)
    }

    @Test func `of low priority lets others go before it`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        _ = try await queued.submit("low", of: flow.id, priority: -100)
        _ = try await queued.submit("ordinary", of: flow.id)
        _ = try await queued.submit("high", of: flow.id, priority: 7)
        await queued.relay.relay()
        #expect(queued.queue.delays == [.zero, .zero, .seconds(10)])
    }

    @Test func `that was lost on the way is told of once more`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let run = try await queued.submit("hello", of: flow.id)
        await queued.relay.relay()
        queued.queue.purge()
        await queued.relay.sweep()
        await queued.relay.relay()
        #expect(queued.queue.count == 0, "it does not wait for long yet")
        queued.fixture.time.advance(by: .seconds(301))
        await queued.relay.sweep()
        await queued.relay.relay()
        #expect(queued.queue.count == 1)
        #expect(await queued.worker.work() == 1)
        #expect(try await queued.state(run) == .finished)
    }

    @Test func `is sent again where the queue did not take it`() async throws {
        let queued = try await QueueFixture()
        let flow = try await queued.fixture.keep(.echo(), for: "ada")
        let runs = [try await queued.submit("a", of: flow.id), try await queued.submit("b", of: flow.id)]
        queued.queue.refuse([runs[0].id])
        await queued.relay.relay()
        #expect(queued.queue.count == 1)
        #expect(try await queued.fixture.store.announcementCount() == 1)
        queued.queue.refuse([])
        queued.fixture.time.advance(by: .seconds(6))
        await queued.relay.relay()
        #expect(queued.queue.count == 2)
        #expect(try await queued.fixture.store.announcementCount() == 0)
    }
}
