import Foundation

/// How long an answer asks to wait before the next attempt.
struct AWSRetryWait: Sendable, Equatable {
    /// By `Retry-After`.
    var retryAfter: Duration?
    /// By `x-amz-retry-after`, which AWS's own services send: milliseconds.
    var serviceWait: Duration?

    /// Nothing is asked for.
    init() {}

    /// - Parameter now: what a `Retry-After` that is a date is counted from.
    init(_ head: HTTPResponseHead, now: Date) {
        retryAfter = RetryPolicy.retryAfter(head["retry-after"], now: now)
        serviceWait = head["x-amz-retry-after"].flatMap { Int64($0.trimmingASCIISpace()) }
            .flatMap { $0 < 0 ? nil : .milliseconds($0) }
    }

    /// The wait, given what it would be if nothing were asked for. AWS's SDKs go beyond that by five seconds at the
    /// most for a service's own header.
    func atLeast(_ wait: Duration) -> Duration {
        let asked = min(serviceWait ?? .zero, wait + .seconds(5))
        return max(wait, asked, retryAfter ?? .zero)
    }
}
