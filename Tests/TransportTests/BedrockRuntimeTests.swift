import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Bedrock's runtime` {
    private let server: AWSDouble
    private let titan = "amazon.titan-embed-text-v2:0"
    private let claude = "anthropic.claude-3-haiku-20240307-v1:0"
    private let body = Data(#"{"inputText":"Grüße"}"#.utf8)
    private let question = ConverseRequest(
        messages: [.init(role: .user, text: #"<passage id="1" title="T">One two three. Four.</passage>"#)])

    init() throws {
        server = try AWSDouble()
    }

    private func failure(
        _ call: () async throws(BedrockError) -> Void
    ) async -> BedrockError? {
        do throws(BedrockError) {
            try await call()
            return nil
        } catch {
            return error
        }
    }

    private func read(_ runtime: BedrockRuntime) async throws -> [ConverseEvent] {
        var events: [ConverseEvent] = []
        for try await event in try await runtime.converseStream(claude, question) { events.append(event) }
        return events
    }

    @Test(arguments: [
        "amazon.titan-embed-text-v2:0",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123def456",
    ])
    func `a model's id reaches the server whole and rightly signed`(model: String) async throws {
        let answer = try await server.bedrock().invokeModel(model, body: body)
        #expect(answer.requestID.count == 36)
        #expect(try await server.requests().map(\.model) == [model])
    }

    @Test func `temporary keys are signed with their token`() async throws {
        var credentials = server.credentials
        credentials.sessionToken = "token+/="
        _ = try await server.bedrock(credentials: credentials).invokeModel(titan, body: body)
        // The server has refused whatever carries an `X-Amz-` header that is not signed.
        #expect(try await server.requests().map(\.model) == [titan])
        let recorder = ReplayHTTPClient([])
        let recorded = try BedrockRuntime(
            region: "us-east-1", credentials: StaticCredentials(credentials), http: recorder,
            endpoint: URL(string: server.endpoint))
        _ = await failure { () throws(BedrockError) in
            _ = try await recorded.invokeModel(titan, body: body)
        }
        let tokens = recorder.requests.flatMap(\.headers)
            .filter { $0.name.lowercased() == "x-amz-security-token" }.map(\.value)
        #expect(tokens == ["token+/="])
    }

    @Test func `a whole answer has text, stop reason and usage`() async throws {
        let answer = try await server.bedrock().converse(claude, question)
        #expect(answer.text == "One two three. [1]")
        #expect(answer.stopReason == "end_turn")
        #expect(answer.usage == ConverseUsage(inputTokens: 6, outputTokens: 4))
    }

    @Test func `a streamed answer has the same text, piece by piece, then stop and usage`() async throws {
        let events = try await read(try server.bedrock())
        #expect(
            events == [
                .text("One "), .text("two "), .text("three. "), .text("[1]"), .stop(reason: "end_turn"),
                .usage(ConverseUsage(inputTokens: 6, outputTokens: 4)),
            ])
    }

    @Test(arguments: [
        ("throttle", "ThrottlingException", 429, true), ("not-ready", "ModelNotReadyException", 429, true),
        ("denied", "AccessDeniedException", 403, false), ("missing", "ResourceNotFoundException", 404, false),
        ("invalid", "ValidationException", 400, false), ("500", "InternalServerException", 500, true),
        ("503", "ServiceUnavailableException", 503, true),
    ])
    func `a refusal is typed, with AWS's request id`(
        fault: String, code: String, status: Int, isRetryable: Bool
    ) async throws {
        let runtime = try server.bedrock()
        try await server.fail(fault, fault, fault)
        let whole = await failure { () throws(BedrockError) in
            _ = try await runtime.invokeModel(titan, body: body)
        }
        let talk = await failure { () throws(BedrockError) in _ = try await runtime.converse(claude, question)
        }
        let stream = await failure { () throws(BedrockError) in
            _ = try await runtime.converseStream(claude, question)
        }
        for error in [whole, talk, stream] {
            let error = try #require(error)
            let details = try #require(error.details)
            #expect(details.code == code)
            #expect(details.status == status)
            #expect(details.requestID.count == 36)
            #expect(error.isRetryable == isRetryable)
            for part in [code, details.requestID, details.message, "\(status)"] {
                #expect("\(error)".contains(part))
            }
        }
    }

    @Test func `a wrong secret, a wrong region and a wrong clock are told apart from denials`() async throws {
        var wrong = server.credentials
        wrong.secretAccessKey = "hunter2"
        let runtimes = [
            try server.bedrock(credentials: wrong), try server.bedrock(region: "eu-west-1"),
            try server.bedrock(now: { Date(timeIntervalSinceNow: -3600) }),
        ]
        for runtime in runtimes {
            let error = await failure { () throws(BedrockError) in
                _ = try await runtime.invokeModel(titan, body: body)
            }
            let isElsewhere = if case .wrongRegion = error { true } else { false }
            let isRefused = if case .credentialsRefused = error { true } else { false }
            #expect(runtime.region == "us-east-1" ? isRefused : isElsewhere, "\(String(describing: error))")
            let details = try #require(error?.details)
            #expect(details.code == "InvalidSignatureException")
            #expect(!details.message.contains("hunter2"))
        }
    }

    @Test func `throttling is waited out`() async throws {
        let clock = ManualClock()
        let runtime = try server.bedrock(policy: .computing, clock: clock)
        try await server.fail("throttle", "not-ready", "503")
        _ = try await runtime.invokeModel(titan, body: body)
        #expect(clock.sleeps.count == 3)
        try await server.fail("throttle")
        #expect(try await read(runtime).count == 6)
    }

    @Test func `an answer that is not JSON is named`() async throws {
        try await server.fail("not-json")
        let runtime = try server.bedrock()
        let error = await failure { () throws(BedrockError) in
            _ = try await runtime.converse(claude, question)
        }
        guard case .unexpectedResponse(operation: "Converse", _, let requestID) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(requestID.count == 36)
    }

    @Test(arguments: ["bad-frame", "cut", "midway"])
    func `a stream that breaks gives what came, then the reason`(fault: String) async throws {
        try await server.fail(fault)
        let stream = try await server.bedrock().converseStream(claude, question)
        var events: [ConverseEvent] = []
        let error = await #expect(throws: BedrockError.self) {
            for try await event in stream { events.append(event) }
        }
        #expect(events == [.text("One ")])
        switch (fault, error) {
        case ("midway", .throttled(let details)): #expect(details.message == "Too many tokens, please wait.")
        case ("bad-frame", .damagedStream(.damaged, let requestID)): #expect(requestID.count == 36)
        case ("cut", .damagedStream(.truncated, _)): break
        default: Issue.record("\(String(describing: error))")
        }
        #expect(error?.isRetryable == true)
    }

    @Test func `a server that stays silent is a time-out`() async throws {
        try await server.fail("slow")
        let runtime = try server.bedrock(timeout: .milliseconds(300))
        let error = await failure { () throws(BedrockError) in
            _ = try await runtime.invokeModel(titan, body: body)
        }
        guard case .transport(.timedOut) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["", "US-EAST-1", "us-east-1.evil.example/", "us east"])
    func `what cannot be a region is refused`(region: String) {
        #expect(throws: AWSError.self) {
            try BedrockRuntime(
                region: region, credentials: StaticCredentials(server.credentials),
                http: ReplayHTTPClient([]))
        }
    }

    @Test(arguments: [
        ("eu-central-1", "https://bedrock-runtime.eu-central-1.amazonaws.com"),
        ("cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
    ])
    func `without an endpoint of its own it calls AWS's`(region: String, host: String) async throws {
        let url = "\(host)/model/amazon.titan-embed-text-v2%3A0/invoke"
        let replay = ReplayHTTPClient([.init(method: "POST", url: url, body: Data("{}".utf8))])
        let runtime = try BedrockRuntime(
            region: region, credentials: StaticCredentials(server.credentials), http: replay)
        #expect(try await runtime.invokeModel(titan, body: body).body == Data("{}".utf8))
    }
}
