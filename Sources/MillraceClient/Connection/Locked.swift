import Foundation

/// A value that one thread at a time looks at and changes.
///
/// Instead of `Mutex`, which older systems of Apple's do not have.
final class Locked<Value: Sendable>: @unchecked Sendable {
    // Sendable proof: `value` is read and written within `withLock` alone, and there by the one thread that holds
    // `lock`; what goes out of it is `sending` or a copy.
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    /// - Parameter body: must neither wait nor call anything that may take this lock again.
    func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
