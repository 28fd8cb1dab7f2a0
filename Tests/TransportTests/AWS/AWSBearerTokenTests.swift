import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `A bearer token of AWS` {
    private let planted = "planted-bearer-token"
    private let url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/invoke"

    private func service(
        _ description: AWSServiceDescription, _ http: any HTTPClient, keys: [String: String] = [:]
    ) throws -> AWSService {
        try AWSService(
            description, region: "eu-west-1", credentials: EnvironmentCredentials(environment: keys),
            http: http, bearer: AWSBearerToken(planted), skew: AWSClockSkew())
    }

    private func authorization(_ request: HTTPRequest?) -> [String] {
        request?.headers.filter { $0.name.isHeader("Authorization") }.map(\.value) ?? []
    }

    @Test func `stands in place of a signature, and no keys are asked for`() async throws {
        let replay = ReplayHTTPClient([.init(method: "POST", url: url, body: Data("{}".utf8))])
        _ = try await BedrockRuntime(service(BedrockRuntime.description, replay))
            .invokeModel("m", body: Data("{}".utf8))
        #expect(authorization(replay.requests.first) == ["Bearer \(planted)"])
        #expect(replay.requests.first?.hasHeader("X-Amz-Date") == false)
    }

    @Test func `is not sent to a service that takes none`() async throws {
        let place = "https://bedrock-agent-runtime.eu-west-1.amazonaws.com/rerank"
        let replay = ReplayHTTPClient([
            .init(method: "POST", url: place, body: Data(#"{"results":[]}"#.utf8))
        ])
        let keys = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"]
        _ = try await BedrockAgentRuntime(service(BedrockAgentRuntime.description, replay, keys: keys))
            .rerank("q", ["a"], modelARN: "m")
        #expect(authorization(replay.requests.first).first?.hasPrefix("AWS4-HMAC-SHA256 ") == true)
    }

    @Test func `is in no error and in no printed form`() async throws {
        let body = #"{"message":"The bearer token \#(planted) is not valid."}"#
        let replay = ReplayHTTPClient([
            .init(
                method: "POST", url: url, status: 403,
                headers: [("x-amzn-errortype", "AccessDeniedException")], body: Data(body.utf8))
        ])
        let service = try service(BedrockRuntime.description, replay)
        let error = await #expect(throws: BedrockError.self) {
            try await BedrockRuntime(service).invokeModel("m", body: Data("{}".utf8))
        }
        var shown = "\(String(describing: error)) \(String(reflecting: error))"
        dump(service.bearer, to: &shown)
        #expect(!shown.contains(planted) && shown.contains("AccessDeniedException"))
    }

    @Test func `goes over https, or stays on this machine`() async throws {
        for (place, isSent) in [
            ("http://bedrock.example.com", false), ("http://127.0.0.1.example.com", false),
            ("http://127.0.0.1:9", true), ("http://localhost:9", true),
        ] {
            let replay = ReplayHTTPClient([
                .init(method: "POST", url: "\(place)/model/m/invoke", body: Data("{}".utf8))
            ])
            let service = try AWSService(
                BedrockRuntime.description, region: "eu-west-1",
                credentials: EnvironmentCredentials(environment: [:]), http: replay,
                endpoint: URL(string: place), bearer: AWSBearerToken(planted), skew: AWSClockSkew())
            let answer = try? await BedrockRuntime(service).invokeModel("m", body: Data("{}".utf8))
            #expect((answer != nil) == isSent && replay.requests.count == (isSent ? 1 : 0), "\(place)")
        }
    }

    @Test(arguments: ["", " \n", "two words", "line\r\nX-Y: z", "é"])
    func `is visible ASCII`(text: String) {
        #expect(AWSBearerToken(text) == nil)
        #expect(AWSBearerToken(" a\n") == AWSBearerToken("a"))
    }
}
