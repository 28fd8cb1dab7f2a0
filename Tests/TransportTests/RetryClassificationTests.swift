import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `A classification of answers to retry` {
    private static let url = "https://a.example/"

    private func client(_ bodies: [String], readsRefusals: Bool) -> (RetryingHTTPClient, ReplayHTTPClient) {
        let replay = ReplayHTTPClient(
            bodies.map { .init(url: Self.url, status: $0.isEmpty ? 200 : 503, body: Data($0.utf8)) })
        let classification = RetryClassification(
            readsRefusals: readsRefusals, meansNever: { _, body in body == Data("never".utf8) },
            meansLater: { _, _ in false })
        return (RetryingHTTPClient(replay, classification: classification, clock: ManualClock()), replay)
    }

    @Test func `that means never ends the retries, whatever the status`() async throws {
        let (client, replay) = client(["later", "never", ""], readsRefusals: false)
        let response = try await client.send(HTTPRequest(url: Self.url))
        #expect(response.head.status == 503)
        #expect(response.body == Data("never".utf8))
        #expect(replay.remainingCount == 1)
    }

    @Test func `knows a streamed refusal's body where it is read, and leaves it to the reader`() async throws
    {
        let (client, replay) = client(["later", "never", ""], readsRefusals: true)
        let response = try await client.stream(HTTPRequest(url: Self.url))
        #expect(response.head.status == 503)
        var body = Data()
        for try await piece in response.body { body += piece }
        #expect(body == Data("never".utf8))
        #expect(replay.remainingCount == 1)
    }

    @Test func `knows no streamed refusal's body else`() async throws {
        let (client, replay) = client(["later", "never", ""], readsRefusals: false)
        #expect(try await client.stream(HTTPRequest(url: Self.url)).head.status == 200)
        #expect(replay.remainingCount == 0)
    }

    @Test func `reads no more than 64 KiB of a refusal, and nothing of an answer`() async throws {
        let faults = try FaultServer.shared.get()
        let classification = RetryClassification(readsRefusals: true) { _, _ in false }
        var policy = RetryPolicy()
        policy.maxAttempts = 1
        let long = ReplayHTTPClient([
            .init(url: Self.url, status: 503, body: Data(repeating: 7, count: 100_000))
        ])
        let response = try await RetryingHTTPClient(long, policy: policy, classification: classification)
            .stream(HTTPRequest(url: Self.url))
        var count = 0
        for try await piece in response.body { count += piece.count }
        #expect(count == 65_536)
        // What is no refusal is left alone.
        let client = RetryingHTTPClient(
            try FaultServer.client(), policy: policy, classification: classification)
        var pieces = try await client.stream(faults.request("/stall")).body.makeAsyncIterator()
        #expect(try await pieces.next() == Data("one piece".utf8))
    }
}
