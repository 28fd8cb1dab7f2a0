import Dispatch
import Synchronization

/// What threads wait for that something else brings.
final class WaitedErrand<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// To be called once, however the work ended.
    func settle(_ result: Result<Value, any Error>) {
        outcome.withLock { $0 = result }
        done.signal()
    }

    /// Waits for the result. The work must bound its own time.
    func result() -> Result<Value, any Error> {
        while true {
            if let result = outcome.withLock({ $0 }) { return result }
            done.wait()
            passOn()
        }
    }

    /// Waits for the result, and no longer than that.
    ///
    /// - Returns: `nil` when it has not come by then; the work goes on.
    func result(until end: ContinuousClock.Instant) -> Result<Value, any Error>? {
        while true {
            if let result = outcome.withLock({ $0 }) { return result }
            let left = end - ContinuousClock.now
            guard left > .zero else { return nil }
            if done.wait(timeout: .now() + .milliseconds(left.wholeMilliseconds + 1)) == .success { passOn() }
        }
    }

    /// Wakes the next one that waits.
    private func passOn() { done.signal() }
}
