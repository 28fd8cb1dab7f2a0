import Concurrency
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Bounded map and deadline` {
    struct Failure: Error {}

    @Test func `results keep their order, and no more tasks exist than the width`() async throws {
        let running = Mutex((now: 0, most: 0))
        let doubled = try await Array(0..<100).boundedMap(width: 4) { number in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            running.withLock { $0.now -= 1 }
            return number * 2
        }
        #expect(doubled == (0..<100).map { $0 * 2 })
        #expect((1...4).contains(running.withLock { $0.most }))
    }

    @Test func `an empty list has no results`() async throws {
        #expect(try await [Int]().boundedMap(width: 2) { $0 }.isEmpty)
    }

    @Test func `the first error starts nothing more`() async {
        let begun = Mutex(0)
        await #expect(throws: Failure.self) {
            try await Array(0..<1_000).boundedMap(width: 2) { number in
                begun.withLock { $0 += 1 }
                if number == 3 { throw Failure() }
            }
        }
        #expect(begun.withLock { $0 } < 20)
    }

    @Test func `work within its time is returned, and an error of it is its own`() async throws {
        #expect(try await withDeadline(.seconds(30)) { 7 } == 7)
        await #expect(throws: Failure.self) { try await withDeadline(.seconds(30)) { throw Failure() } }
    }

    @Test func `work beyond its time is cancelled and ends before the call does`() async {
        let ended = Mutex(false)
        await #expect(throws: DeadlineExceeded(limit: .milliseconds(10))) {
            try await withDeadline(.milliseconds(10)) {
                defer { ended.withLock { $0 = true } }
                try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(ended.withLock { $0 })
    }

    @Test func `work that never waits begins and ends where its caller is, before anybody else's turn`()
        async throws
    {
        let order = Mutex<[Int]>([])
        let value = try await withDeadline(.seconds(30)) {
            order.withLock { $0.append(1) }
            return try await withDeadline(.seconds(20)) {
                order.withLock { $0.append(2) }
                return 3
            }
        }
        order.withLock { $0.append(value) }
        #expect(order.withLock { $0 } == [1, 2, 3])
    }

    @Test func `work that pays no heed to its cancellation is too late all the same`() async {
        await #expect(throws: DeadlineExceeded(limit: .milliseconds(10))) {
            try await withDeadline(.milliseconds(10)) {
                while !Task.isCancelled { await Task.yield() }
                return 7
            }
        }
        // An error of work that was cancelled is that of its cancellation.
        await #expect(throws: DeadlineExceeded(limit: .milliseconds(10))) {
            try await withDeadline(.milliseconds(10)) {
                while !Task.isCancelled { await Task.yield() }
                throw Failure()
            }
        }
    }

    @Test func `a caller who is cancelled cancels the work, and is told of that and of no deadline`() async {
        let hasBegun = Mutex(false)
        let task = Task {
            try await withDeadline(.seconds(3_600)) {
                hasBegun.withLock { $0 = true }
                try await Task.sleep(for: .seconds(3_600))
            }
        }
        while !hasBegun.withLock({ $0 }) { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Work that looks as if it were complete, although it was cancelled, is not taken at its word.
        let deaf = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await withDeadline(.seconds(3_600)) { 7 }
        }
        await #expect(throws: CancellationError.self) { try await deaf.value }
    }

    @Test func `an inner deadline ends the inner work alone`() async throws {
        let value = try await withDeadline(.seconds(3_600)) {
            do {
                return try await withDeadline(.milliseconds(10)) {
                    try await Task.sleep(for: .seconds(3_600))
                    return 1
                }
            } catch is DeadlineExceeded {
                return Task.isCancelled ? 2 : 3
            }
        }
        #expect(value == 3)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Pulled sequence` {
    @Test func `nothing is made before it is asked for`() async throws {
        let made = Mutex(0)
        let sequence = PulledSequence<Int> {
            return {
                made.withLock { value in
                    value += 1
                    return value <= 3 ? value : nil
                }
            }
        }
        var iterator = sequence.makeAsyncIterator()
        #expect(made.withLock { $0 } == 0)
        #expect(try await iterator.next() == 1)
        #expect(made.withLock { $0 } == 1)
        #expect(try await iterator.next() == 2)
        #expect(try await iterator.next() == 3)
        #expect(try await iterator.next() == nil)
    }

    @Test func `it reads another sequence to its end, and its error`() async throws {
        let (stream, continuation) = AsyncThrowingStream<Int, any Error>.makeStream()
        continuation.yield(1)
        continuation.finish(throwing: DeadlineExceeded(limit: .seconds(2)))
        var read: [Int] = []
        await #expect(throws: DeadlineExceeded.self) {
            for try await number in PulledSequence(stream) { read.append(number) }
        }
        #expect(read == [1])
    }
}
