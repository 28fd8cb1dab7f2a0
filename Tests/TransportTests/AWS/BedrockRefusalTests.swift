import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Transport

/// Words of Bedrock, and what they mean.
struct KnownBedrockWords: Sendable, CustomTestStringConvertible {
    var code: String
    var message: String
    var meaning: String

    var testDescription: String { "\(code): \(message)" }

    private static func long(_ message: String) -> KnownBedrockWords {
        .init(code: "ValidationException", message: message, meaning: "contextTooLong")
    }

    private static func other(_ message: String) -> KnownBedrockWords {
        .init(code: "ValidationException", message: message, meaning: "validation")
    }

    static let all: [KnownBedrockWords] = [
        long("Input is too long for requested model."),
        long("The model returned the following errors: prompt is too long: 215000 tokens > 200000 maximum"),
        long(
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 204698, decrease input length"
        ),
        long("This model's maximum context length is 8192 tokens. Please reduce the length of the prompt"),
        long(
            "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9001"),
        long(
            "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input."),
        long("too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000."),
        long(
            "Malformed input request: expected maxLength: 50000, actual: 59012, please reformat your input."),
        long("Malformed input request: #/texts/3: expected maxLength: 2048, actual: 2500, please reformat."),
        other("Malformed input request: #/stop_sequences/0: expected maxLength: 10, actual: 20"),
        other(
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower value."),
        other(
            "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile."
        ),
        .init(
            code: "ValidationException", message: "The provided model identifier is invalid.",
            meaning: "modelNotFound"),
        .init(
            code: "AccessDeniedException",
            message: "You don't have access to the model with the specified model ID.",
            meaning: "modelNotEnabled"),
        .init(
            code: "AccessDeniedException",
            message: """
                Model access is denied due to IAM user or service role is not authorized to perform the required \
                AWS Marketplace actions (aws-marketplace:ViewSubscriptions) to enable access to this model.
                """, meaning: "modelNotEnabled"),
        .init(
            code: "AccessDeniedException",
            message:
                "User: u is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:r::m",
            meaning: "accessDenied"),
        .init(
            code: "ResourceNotFoundException",
            message: "Model use case details have not been submitted for this account. Fill out the form.",
            meaning: "modelNotEnabled"),
        .init(
            code: "ResourceNotFoundException", message: "Could not resolve the foundation model.",
            meaning: "modelNotFound"),
        .init(
            code: "ModelErrorException", message: "The model: maximum context length is 4096 tokens",
            meaning: "contextTooLong"),
        .init(code: "ModelErrorException", message: "It failed.", meaning: "modelFailed"),
        .init(
            code: "ModelTimeoutException",
            message:
                "The request took too long to process. Processing time exceeded the model timeout length.",
            meaning: "modelFailed"),
        .init(
            code: "AccessDeniedException",
            message: "Authentication failed: Please make sure your API Key is valid.",
            meaning: "credentialsRefused"),
        .init(code: "ServiceQuotaExceededException", message: "m", meaning: "quotaExceeded"),
        .init(code: "ExpiredTokenException", message: "m", meaning: "credentialsExpired"),
    ]
}

@Suite(.timeLimit(.minutes(1))) struct `Bedrock's refusals` {
    @Test(arguments: KnownBedrockWords.all)
    func `mean what their words say, whichever provider's they are`(known: KnownBedrockWords) {
        let error = BedrockError(
            .init(
                operation: "Converse", modelID: "m", status: 400, code: known.code, message: known.message,
                requestID: "R1"))
        let name = "\(Mirror(reflecting: error).children.first?.label ?? "")"
        #expect(name == known.meaning)
        #expect(error.description.contains("R1"))
    }

    @Test func `name the action that IAM knows`() {
        let error = BedrockError(
            .init(
                operation: "ConverseStream", modelID: "m", status: 403, code: "AccessDeniedException",
                message: "m", requestID: "R1"))
        #expect(error.description.contains("bedrock:InvokeModelWithResponseStream say"))
    }

    /// The events of a stream with one message.
    private func read(_ headers: [String: String], _ payload: String) async throws -> [ConverseEvent] {
        try await read([(headers, payload)])
    }

    private func read(_ messages: [([String: String], String)]) async throws -> [ConverseEvent] {
        let url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse-stream"
        let replay = ReplayHTTPClient([
            .init(
                method: "POST", url: url, headers: [("x-amzn-requestid", "R1")],
                body: messages.map { Self.frame($0.0, $0.1) }.reduce(Data(), +))
        ])
        let runtime = try BedrockRuntime(
            region: "eu-west-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "s")),
            http: replay)
        let request = ConverseRequest(messages: [.init(role: .user, text: "q")])
        var events: [ConverseEvent] = []
        for try await event in try await runtime.converseStream("m", request) { events.append(event) }
        return events
    }

    private static func frame(_ headers: [String: String], _ payload: String) -> Data {
        func big(_ value: Int) -> Data { withUnsafeBytes(of: UInt32(value).bigEndian) { Data($0) } }
        func sum(_ data: Data) -> Data {
            var sum = CRC32()
            sum.update(data)
            return big(Int(sum.value))
        }
        var head = Data()
        for (name, value) in headers {
            head += [UInt8(name.utf8.count)] + Array(name.utf8) + [7, 0, UInt8(value.utf8.count)]
            head += Array(value.utf8)
        }
        var message = big(12 + head.count + payload.utf8.count + 4) + big(head.count)
        message += sum(message)
        message += head + Data(payload.utf8)
        return message + sum(message)
    }

    @Test func `in the middle of a stream keep what the model's provider said`() async throws {
        let payload = #"""
            {"message":"The model failed.","originalStatusCode":400,"originalMessage":"{\"error\":\"no such tool\"}"}
            """#
        let error = await #expect(throws: BedrockError.self) {
            try await read(
                [":message-type": "exception", ":exception-type": "modelStreamErrorException"], payload)
        }
        guard case .modelFailed(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.code == "ModelStreamErrorException" && details.requestID == "R1")
        #expect(details.message == "The model failed. The model: no such tool")
    }

    @Test(arguments: ["malformed_tool_use", "malformed_model_output"])
    func `are those of a model whose own output cannot be read, too`(reason: String) async throws {
        let error = await #expect(throws: BedrockError.self) {
            try await read(
                [":message-type": "event", ":event-type": "messageStop"], #"{"stopReason":"\#(reason)"}"#)
        }
        guard case .modelFailed(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.code == reason && details.requestID == "R1" && error?.isRetryable == true)
        let fine = try await read(
            [":message-type": "event", ":event-type": "messageStop"], #"{"stopReason":"end_turn"}"#)
        #expect(fine == [.stop(reason: "end_turn")])
    }

    /// A call of the tool `count_pages` with an input as the model wrote it.
    private func call(_ input: String, stopping reason: String) async throws -> [ConverseEvent] {
        func event(_ name: String, _ payload: String) -> ([String: String], String) {
            ([":message-type": "event", ":event-type": name], payload)
        }
        let text = try JSONValue.string(input).text()
        return try await read([
            event(
                "contentBlockStart",
                #"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t1","name":"count_pages"}}}"#),
            event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":\#(text)}}}"#),
            event("contentBlockStop", #"{"contentBlockIndex":0}"#),
            event("messageStop", #"{"stopReason":"\#(reason)"}"#),
        ])
    }

    @Test(arguments: [#"{"space": "#, "ENG", "{'space': 'ENG'}", "{} {}", " "])
    func `name the tool that the model called with an input that is no JSON`(input: String) async throws {
        let error = await #expect(throws: BedrockError.self) {
            try await call(input, stopping: "tool_use")
        }
        guard case .modelFailed(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.code == "malformed_tool_use" && details.requestID == "R1")
        #expect(details.message.contains("“count_pages”") && error?.isRetryable == true)
        // What the model wrote may be anything.
        #expect(input == " " || error?.description.contains(input) == false)
    }

    @Test(arguments: ["max_tokens", "guardrail_intervened"])
    func `are none where a call was cut off, which is not made then`(reason: String) async throws {
        #expect(try await call(#"{"space": "#, stopping: reason) == [.stop(reason: reason)])
        let whole = ConverseToolUse(toolUseId: "t1", name: "count_pages", input: ["space": "ENG"])
        let told = try await call(#"{"space":"ENG"}"#, stopping: reason)
        #expect(told == [.toolUse(whole), .stop(reason: reason)])
        #expect(try await call("", stopping: "tool_use").count == 2)
    }
}
