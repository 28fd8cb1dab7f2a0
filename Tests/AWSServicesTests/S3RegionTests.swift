import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(1))) struct `A bucket in another region` {
    private typealias Exchange = ReplayHTTPClient.Exchange

    private let redirect = "<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"

    private func s3(
        _ http: any HTTPClient, region: String = "us-east-1", variables: [String: String] = [:]
    ) async throws -> S3 {
        try S3(
            try await AWSAccount(
                environment: AWSEnvironment(variables: variables), region: region,
                credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
                http: http, localHTTP: http))
    }

    private func refusal(
        _ method: String, _ url: String, _ status: Int, region: String? = nil, _ body: String = ""
    ) -> Exchange {
        .init(
            method: method, url: url, status: status,
            headers: (region.map { [("x-amz-bucket-region", $0)] } ?? []) + [("x-amz-request-id", "R1")],
            body: Data(body.utf8))
    }

    private func object(_ method: String, _ url: String) -> Exchange {
        .init(
            method: method, url: url, headers: [("ETag", "\"e\""), ("Content-Length", "1")],
            body: Data((method == "GET" ? "x" : "").utf8))
    }

    /// Regions that the requests were signed for.
    private func scopes(_ replay: ReplayHTTPClient) -> [String] {
        replay.requests.map { request in
            let text = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            return text.firstMatch(of: /Credential=AKID\/\d{8}\/([^\/]+)\/s3\//).map { String($0.1) } ?? ""
        }
    }

    private static let malformed =
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>"

    @Test(arguments: [
        (301, "eu-west-3", "<Error><Code>PermanentRedirect</Code></Error>"),
        (307, "eu-west-3", "<Error><Code>TemporaryRedirect</Code></Error>"),
        (400, "eu-west-3", "<Error><Code>IllegalLocationConstraintException</Code></Error>"),
        (400, nil, malformed), (301, "eu-west-3", ""),
    ])
    func `is asked there, once and from then on`(status: Int, region: String?, body: String) async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com/k"
        let far = "https://b-1.s3.eu-west-3.amazonaws.com/k"
        let replay = ReplayHTTPClient([
            refusal("GET", near, status, region: region, body), object("GET", far), object("HEAD", far),
            object("GET", far),
        ])
        let s3 = try await s3(replay)
        #expect(try await s3.get("b-1", "k").data == Data("x".utf8))
        #expect(try await s3.head("b-1", "k").eTag == "\"e\"")
        let copy = s3
        let (_, streamed) = try await copy.stream("b-1", "k")
        #expect(try await streamed.reduce(into: Data()) { $0 += $1 } == Data("x".utf8))
        #expect(replay.requests.map(\.url) == [near, far, far, far])
        #expect(scopes(replay) == ["us-east-1", "eu-west-3", "eu-west-3", "eu-west-3"])
        #expect(try await s3.presign("GET", "b-1", "k", expires: .seconds(60)).hasPrefix(far))
        // Others are asked for where they were.
        await #expect(throws: AWSError.self) { try await s3.get("b-2", "k") }
        #expect(replay.requests.last?.url == "https://b-2.s3.us-east-1.amazonaws.com/k")
    }

    @Test func `that no refusal names is asked of the bucket, whoever may see it`() async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com"
        let far = "https://b-1.s3.eu-west-3.amazonaws.com/k"
        // A HEAD has no code: 400 is of a signature for another region, too.
        for (method, status) in [("GET", 301), ("HEAD", 400)] {
            let replay = ReplayHTTPClient([
                refusal(method, near + "/k", status, method == "GET" ? redirect : ""),
                refusal("HEAD", near + "/", 403, region: "eu-west-3"), object(method, far),
            ])
            let s3 = try await s3(replay)
            if method == "GET" {
                #expect(try await s3.get("b-1", "k").data == Data("x".utf8))
            } else {
                #expect(try await s3.head("b-1", "k").length == 1)
            }
            #expect(replay.requests.map(\.method) == [method, "HEAD", method])
        }
    }

    @Test func `that does not say where is told with what to do`() async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com"
        let replay = ReplayHTTPClient([
            refusal("GET", near + "/k", 301, redirect), refusal("HEAD", near + "/", 301),
        ])
        let error = await #expect(throws: AWSError.self) { try await s3(replay).get("b-1", "k") }
        #expect(error?.kind == .wrongRegion && error?.requestID == "R1" && error?.isRetryable == false)
        #expect(error?.description.contains("Set the region that it") == true)
        #expect(error?.description.contains("s3://b-1/k") == true)
        #expect(replay.requests.count == 2)
    }

    @Test func `that sends on and on is followed once`() async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com/k"
        let far = "https://b-1.s3.eu-west-3.amazonaws.com/k"
        let replay = ReplayHTTPClient([
            refusal("GET", near, 301, region: "eu-west-3", redirect),
            refusal("GET", far, 301, region: "us-east-1", redirect), object("GET", near),
        ])
        let s3 = try await s3(replay)
        let error = await #expect(throws: AWSError.self) { try await s3.get("b-1", "k") }
        #expect(error?.kind == .wrongRegion)
        #expect(error?.description.contains("It lies in us-east-1: set that region.") == true)
        #expect(replay.requests.map(\.url) == [near, far])
        // What proved wrong is not kept.
        #expect(try await s3.get("b-1", "k").data == Data("x".utf8))
    }

    /// A region is what S3's answer gives, never a host.
    @Test(arguments: [
        "evil.example.com", "eu-west-3.evil.example", "x", "", "eu-west-3/", "eu-west-3@evil.example",
        "EU-WEST-3",
        "cn-north-1", "us-gov-west-1", "..", "eu-west-3#", "éu-west-3",
    ])
    func `of no region of the partition is not followed`(region: String) async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com/k"
        let replay = ReplayHTTPClient([
            .init(
                url: near, status: 301,
                headers: [
                    ("x-amz-bucket-region", region), ("Location", "https://evil.example/k"),
                ],
                body: Data(
                    "<Error><Code>PermanentRedirect</Code><Endpoint>evil.example</Endpoint></Error>".utf8))
        ])
        let error = await #expect(throws: AWSError.self) { try await s3(replay).get("b-1", "k") }
        #expect(error?.kind == .wrongRegion)
        let hosts = Set(replay.requests.compactMap { URL(string: $0.url)?.host })
        #expect(hosts == ["b-1.s3.us-east-1.amazonaws.com"])
    }

    @Test func `at an endpoint of one's own is signed for its region and sent to the same place`()
        async throws
    {
        let url = "https://store.example:9000/b-1/k"
        let body = Self.malformed
        let replay = ReplayHTTPClient([refusal("GET", url, 400, body), object("GET", url)])
        let s3 = try await s3(replay, variables: ["AWS_ENDPOINT_URL_S3": "https://store.example:9000"])
        #expect(try await s3.get("b-1", "k").data == Data("x".utf8))
        #expect(replay.requests.map(\.url) == [url, url] && scopes(replay) == ["us-east-1", "eu-west-3"])
    }

    @Test func `has the hosts of the variant that the client asks`() async throws {
        let near = "https://b-1.s3-fips.dualstack.us-east-1.amazonaws.com/k"
        let far = "https://b-1.s3-fips.dualstack.us-west-2.amazonaws.com/k"
        let replay = ReplayHTTPClient([
            refusal("GET", near, 301, region: "us-west-2", redirect), object("GET", far),
        ])
        let s3 = try await s3(
            replay,
            variables: ["AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"])
        #expect(try await s3.get("b-1", "k").data == Data("x".utf8))
        #expect(replay.requests.map(\.url) == [near, far])
    }

    @Test func `is written to there, but what cannot be read twice is not sent twice`() async throws {
        let near = "https://b-1.s3.us-east-1.amazonaws.com/k"
        let far = "https://b-1.s3.eu-west-3.amazonaws.com/k"
        let replay = ReplayHTTPClient([
            refusal("PUT", near, 307, region: "eu-west-3", redirect), object("PUT", far),
        ])
        let data = Data("hello".utf8)
        #expect(try await s3(replay).put("b-1", "k", .data(data)).eTag == "\"e\"")
        #expect(replay.requests.map(\.body.data) == [data, data])
        let once = ReplayHTTPClient([refusal("PUT", near, 307, region: "eu-west-3", redirect)])
        let s3 = try await s3(once)
        let error = await #expect(throws: AWSError.self) {
            try await s3.send(
                s3.operation(
                    "PutObject", "PUT", "b-1", "k",
                    input: .body(.stream(PulledSequence([data]), length: data.count))))
        }
        #expect(error?.kind == .wrongRegion && once.requests.count == 1)
    }
}
