import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Endpoints of SageMaker, played by the double` {
    private let endpoints: SageMakerEndpoints
    private let texts = SageMakerEndpoints.texts
    private let prompt = SageMakerEndpoints.prompt

    init() throws {
        endpoints = try SageMakerEndpoints()
    }

    @Test func `a model answers in its own format`() async throws {
        let answer = try await endpoints.runtime().invoke(SageMakerCall(endpoint: "embedder"), body: texts)
        let vectors = try JSONValue(parsing: answer.body).array
        #expect(vectors?.count == 1 && vectors?[0].array?.count == 384)
        #expect(answer.told.contentType == "application/json" && answer.told.variant == "all")
        #expect(answer.told.requestID != "unknown")
    }

    @Test func `a streamed answer comes in parts that are cut anywhere`() async throws {
        let answer = try await endpoints.runtime().stream(SageMakerCall(endpoint: "generator"), body: prompt)
        let parts = try await endpoints.parts(answer)
        #expect(parts.count > 3)
        let lines = String(decoding: parts.joined(), as: UTF8.self).split(separator: "\n")
        #expect(lines.first == #"data:{"token": {"text": "No "}}"#)
        #expect(parts.contains { $0.last != UInt8(ascii: "\n") })
    }

    @Test(arguments: [false, true])
    func `what a call is told stands in the headers that AWS's model names`(isStream: Bool) async throws {
        var call = SageMakerCall(endpoint: "generator")
        call.contentType = "application/json; charset=utf-8"
        call.accept = "application/jsonlines"
        call.targetVariant = "blue-1"
        call.targetContainer = "second"
        call.inferenceComponent = "component-1"
        call.sessionID = "session-1"
        call.customAttributes = "trace=7, tenant=x"
        if isStream {
            _ = try await endpoints.parts(try await endpoints.runtime().stream(call, body: prompt))
        } else {
            call.targetModel = "models/a.tar.gz"
            _ = try await endpoints.runtime().invoke(call, body: prompt)
        }
        let seen = try #require(try await endpoints.server.requests().first)
        let accept = isStream ? "x-amzn-sagemaker-accept" : "accept"
        #expect(seen.operation == (isStream ? "InvokeEndpointWithResponseStream" : "InvokeEndpoint"))
        #expect(seen.headers["content-type"] == call.contentType)
        #expect(seen.headers[accept] == call.accept)
        #expect(seen.headers["x-amzn-sagemaker-target-model"] == call.targetModel)
        #expect(seen.headers["x-amzn-sagemaker-target-variant"] == "blue-1")
        #expect(seen.headers["x-amzn-sagemaker-target-container-hostname"] == "second")
        #expect(seen.headers["x-amzn-sagemaker-inference-component"] == "component-1")
        #expect(seen.headers["x-amzn-sagemaker-session-id"] == "session-1")
        #expect(seen.headers["x-amzn-sagemaker-custom-attributes"] == "trace=7, tenant=x")
    }

    @Test(arguments: ["throttle", "not-ready", "500", "503", "html", "reset", "cut", "expired"])
    func `what passes is tried again`(fault: String) async throws {
        try await endpoints.server.fail(fault)
        let answer = try await endpoints.runtime(attempts: 3).invoke(
            SageMakerCall(endpoint: "embedder"), body: texts)
        #expect(answer.body.count > 384)
    }

    @Test(arguments: ["throttle", "not-ready", "500", "503", "reset", "expired"])
    func `what passes is tried again before a stream begins`(fault: String) async throws {
        try await endpoints.server.fail(fault)
        let answer = try await endpoints.runtime(attempts: 3).stream(
            SageMakerCall(endpoint: "generator"), body: prompt)
        #expect(try await endpoints.parts(answer).count > 3)
    }

    @Test func `what AWS would not take is not sent`() async throws {
        func call(_ change: (inout SageMakerCall) -> Void) -> SageMakerCall {
            var call = SageMakerCall(endpoint: "embedder")
            change(&call)
            return call
        }
        let long = String(repeating: "a", count: 64)
        let bad: [(SageMakerCall, isStream: Bool, word: String)] = [
            (call { $0.endpoint = "" }, false, "endpoint's name"),
            (call { $0.endpoint = "a/../b" }, false, "endpoint's name"),
            (call { $0.endpoint = long }, true, "endpoint's name"),
            (call { $0.targetVariant = "-a" }, false, "variant"),
            (call { $0.inferenceComponent = "é" }, true, "component"),
            (call { $0.sessionID = "a b" }, false, "session"),
            (call { $0.customAttributes = "a\r\nX-Other: b" }, false, "custom attributes"),
            (call { $0.customAttributes = String(repeating: "a", count: 1_025) }, true, "custom attributes"),
            (call { $0.targetModel = "" }, false, "target model"),
            (call { $0.targetModel = "a" }, true, "target model"),
            (call { $0.sessionID = "NEW_SESSION" }, true, "session"),
        ]
        let runtime = try await endpoints.runtime()
        func refusal(_ call: SageMakerCall, _ body: Data, isStream: Bool) async -> SageMakerError? {
            await #expect(throws: SageMakerError.self) {
                if isStream {
                    _ = try await runtime.stream(call, body: body)
                } else {
                    _ = try await runtime.invoke(call, body: body)
                }
            }
        }
        for (call, isStream, word) in bad {
            let error = await refusal(call, texts, isStream: isStream)
            guard case .aws(.invalidOperation(_, _, let reason)) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains(word))
        }
        for count in [0, SageMakerRuntime.limitBytes + 1] {
            let error = await refusal(call { _ in }, Data(count: count), isStream: false)
            #expect(error?.description.contains("\(count) bytes") == true)
        }
        #expect(try await endpoints.server.requests().isEmpty)
    }

    @Test func `a cancelled call ends`() async throws {
        try await endpoints.server.fail("slow")
        let runtime = try await endpoints.runtime(attempts: 3)
        let call = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await runtime.invoke(SageMakerCall(endpoint: "embedder"), body: texts)
        }
        let result = await call.result
        #expect(throws: SageMakerError.aws(.transport(.cancelled))) { try result.get() }
    }
}
