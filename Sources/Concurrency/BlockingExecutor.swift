import Dispatch
import Synchronization

/// Runs what blocks (a database, a disk, long arithmetic) on threads of its own, so many at a time.
///
/// The cooperative pool has one thread a core. A call that waits for a disk there holds up every request that
/// has nothing to do with disks; here it holds up only its like. What finds no thread free waits in order.
public final class BlockingExecutor: TaskExecutor, Sendable {
    /// Threads at once.
    public let width: Int
    /// One serial queue a thread: unlike a concurrent queue, these never take the cooperative pool's threads.
    private let lanes: [DispatchQueue]
    private let state: Mutex<State>

    private struct State {
        /// Lanes without work.
        var idle: [Int]
        /// Jobs that wait, first in first out; `head` is the next one's place.
        var waiting: [UnownedJob?] = []
        var head = 0

        mutating func next() -> UnownedJob? {
            guard head < waiting.count else { return nil }
            defer {
                head += 1
                if head == waiting.count {
                    waiting.removeAll(keepingCapacity: true)
                    head = 0
                }
            }
            return waiting[head]
        }
    }

    /// - Parameters:
    ///   - label: names the threads in a debugger.
    ///   - width: threads at most, 1 or more. They are made when they are needed.
    public init(label: String, width: Int) {
        precondition(width > 0, "an executor of \(width) threads runs nothing")
        self.width = width
        lanes = (0..<width).map { DispatchQueue(label: "\(label).\($0)") }
        state = Mutex(State(idle: Array((0..<width).reversed())))
    }

    /// Does `body` on one of the threads and suspends the caller until then.
    ///
    /// - Throws: what `body` throws, or `CancellationError` when the task was cancelled before a thread was
    ///   free; what has begun is not interrupted.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(self) {
            try await Self.perform(body)
        }
    }

    /// Does `body` on the calling thread in place of one of these, if one is without work: for a thread that may wait and
    /// would wait for the answer, so that neither has to be woken. Meanwhile there is one thread fewer for others.
    ///
    /// - Returns: `nil` if all are at work; `body` was not begun then.
    public func runInPlace<Value>(_ body: () throws -> Value) rethrows -> Value? {
        guard let lane = state.withLock({ $0.idle.popLast() }) else { return nil }
        // What came meanwhile waits for a lane, perhaps for this one.
        defer { if let job = nextJob(for: lane) { lanes[lane].async { self.work(job, lane: lane) } } }
        return try body()
    }

    /// Runs on the preferred executor: no actor isolates it.
    private nonisolated static func perform<Value: Sendable>(
        _ body: @Sendable () throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        return try body()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let lane = state.withLock { state -> Int? in
            guard let lane = state.idle.popLast() else {
                state.waiting.append(job)
                return nil
            }
            return lane
        }
        if let lane { lanes[lane].async { self.work(job, lane: lane) } }
    }

    /// Runs a job, and then those that wait.
    private func work(_ first: UnownedJob, lane: Int) {
        var job = first
        while true {
            job.runSynchronously(on: asUnownedTaskExecutor())
            guard let next = nextJob(for: lane) else { return }
            job = next
        }
    }

    /// What waits longest; `nil` if nothing does, and the lane is without work then.
    private func nextJob(for lane: Int) -> UnownedJob? {
        state.withLock { state in
            guard let next = state.next() else {
                state.idle.append(lane)
                return nil
            }
            return next
        }
    }
}
