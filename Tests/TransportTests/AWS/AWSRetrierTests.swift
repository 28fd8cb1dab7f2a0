import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

/// Answers at given times, and what botocore's adaptive mode learns from them.
private struct KnownRun: Decodable {
    /// Time, whether throttled, fill rate, measured rate, tokens.
    struct Step: Decodable {
        var time, fillRate, measuredRate, tokens: Double
        var isThrottled: Bool

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            time = try row.decode(Double.self)
            isThrottled = try row.decode(Bool.self)
            fillRate = try row.decode(Double.self)
            measuredRate = try row.decode(Double.self)
            tokens = try row.decode(Double.self)
        }
    }

    var steps: [Step]
}

/// Keys that change when the old ones are said to be over.
private final class ChangingCredentials: AWSCredentialsProvider {
    private let generation = Mutex(1)

    func credentials() async throws(AWSError) -> AWSCredentials {
        let number = generation.withLock { $0 }
        return AWSCredentials(
            accessKeyID: "AKID\(number)", secretAccessKey: "s", sessionToken: "planted-token-\(number)")
    }

    func discard(_ credentials: AWSCredentials) async {
        generation.withLock { $0 += 1 }
    }
}

@Suite struct `AWS's retries` {
    private static let url = "https://sqs.eu-west-1.amazonaws.com/"

    private func answer(
        _ status: Int, _ code: String = "", message: String = "m", headers: [(String, String)] = []
    ) -> ReplayHTTPClient.Exchange {
        let body = code.isEmpty ? "{}" : #"{"__type":"\#(code)","message":"\#(message)"}"#
        return .init(
            method: "POST", url: Self.url, status: status, headers: headers.map { (name: $0.0, value: $0.1) },
            body: Data(body.utf8))
    }

    private func service(
        _ http: any HTTPClient, _ retrier: AWSRetrier?, credentials: any AWSCredentialsProvider,
        skew: AWSClockSkew = AWSClockSkew()
    ) throws -> AWSService {
        try AWSService(
            AWSServiceDescription(
                endpointPrefix: "sqs", apiProtocol: .json(.v1_0, targetPrefix: "AmazonSQS")),
            region: "eu-west-1", credentials: credentials, http: http, retrier: retrier, skew: skew)
    }

    private let keys = StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s"))

    @Test func `learn the rate that botocore's adaptive mode learns`() throws {
        for run in try Fixtures.jsonLines("aws/adaptive.jsonl", as: KnownRun.self) {
            var rate = AWSAdaptiveRate(at: 0)
            for step in run.steps {
                rate.note(isThrottled: step.isThrottled, at: step.time)
                for (ours, theirs) in [
                    (rate.fillRate, step.fillRate), (rate.measuredRate, step.measuredRate),
                    (rate.tokens, step.tokens),
                ] {
                    #expect(abs(ours - theirs) <= 1e-9 * max(1, abs(theirs)))
                }
            }
        }
    }

    @Test func `hold calls back once one was throttled`() {
        var rate = AWSAdaptiveRate(at: 0)
        for time in stride(from: 0.1, through: 2, by: 0.1) {
            let isFree = rate.take(at: time) == nil
            #expect(isFree)
            rate.note(isThrottled: false, at: time)
        }
        rate.note(isThrottled: true, at: 2.05)
        var waits = 0
        for _ in 0..<50 where rate.take(at: 2.1) != nil { waits += 1 }
        #expect(waits > 30)
        let wait = rate.take(at: 2.1) ?? 0
        let isGiven = rate.take(at: 2.1 + wait) == nil
        #expect(wait > 0 && isGiven)
    }

    @Test func `go on until the attempts are used up, each signed anew`() async throws {
        let replay = ReplayHTTPClient([answer(500), answer(503, "ServiceUnavailable"), answer(200)])
        let clock = ManualClock()
        let retrier = AWSRetrier(clock: clock)
        _ = try await service(replay, retrier, credentials: keys).send(AWSOperation("ListQueues"))
        #expect(clock.sleeps.count == 2)
        #expect(clock.sleeps[0] <= .seconds(1) && clock.sleeps[1] <= .seconds(2))
        let failing = ReplayHTTPClient([answer(500), answer(500), answer(500), answer(200)])
        await #expect(throws: AWSError.self) {
            try await service(failing, AWSRetrier(clock: clock), credentials: keys)
                .send(AWSOperation("ListQueues"))
        }
        #expect(failing.requests.count == 3)
    }

    @Test func `stop when the quota is used up, and earn it back by success`() async throws {
        var quota = AWSRetryQuota()
        var count = 0
        while quota.take(AWSRetryQuota.retryCost) { count += 1 }
        #expect(count == 100)
        quota.succeeded(cost: nil)
        #expect(quota.available == 1)
        quota.succeeded(cost: 10)
        #expect(quota.available == 11)
        let retrier = AWSRetrier(maxAttempts: 2, clock: ManualClock())
        var sent = 0
        for _ in 0..<110 {
            let replay = ReplayHTTPClient([answer(500), answer(500)])
            _ = try? await service(replay, retrier, credentials: keys).send(AWSOperation("ListQueues"))
            sent += replay.requests.count
        }
        #expect(sent == 210)
    }

    @Test func `cost twice as much after a time that ran out as after any other failure`() {
        let failures: [(error: TransportError, count: Int)] = [
            (.timedOut(host: "h", after: .seconds(1)), 50), (.couldNotConnect(host: "h", reason: "r"), 100),
            (.protocolError(host: "h", reason: "r"), 100), (.couldNotResolve(host: "h"), 100),
        ]
        for (error, count) in failures {
            let retrier = AWSRetrier(clock: ManualClock())
            var retries = 0
            while retrier.retry(after: .transport(error), attempt: 1, asked: AWSRetryWait()) != nil {
                retries += 1
            }
            #expect(retries == count, "\(error)")
        }
    }

    @Test func `wait as long as the server asks, up to a limit`() async throws {
        let clock = ManualClock()
        let patient = ReplayHTTPClient([answer(503, headers: [("Retry-After", "30")]), answer(200)])
        _ = try await service(patient, AWSRetrier(clock: clock), credentials: keys)
            .send(AWSOperation("ListQueues"))
        #expect(clock.sleeps == [.seconds(30)])
        let refused = ReplayHTTPClient([answer(503, headers: [("Retry-After", "61")]), answer(200)])
        await #expect(throws: AWSError.self) {
            try await service(refused, AWSRetrier(clock: clock), credentials: keys)
                .send(AWSOperation("ListQueues"))
        }
        #expect(refused.requests.count == 1)
    }

    @Test func `correct the clock once by the server's date`() async throws {
        let local = Date(timeIntervalSince1970: 784_111_777 - 7200)
        let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        let skew = AWSClockSkew(local: { local })
        let replay = ReplayHTTPClient([
            answer(403, "InvalidSignatureException", headers: [date]), answer(200), answer(200),
        ])
        let retrier = AWSRetrier(clock: ManualClock())
        let client = try service(replay, retrier, credentials: keys, skew: skew)
        _ = try await client.send(AWSOperation("ListQueues"))
        #expect(skew.seconds == 7200)
        _ = try await client.send(AWSOperation("ListQueues"))
        let dates = replay.requests.map { $0.headers.first { $0.name == "X-Amz-Date" }?.value }
        #expect(dates == ["19941106T064937Z", "19941106T084937Z", "19941106T084937Z"])
        // Time is right already: a wrong secret is not tried again.
        let wrong = ReplayHTTPClient([answer(403, "InvalidSignatureException", headers: [date]), answer(200)])
        let error = await #expect(throws: AWSError.self) {
            try await service(wrong, retrier, credentials: keys, skew: skew).send(AWSOperation("ListQueues"))
        }
        #expect(error?.kind == .invalidCredentials)
    }

    @Test func `ask for other keys once when AWS says that they are over`() async throws {
        let replay = ReplayHTTPClient([
            answer(400, "ExpiredTokenException"), answer(200), answer(400, "ExpiredTokenException"),
            answer(400, "ExpiredTokenException"),
        ])
        let client = try service(
            replay, AWSRetrier(clock: ManualClock()), credentials: ChangingCredentials())
        _ = try await client.send(AWSOperation("ListQueues"))
        let tokens = replay.requests.map { $0.headers.first { $0.name == "X-Amz-Security-Token" }?.value }
        #expect(tokens == ["planted-token-1", "planted-token-2"])
        let error = await #expect(throws: AWSError.self) {
            try await client.send(AWSOperation("ListQueues"))
        }
        #expect(error?.kind == .expiredCredentials)
    }

    @Test func `show no token that a refusal quotes`() async throws {
        let quoted = """
            The request signature does not match. x-amz-security-token:planted-token-1 s. The Canonical String \
            for this request should have been 'POST / x-amz-security-token:planted-token-1'
            """
        let replay = ReplayHTTPClient([answer(403, "SignatureDoesNotMatch", message: quoted)])
        let error = await #expect(throws: AWSError.self) {
            try await service(replay, nil, credentials: ChangingCredentials())
                .send(AWSOperation("ListQueues", resource: "q"))
        }
        let text = error.map { "\($0) \(String(reflecting: $0))" } ?? ""
        #expect(!text.contains("planted-token") && !text.contains("Canonical"))
        #expect(text.contains("for q"))
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("", nil),
        ("Sun, 31 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil),
    ])
    func `read the server's date`(text: String, seconds: Double?) {
        #expect(HTTPDate.parse(text)?.timeIntervalSince1970 == seconds)
    }
}
