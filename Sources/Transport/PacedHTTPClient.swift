import Foundation
import Synchronization

/// A client that asks no faster than the server's rate-limit headers allow, all its requests together.
///
/// Put it below a ``RetryingHTTPClient``, so that each attempt waits its turn, and give it to one server alone.
public final class PacedHTTPClient: HTTPClient {
    private let client: any HTTPClient
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let pace = Mutex(RequestPace())

    public init(
        _ client: any HTTPClient, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
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
        pace.withLock { $0.note(head, now: now()) }
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
