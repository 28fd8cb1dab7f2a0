import Concurrency
import Foundation
import Synchronization

/// Tries again what ``RetryPolicy`` says is worth trying again; the last outcome is the one returned.
///
/// Of a streamed response only the head can be retried: once its body flows, failures are the reader's.
public final class RetryingHTTPClient: HTTPClient {
    private let client: any HTTPClient
    private let policy: RetryPolicy
    private let classification: RetryClassification
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let random: Mutex<any RandomNumberGenerator & Sendable>

    /// - Parameters:
    ///   - classification: what besides a status means "later" to the service that is asked.
    ///   - clock: what the waits pass on.
    ///   - random: where the jitter comes from.
    ///   - now: the wall clock, for a `Retry-After` that is a date.
    public init(
        _ client: any HTTPClient, policy: RetryPolicy = RetryPolicy(),
        classification: RetryClassification = .statuses,
        clock: any Clock<Duration> = ContinuousClock(),
        random: sending any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        self.policy = policy
        self.classification = classification
        self.clock = clock
        self.now = now
        self.random = Mutex(random)
    }

    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await attempt(request, facts: { ($0.head, $0.body) }) {
            client, request throws(TransportError) in
            try await client.send(request)
        }
    }

    public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await attempt(request, facts: { ($0.response.head, $0.refusal) }) {
            [classification] client, request throws(TransportError) -> Streamed in
            let response = try await client.stream(request)
            guard classification.readsRefusals, response.head.status >= 400 else {
                return Streamed(response: response, refusal: nil)
            }
            let refusal = await response.refusalBody()
            let body = PulledSequence(refusal.isEmpty ? [] : [refusal])
            return Streamed(
                response: HTTPStreamedResponse(head: response.head, body: body), refusal: refusal)
        }.response
    }

    private struct Streamed: Sendable {
        var response: HTTPStreamedResponse
        /// The body, where it was read.
        var refusal: Data?
    }

    private func attempt<Response: Sendable>(
        _ request: HTTPRequest, facts: (Response) -> (head: HTTPResponseHead, body: Data?),
        _ exchange: (any HTTPClient, HTTPRequest) async throws(TransportError) -> Response
    ) async throws(TransportError) -> Response {
        var retry = 1
        while true {
            let isLast = retry >= policy.maxAttempts
            let wait: Duration
            do throws(TransportError) {
                let response = try await exchange(client, request)
                let (head, body) = facts(response)
                let meansLater = classification.meansLater(head, body)
                guard !isLast, !classification.meansNever(head, body),
                    policy.allowsRetry(of: request, after: head, meansLater: meansLater),
                    let delay = delay(beforeRetry: retry, retryAfter: head["retry-after"])
                else { return response }
                wait = delay
            } catch {
                guard !isLast, policy.allowsRetry(of: request, after: error),
                    let delay = delay(beforeRetry: retry, retryAfter: nil)
                else { throw error }
                wait = delay
            }
            do {
                try await clock.sleep(for: wait)
            } catch {
                throw .cancelled
            }
            retry += 1
        }
    }

    private func delay(beforeRetry retry: Int, retryAfter: String?) -> Duration? {
        let wanted = RetryPolicy.retryAfter(retryAfter, now: now())
        return random.withLock { random in
            policy.delay(beforeRetry: retry, retryAfter: wanted, using: &random)
        }
    }
}
