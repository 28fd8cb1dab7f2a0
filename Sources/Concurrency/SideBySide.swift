import Dispatch
import Synchronization

/// Does two things that compute at the same time where another core is free, and one after the other where none is.
///
/// For work on a thread that may wait (``BlockingExecutor``): the first runs where this is called, the second on a
/// thread of its own. If that thread has not begun by the time the first is done, the caller does the second itself,
/// so that nothing waits for a thread, only for what has begun.
public enum SideBySide {
    /// - Parameters:
    ///   - first: may use what belongs to the calling thread.
    ///   - second: sees no task-local values of the caller's.
    public static func run<First, Second: Sendable>(
        _ first: () -> First, beside second: @escaping @Sendable () -> Second
    ) -> (First, Second) {
        let side = Side(second)
        let lane = lanes[turn.wrappingAdd(1, ordering: .relaxed).oldValue & .max % lanes.count]
        lane.async { side.begin() }
        let done = first()
        return (done, side.result())
    }

    /// Threads that do second parts.
    static let threads = 4
    private static let lanes = (0..<threads).map { DispatchQueue(label: "millrace.side.\($0)") }
    private static let turn = Atomic<Int>(0)

    /// Work that whoever comes first does, once.
    private final class Side<Value: Sendable>: Sendable {
        private let work: @Sendable () -> Value
        private let isClaimed = Atomic<Bool>(false)
        private let value = Mutex<Value?>(nil)
        private let isDone = DispatchSemaphore(value: 0)

        init(_ work: @escaping @Sendable () -> Value) { self.work = work }

        private func claim() -> Bool { !isClaimed.exchange(true, ordering: .acquiringAndReleasing) }

        func begin() {
            guard claim() else { return }
            let made = work()
            value.withLock { $0 = made }
            isDone.signal()
        }

        func result() -> Value {
            if claim() { return work() }
            isDone.wait()
            return value.withLock { $0 } ?? work()
        }
    }
}
