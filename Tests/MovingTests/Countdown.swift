import Synchronization

/// Says when something has been asked so often.
final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    func isOver() -> Bool {
        left.withLock { left in
            left -= 1
            return left <= 0
        }
    }
}
