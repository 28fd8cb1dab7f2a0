/// An error that knows whether the same call may succeed later.
public protocol RetryableError: Error {
    /// Whether the same call may succeed later, with nothing changed.
    var isRetryable: Bool { get }
}

extension DeadlineExceeded: RetryableError {
    public var isRetryable: Bool { true }
}
