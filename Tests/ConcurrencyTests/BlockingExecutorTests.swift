import Concurrency
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Blocking executor` {
    @Test(arguments: [1, 3])
    func `no more jobs run at once than it has threads, and all are done`(width: Int) async throws {
        let executor = BlockingExecutor(label: "test", width: width)
        let running = Mutex((now: 0, most: 0))
        let numbers = try await Array(0..<40).boundedMap(width: 40) { number in
            try await executor.run {
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                usleep(1_000)
                running.withLock { $0.now -= 1 }
                return number
            }
        }
        #expect(numbers == Array(0..<40))
        #expect(running.withLock { $0.now } == 0)
        #expect(running.withLock { $0.most } <= width)
    }

    @Test func `what blocks all its threads leaves the cooperative pool free`() async throws {
        let executor = BlockingExecutor(label: "test", width: 16)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { try await executor.run { gate.wait() } }
            }
            // Work of the pool, more of it than there are cores: it ends although every thread there waits.
            let counts = try await Array(0..<64).boundedMap(width: 64) { number in
                await Task.yield()
                return number
            }
            #expect(counts.count == 64)
            for _ in 0..<16 { gate.signal() }
            try await group.waitForAll()
        }
    }

    @Test func `an error is the caller's`() async {
        let executor = BlockingExecutor(label: "test", width: 1)
        await #expect(throws: DeadlineExceeded.self) {
            try await executor.run { throw DeadlineExceeded(limit: .seconds(1)) }
        }
    }

    @Test func `a task that is cancelled while it waits for a thread never runs`() async throws {
        let executor = BlockingExecutor(label: "test", width: 1)
        let gate = DispatchSemaphore(value: 0)
        let began = Mutex(false)
        let first = Task { try await executor.run { gate.wait() } }
        let second = Task { try await executor.run { began.withLock { $0 = true } } }
        second.cancel()
        gate.signal()
        try await first.value
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(began.withLock { $0 } == false)
    }

    @Test func `lets a thread that waits anyway do the work in place of one of its own`() async throws {
        let executor = BlockingExecutor(label: "test", width: 1)
        let waiting = executor.runInPlace { () -> Task<Int, any Error> in
            // There is no more than one at work: this one has to wait, and nobody else may begin here.
            #expect(executor.runInPlace { 1 } == nil)
            return Task { try await executor.run { 7 } }
        }
        #expect(try await waiting?.value == 7)
        // The value is there a moment before its thread is without work again.
        let end = ContinuousClock.now + .seconds(20)
        while executor.runInPlace({ true }) == nil, ContinuousClock.now < end { await Task.yield() }
        #expect(throws: DeadlineExceeded.self) {
            _ = try executor.runInPlace { () -> Int in throw DeadlineExceeded(limit: .seconds(1)) }
        }
        #expect(executor.runInPlace { 2 } == 2)
    }

    @Test func `does what came while a thread stood for its only one`() async throws {
        let executor = BlockingExecutor(label: "test", width: 1)
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask {
                    if number.isMultiple(of: 2), let own = executor.runInPlace({ number }) { return own }
                    return try await executor.run { number }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(numbers == Set(0..<200))
    }
}
