import Foundation

/// Which failures are tried again, how often, and after how long.
///
/// The wait before retry *n* (1-based) is uniform in `0...min(maxDelay, baseDelay · 2ⁿ⁻¹)`: "full jitter" of
/// Brooker, "Exponential Backoff and Jitter" (AWS Architecture Blog, 2015). A server's `Retry-After` is a
/// lower bound on it, itself capped by `maxRetryAfter`. A request whose body is a stream is sent once.
public struct RetryPolicy: Sendable, Equatable {
    /// The first attempt included; 1 means no retry.
    public var maxAttempts = 4
    public var baseDelay: Duration = .milliseconds(250)
    public var maxDelay: Duration = .seconds(20)
    /// A server that asks for a longer wait is not waited for: its response is returned as it is.
    public var maxRetryAfter: Duration = .seconds(60)
    public var retryableStatuses: Set<Int> = [429, 502, 503, 504]
    /// Whether a `POST` may be sent again after a failure that leaves open whether it was carried out.
    /// Right for embeddings and answers, which change nothing; wrong for what writes.
    public var repeatsUnsafeMethods = false

    public init() {}

    /// The policy of clients that only compute.
    public static let computing: RetryPolicy = {
        var policy = RetryPolicy()
        policy.repeatsUnsafeMethods = true
        return policy
    }()

    /// The policy of a crawl, which has time: a server that asks for minutes is given them.
    public static let crawling: RetryPolicy = {
        var policy = RetryPolicy()
        policy.maxAttempts = 6
        policy.maxRetryAfter = .seconds(3600)
        return policy
    }()

    /// Whether `response` to `request` is worth another attempt.
    ///
    /// - Parameter meansLater: what the service's own ``RetryClassification`` says of it.
    func allowsRetry(
        of request: HTTPRequest, after response: HTTPResponseHead, meansLater: Bool = false
    ) -> Bool {
        guard request.body.isReplayable else { return false }
        if meansLater { return true }
        guard retryableStatuses.contains(response.status) else { return false }
        let refusedUntried = response.status == 429 || response.status == 503
        return refusedUntried || isRepeatable(request)
    }

    /// Whether `request` is worth another attempt after `error`.
    func allowsRetry(of request: HTTPRequest, after error: TransportError) -> Bool {
        error.isRetryable && request.body.isReplayable
            && (error.happenedBeforeSending || isRepeatable(request))
    }

    private func isRepeatable(_ request: HTTPRequest) -> Bool {
        repeatsUnsafeMethods || ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(request.method)
    }

    /// How long to wait before retry `retry` (1-based), or `nil` when the server asks for more than we wait.
    func delay(
        beforeRetry retry: Int, retryAfter: Duration?, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        precondition(retry >= 1, "retry \(retry)")
        let ceiling = min(maxDelay, baseDelay * (1 << min(retry - 1, 30)))
        let jittered = ceiling * Double.random(in: 0...1, using: &random)
        guard let retryAfter else { return jittered }
        return retryAfter > maxRetryAfter ? nil : max(jittered, retryAfter)
    }

    /// The wait that a `Retry-After` header asks for: seconds, or an HTTP date (RFC 9110 §5.6.7).
    ///
    /// - Returns: `nil` when the header is neither; zero for a date in the past.
    package static func retryAfter(_ value: String?, now: Date) -> Duration? {
        guard let value = value?.trimmingASCIISpace(), !value.isEmpty else { return nil }
        if value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return .seconds(Int64(value) ?? .max / 1_000_000)
        }
        for format in [
            "EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy",
        ] {
            let parser = DateFormatter()
            parser.locale = Locale(identifier: "en_US_POSIX")
            parser.timeZone = .gmt
            parser.dateFormat = format
            if let date = parser.date(from: value) {
                return .seconds(max(0, date.timeIntervalSince(now)))
            }
        }
        return nil
    }
}
