import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Failures of SageMaker's endpoints` {
    private let endpoints: SageMakerEndpoints
    private let texts = SageMakerEndpoints.texts
    private let prompt = SageMakerEndpoints.prompt

    init() throws {
        endpoints = try SageMakerEndpoints()
    }

    @Test func `a model that fails is told with its status, words and log`() async throws {
        let error = await #expect(throws: SageMakerError.self) {
            try await endpoints.runtime().invoke(SageMakerCall(endpoint: "broken"), body: texts)
        }
        guard case .modelFailed(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.endpoint == "broken" && failure.originalStatus == 500 && failure.message == "boom")
        #expect(failure.logStreamARN?.hasSuffix("/aws/sagemaker/Endpoints/broken") == true)
        #expect(error?.isRetryable == true && failure.requestID != "unknown")
        #expect(error?.description.contains("status 500") == true)
    }

    @Test func `a model with too much to do is asked again, another's refusal is not`() async throws {
        func refusal(_ status: Int) -> ReplayHTTPClient.Exchange {
            SageMakerEndpoints.refusal(
                #"{"Message": "m", "OriginalStatusCode": \#(status), "OriginalMessage": "o"}"#)
        }
        var done = refusal(0)
        done.answer = .success(
            HTTPResponse(head: HTTPResponseHead(status: 200, headers: []), body: Data("[]".utf8)))
        let busy = ReplayHTTPClient([refusal(503), refusal(429), done])
        let answer = try await endpoints.runtime(attempts: 3, http: busy).invoke(
            SageMakerCall(endpoint: "e"), body: texts)
        #expect(
            answer.body == Data("[]".utf8) && busy.requests.count == 3 && endpoints.clock.sleeps.count == 2)
        let refused = ReplayHTTPClient([refusal(422), done])
        let error = await #expect(throws: SageMakerError.self) {
            try await endpoints.runtime(attempts: 3, http: refused).invoke(
                SageMakerCall(endpoint: "e"), body: texts)
        }
        #expect(error?.isRetryable == false && refused.requests.count == 1)
    }

    @Test func `an endpoint that is not there is told by its name`() async throws {
        for isStream in [false, true] {
            let error = await #expect(throws: SageMakerError.self) {
                let runtime = try await endpoints.runtime(), call = SageMakerCall(endpoint: "nowhere")
                if isStream {
                    _ = try await runtime.stream(call, body: prompt)
                } else {
                    _ = try await runtime.invoke(call, body: prompt)
                }
            }
            guard case .endpointNotFound = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("no SageMaker endpoint nowhere") == true)
            #expect(error?.isRetryable == false)
        }
    }

    @Test func `a denial names the right that is missing`() async throws {
        try await endpoints.server.fail("denied")
        let error = await #expect(throws: SageMakerError.self) {
            try await endpoints.runtime(attempts: 3).invoke(SageMakerCall(endpoint: "embedder"), body: texts)
        }
        guard case .aws(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.kind == .accessDenied)
        #expect(error?.description.contains("Grant sagemaker:InvokeEndpoint") == true)
        #expect(try await endpoints.server.requests().count == 1)
    }

    @Test(arguments: [("midway", "ModelInvocationTimeExceeded"), ("cut", nil), ("bad-frame", nil)])
    func `a stream that breaks is an error behind what came`(fault: String, code: String?) async throws {
        try await endpoints.server.fail(fault)
        let answer = try await endpoints.runtime(attempts: 3).stream(
            SageMakerCall(endpoint: "generator"), body: prompt)
        var count = 0
        let error = await #expect(throws: SageMakerError.self) {
            for try await _ in answer.parts { count += 1 }
        }
        #expect(count > 0 && error?.isRetryable == true)
        switch error {
        case .brokenStream(_, let told, _, _): #expect(told == code)
        case .aws(.damagedStream): #expect(code == nil)
        default: Issue.record("\(String(describing: error))")
        }
        var reading = answer.parts.makeAsyncIterator()
        #expect(try await reading.next() == nil)
    }

    @Test func `no error shows what was sent or the custom attributes`() async throws {
        var call = SageMakerCall(endpoint: "e")
        call.customAttributes = "planted-attributes"
        let body = #"{"Message": "not planted-attributes", "OriginalMessage": "planted-attributes?"}"#
        let http = ReplayHTTPClient([SageMakerEndpoints.refusal(body)])
        let error = await #expect(throws: SageMakerError.self) {
            try await endpoints.runtime(http: http).invoke(call, body: texts)
        }
        #expect(error.map { "\($0) \(String(reflecting: $0))".contains("planted") } == false)
    }

    @Test(arguments: [
        (#"{"error": "too many tokens", "error_type": "Validation"}"#, "too many tokens"),
        (#"{"detail": [{"msg": "Field required", "input": "planted"}, {"msg": "b"}]}"#, "Field required; b"),
        (#"{"error": {"message": "m", "param": "planted"}}"#, "m"),
        (#"{"message": "x", "y": "planted"}"#, "x"),
        (#"{"detail": "no"}"#, "no"), (#"["planted"]"#, ""), (#"{"detail": [{"input": "planted"#, ""),
        ("out of memory", "out of memory"), (nil, "Received server error (422) from primary"),
    ])
    func `a container's own words are told, not what it repeats`(said: String?, words: String) async throws {
        let body: [String: JSONValue?] = [
            "Message": "Received server error (422) from primary with message \"planted\". See …",
            "OriginalStatusCode": 422, "OriginalMessage": said.map { .string($0) },
        ]
        let text = try JSONValue.object(body.compactMapValues(\.self)).text()
        let http = ReplayHTTPClient([SageMakerEndpoints.refusal(text)])
        let error = await #expect(throws: SageMakerError.self) {
            try await endpoints.runtime(http: http).invoke(SageMakerCall(endpoint: "e"), body: texts)
        }
        guard case .modelFailed(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.message == words && failure.originalStatus == 422)
        #expect(error?.description.contains("planted") == false)
    }
}
