import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

/// Always the same number, so that a jittered wait is known.
private struct ConstantGenerator: RandomNumberGenerator, Sendable {
    let value: UInt64
    mutating func next() -> UInt64 { value }
}

@Suite(.timeLimit(.minutes(2))) struct `Retries` {
    private let url = "http://service.example/"
    private let clock = ManualClock()

    private func client(
        _ answers: [Result<HTTPResponse, TransportError>], method: String = "GET",
        policy: RetryPolicy = .init(), classification: RetryClassification = .statuses
    ) -> (client: RetryingHTTPClient, replay: ReplayHTTPClient) {
        let replay = ReplayHTTPClient(answers.map { .init(method: method, url: url, answer: $0) })
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let client = RetryingHTTPClient(
            replay, policy: policy, classification: classification, clock: clock,
            random: ConstantGenerator(value: .max), now: { now })
        return (client, replay)
    }

    private func answer(
        _ status: Int, _ headers: [(name: String, value: String)] = []
    ) -> Result<HTTPResponse, TransportError> {
        .success(HTTPResponse(head: HTTPResponseHead(status: status, headers: headers), body: Data()))
    }

    @Test(arguments: [429, 502, 503, 504])
    func `a busy server is asked again until it answers`(status: Int) async throws {
        let (client, replay) = client([answer(status), answer(status), answer(200)])
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 200)
        #expect(replay.requests.count == 3)
    }

    @Test(arguments: [200, 301, 400, 401, 403, 404, 409, 500, 501])
    func `other statuses are returned at once`(status: Int) async throws {
        let (client, replay) = client([answer(status), answer(200)])
        #expect(try await client.send(HTTPRequest(url: url)).head.status == status)
        #expect(replay.requests.count == 1)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func `AWS's throttling is retried whatever its status`() async throws {
        let throttled = answer(400, [("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/")])
        let (client, replay) = client([throttled, answer(200)], method: "POST", classification: .aws)
        #expect(try await client.send(HTTPRequest(method: "POST", url: url)).head.status == 200)
        #expect(replay.requests.count == 2)
    }

    @Test func `the general retry knows no vendor's names`() async throws {
        let throttled = answer(400, [("x-amzn-ErrorType", "ThrottlingException")])
        let (client, replay) = client([throttled, answer(200)])
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 400)
        #expect(replay.requests.count == 1)
    }

    @Test func `a classification sees the body of a whole response`() async throws {
        let later = RetryClassification { _, body in body == Data("later".utf8) }
        let busy = HTTPResponse(head: HTTPResponseHead(status: 400, headers: []), body: Data("later".utf8))
        let (client, replay) = client([.success(busy), answer(200)], classification: later)
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 200)
        #expect(replay.requests.count == 2)
    }

    @Test func `the last outcome is returned when attempts run out`() async throws {
        let (client, replay) = client(Array(repeating: answer(503), count: 9))
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 503)
        #expect(replay.requests.count == 4)
        #expect(clock.sleeps.count == 3)
    }

    @Test func `waits double, with the jitter's factor, up to the cap`() async throws {
        var policy = RetryPolicy()
        policy.maxAttempts = 6
        policy.maxDelay = .seconds(1)
        let (client, _) = client(Array(repeating: answer(503), count: 6), policy: policy)
        _ = try await client.send(HTTPRequest(url: url))
        #expect(
            clock.sleeps == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(1), .seconds(1)])
    }

    @Test func `jitter fills the whole interval and never leaves it`() throws {
        var random = SeededGenerator(seed: 7)
        let policy = RetryPolicy()
        let waits = try (0..<1000).map { _ in
            try #require(policy.delay(beforeRetry: 3, retryAfter: nil, using: &random))
        }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
        #expect(waits.contains { $0 < .milliseconds(50) } && waits.contains { $0 > .milliseconds(950) })
        #expect(
            policy.delay(beforeRetry: 10_000, retryAfter: nil, using: &random).map { $0 <= .seconds(20) }
                == true)
    }

    @Test func `Retry-After is a lower bound, in seconds or as a date`() async throws {
        let date = answer(503, [("Retry-After", "Tue, 14 Nov 2023 22:13:27 GMT")])
        let (client, _) = client([answer(429, [("Retry-After", "5")]), date, answer(200)])
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 200)
        #expect(clock.sleeps == [.seconds(5), .seconds(7)])
    }

    @Test(arguments: [
        ("0", 0), ("120", 120), (" 3 ", 3), ("Tue, 14 Nov 2023 22:13:30 GMT", 10),
        ("Tuesday, 14-Nov-23 22:13:30 GMT", 10), ("Tue Nov 14 22:13:30 2023", 10),
        ("Mon, 13 Nov 2023 22:13:30 GMT", 0),
    ])
    func `every form of Retry-After is read`(value: String, seconds: Int) {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        #expect(RetryPolicy.retryAfter(value, now: now) == .seconds(seconds))
    }

    @Test(arguments: ["", "soon", "-1", "1.5", "Tue, 99 Nov 2023"])
    func `a Retry-After that says nothing is passed over`(value: String) {
        #expect(RetryPolicy.retryAfter(value, now: Date()) == nil)
    }

    @Test(arguments: ["3600", "99999999999999999999999"])
    func `a server that asks for too long a wait is not waited for`(value: String) async throws {
        let (client, replay) = client([answer(503, [("Retry-After", value)]), answer(200)])
        #expect(try await client.send(HTTPRequest(url: url)).head.status == 503)
        #expect(replay.requests.count == 1)
    }

    @Test func `a POST is repeated only when it surely was not carried out, or changes nothing`() async throws
    {
        let broken = TransportError.protocolError(host: "service.example", reason: "reset")
        let unreached = TransportError.couldNotConnect(host: "service.example", reason: "refused")
        let post = HTTPRequest(method: "POST", url: url)
        let first = client([.failure(unreached), .failure(broken), answer(200)], method: "POST")
        await #expect(throws: broken) { try await first.client.send(post) }
        #expect(first.replay.requests.count == 2)
        let second = client([.failure(broken), answer(502), answer(200)], method: "POST", policy: .computing)
        #expect(try await second.client.send(post).head.status == 200)
    }

    @Test(arguments: [TransportError.cancelled, .tls(host: "h", reason: "r"), .invalidRequest(reason: "r")])
    func `what a retry cannot mend is thrown at once`(error: TransportError) async throws {
        let (client, replay) = client([.failure(error), answer(200)])
        await #expect(throws: error) { try await client.send(HTTPRequest(url: url)) }
        #expect(replay.requests.count == 1)
    }

    @Test func `a stream's head is retried too`() async throws {
        let (client, replay) = client([answer(503), answer(200)])
        #expect(try await client.stream(HTTPRequest(url: url)).head.status == 200)
        #expect(replay.requests.count == 2)
    }

    @Test func `cancelling ends the wait`() async throws {
        let replay = ReplayHTTPClient([.init(url: url, status: 503)])
        var policy = RetryPolicy()
        policy.baseDelay = .seconds(60)
        policy.maxDelay = .seconds(60)
        let client = RetryingHTTPClient(replay, policy: policy, random: ConstantGenerator(value: .max))
        let task = Task { [url] in try await client.send(HTTPRequest(url: url)) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
    }

    @Test func `over the network, a server that recovers is reached`() async throws {
        let faults = try FaultServer.shared.get()
        let client = RetryingHTTPClient(try FaultServer.client(), clock: clock)
        let response = try await client.send(faults.request("/flaky/\(UUID().uuidString)/2"))
        #expect(response.head.status == 200)
        #expect(response.body == Data("3".utf8))
    }
}
