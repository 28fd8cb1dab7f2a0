/// An error that knows whether the same call may succeed later.
public protocol RetryableError: Error {
    var isRetryable: Bool { get }
}

extension DeadlineExceeded: RetryableError {
    public var isRetryable: Bool { true }
}
