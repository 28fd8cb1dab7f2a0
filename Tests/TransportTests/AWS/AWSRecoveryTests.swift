import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

/// Keys of which others come when the old ones are discarded.
private final class Generations: AWSCredentialsProvider {
    private let number = Mutex(1)

    var current: Int { number.withLock(\.self) }

    func credentials() async throws(AWSError) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: "AKID\(current)", secretAccessKey: "wJalrXUtnFEMI",
            sessionToken: "IQoJb3JpZ2lu\(current)")
    }

    func discard(_ credentials: AWSCredentials) async { number.withLock { $0 += 1 } }
}

@Suite struct `A call of AWS that can be mended` {
    private let local = Date(timeIntervalSince1970: 784_111_777)
    private let timely = (name: "Date", value: "Sun, 06 Nov 1994 08:49:37 GMT")
    private let late = (name: "Date", value: "Sun, 06 Nov 1994 10:49:37 GMT")
    private let url = "https://s3.eu-west-1.amazonaws.com/b/k"
    private let keys = Generations()
    private let clock = ManualClock()

    private func service(_ http: any HTTPClient, _ skew: AWSClockSkew? = nil) throws -> AWSService {
        let local = local
        return try AWSService(
            AWSServiceDescription(endpointPrefix: "s3", apiProtocol: .restXML), region: "eu-west-1",
            credentials: keys, http: http, retrier: AWSRetrier(clock: clock),
            skew: skew ?? AWSClockSkew(local: { local }))
    }

    private func answer(
        _ method: String, _ status: Int, _ headers: [(name: String, value: String)] = [], _ body: String = ""
    ) -> ReplayHTTPClient.Exchange {
        .init(method: method, url: url, status: status, headers: headers, body: Data(body.utf8))
    }

    private func operation(_ method: String, mayFailLate: Bool = false) -> AWSOperation {
        var operation = AWSOperation(
            method == "HEAD" ? "HeadObject" : "CopyObject", method: method, path: "/b/k", resource: "s3://b/k"
        )
        operation.mayFailLate = mayFailLate
        return operation
    }

    @Test func `a refusal of a HEAD, which has no code, corrects the clock`() async throws {
        let local = local
        let skew = AWSClockSkew(local: { local })
        let replay = ReplayHTTPClient([answer("HEAD", 403, [late]), answer("HEAD", 200)])
        _ = try await service(replay, skew).send(operation("HEAD"))
        #expect(skew.seconds == 7200 && keys.current == 1)
        // By the right time it is a denial.
        let denied = ReplayHTTPClient([answer("HEAD", 403, [timely])])
        let error = await #expect(throws: AWSError.self) { try await service(denied).send(operation("HEAD")) }
        #expect(error?.kind == .accessDenied && denied.requests.count == 1)
        #expect(error?.description.contains("Grant s3:GetObject") == true)
    }

    @Test func `a bare 400 of a HEAD has other keys asked for, unless the bucket is elsewhere`() async throws
    {
        let replay = ReplayHTTPClient([answer("HEAD", 400, [timely]), answer("HEAD", 200)])
        _ = try await service(replay).send(operation("HEAD"))
        #expect(keys.current == 2)
        let elsewhere = ReplayHTTPClient([answer("HEAD", 400, [("x-amz-bucket-region", "us-east-2")])])
        let error = await #expect(throws: AWSError.self) {
            try await service(elsewhere).send(operation("HEAD"))
        }
        #expect(error?.kind == .wrongRegion && keys.current == 2 && elsewhere.requests.count == 1)
    }

    @Test func `a signature's time that is refused in words alone corrects the clock`() async throws {
        let local = local
        let skew = AWSClockSkew(local: { local })
        let words = "Signature expired: 19941106T084937Z is now earlier than 19941106T104437Z"
        let refused = #"{"message":"\#(words)"}"#
        let replay = ReplayHTTPClient([answer("PUT", 403, [late], refused), answer("PUT", 200)])
        _ = try await service(replay, skew).send(operation("PUT"))
        #expect(skew.seconds == 7200 && keys.current == 1 && replay.requests.count == 2)
    }

    @Test func `an expired request is one of keys that are over, where the clock is right`() async throws {
        let refused = "<Error><Code>RequestExpired</Code><Message>m</Message></Error>"
        let replay = ReplayHTTPClient([answer("PUT", 400, [timely], refused), answer("PUT", 200)])
        _ = try await service(replay).send(operation("PUT"))
        #expect(keys.current == 2 && clock.sleeps.isEmpty)
    }

    @Test func `a malformed header is about the region where one is named, else about the keys`() async throws
    {
        func refusal(_ more: String) async -> AWSError? {
            let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message>\(more)</Error>"
            let replay = ReplayHTTPClient([answer("PUT", 400, [timely], body)])
            return await #expect(throws: AWSError.self) { try await service(replay).send(operation("PUT")) }
        }
        let elsewhere = await refusal("<Region>eu-central-1</Region>")
        #expect(elsewhere?.kind == .wrongRegion)
        #expect(elsewhere?.description.contains("It lies in eu-central-1") == true)
        #expect(await refusal("")?.kind == .invalidCredentials)
    }

    @Test func `an error behind a status of 200 is retried, where the operation can have one`() async throws {
        let refused = "<Error><Code>SlowDown</Code><Message>m</Message><RequestId>R7</RequestId></Error>"
        let replay = ReplayHTTPClient([
            answer("PUT", 200, [], "<?xml version=\"1.0\"?>\n \n\(refused)"),
            answer("PUT", 200, [], "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"),
        ])
        let done = try await service(replay).send(operation("PUT", mayFailLate: true))
        #expect(String(decoding: done.body, as: UTF8.self).contains("CopyObjectResult"))
        #expect(replay.requests.count == 2 && clock.sleeps.count == 1)
        let lost = ReplayHTTPClient([
            answer("PUT", 200, [], refused.replacing("SlowDown", with: "PreconditionFailed"))
        ])
        let error = await #expect(throws: AWSError.self) {
            try await service(lost).send(operation("PUT", mayFailLate: true))
        }
        #expect(error?.kind == .conflict && error?.requestID == "R7")
        // An object may be such a text.
        let object = ReplayHTTPClient([answer("PUT", 200, [], refused)])
        #expect(try await service(object).send(operation("PUT")).body == Data(refused.utf8))
    }

    @Test(arguments: [
        ("1500", 1.5, 1.5), ("60000", 5, 6), ("-5", 0, 1), ("soon", 0, 1), ("99999999999999999999", 0, 1),
    ])
    func `a wait that a service asks for is kept, within five seconds`(
        asked: String, least: Double, most: Double
    ) async throws {
        let replay = ReplayHTTPClient([
            answer("PUT", 503, [("x-amz-retry-after", asked)]), answer("PUT", 200),
        ])
        _ = try await service(replay).send(operation("PUT"))
        let wait = try #require(clock.sleeps.first)
        #expect(wait >= .seconds(least) && wait <= .seconds(most))
    }
}
