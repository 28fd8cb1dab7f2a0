import Dispatch
import Synchronization

/// What a thread waits for that something asynchronous brings.
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
        }
    }
}
