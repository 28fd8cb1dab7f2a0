import Foundation
import Synchronization
import Testing

@testable import Concurrency

@Suite(.timeLimit(.minutes(1))) struct `Side by side` {
    @Test func `each is done once, the first where it was called`() async throws {
        let executor = BlockingExecutor(label: "test", width: 4)
        let calls = Mutex(0)
        let results = try await Array(0..<200).boundedMap(width: 16) { number in
            try await executor.run {
                let caller = pthread_self()
                let (isCaller, square) = SideBySide.run {
                    pthread_equal(caller, pthread_self()) != 0
                } beside: {
                    calls.withLock { $0 += 1 }
                    return number * number
                }
                return isCaller ? square : -1
            }
        }
        #expect(results == (0..<200).map { $0 * $0 })
        #expect(calls.withLock { $0 } == 200)
    }

    @Test func `the second begins while the first goes on`() {
        let began = DispatchSemaphore(value: 0)
        let (first, second) = SideBySide.run {
            began.wait()
            return 1
        } beside: {
            began.signal()
            return 2
        }
        #expect(first == 1 && second == 2)
    }

    @Test func `where no thread is free the caller does both`() {
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (open, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        // Enough that each thread gets one, whoever else asks meanwhile; it waits at the gate in its second part.
        let callers = 8 * SideBySide.threads
        for _ in 0..<callers {
            Thread.detachNewThread {
                _ = SideBySide.run {
                    open.wait()
                } beside: {
                    entered.signal()
                    gate.wait()
                }
                ended.signal()
            }
        }
        for _ in 0..<SideBySide.threads { entered.wait() }
        let caller = pthread_self()
        let (first, isCaller) = SideBySide.run {
            1
        } beside: {
            pthread_equal(caller, pthread_self()) != 0
        }
        #expect(first == 1 && isCaller)
        for _ in 0..<callers {
            open.signal()
            gate.signal()
        }
        for _ in 0..<callers { ended.wait() }
    }
}
