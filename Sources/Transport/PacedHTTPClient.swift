import Foundation
import Synchronization

/// A client that asks no faster than the server's answers allow, all its requests together.
///
/// Put it below a ``RetryingHTTPClient``, so that each attempt waits its turn, and give it to one server alone.
public final class PacedHTTPClient: HTTPClient {
    /// What an answer's head, read at a moment, says of the pace; `nil` when it says nothing.
    public typealias Advice = @Sendable (_ head: HTTPResponseHead, _ now: Date) -> PaceAdvice?

    private let client: any HTTPClient
    private let advice: Advice
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let pace = Mutex(RequestPace())

    /// - Parameter advice: reads the server's own headers. A refusal with `Retry-After` is heeded in any case.
    public init(
        _ client: any HTTPClient, advice: @escaping Advice, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        self.advice = advice
        self.clock = clock
        self.now = now
    }

    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await turn()
        let response = try await client.send(request)
        note(response.head)
        return response
    }

    public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await turn()
        let response = try await client.stream(request)
        note(response.head)
        return response
    }

    private func note(_ head: HTTPResponseHead) {
        let now = now()
        let advice = advice(head, now)
        pace.withLock { $0.note(head, advice: advice, now: now) }
    }

    private func turn() async throws(TransportError) {
        var start = pace.withLock { $0.reserve(now: now()) }
        // While one waits, another may be told to wait longer.
        while true {
            let wait = start.timeIntervalSince(now())
            guard wait > 0 else { return }
            do {
                try await clock.sleep(for: .seconds(wait))
            } catch {
                throw .cancelled
            }
            start = pace.withLock { $0.opening(now: now()) }
        }
    }
}
