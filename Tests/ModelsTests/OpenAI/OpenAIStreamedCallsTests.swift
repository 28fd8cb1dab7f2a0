import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

/// Calls as servers write them that the double is not.
@Suite(.timeLimit(.minutes(2))) struct `Calls in streams of servers like OpenAI's` {
    private static let finish = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    private func events(
        _ answer: OpenAIReplay.Answer, _ request: GenerationRequest? = nil,
        change: (inout OpenAIGenerator.Configuration) -> Void = { _ in }
    ) async throws -> [GenerationEvent] {
        var configuration = OpenAIGenerator.Configuration(model: "m")
        change(&configuration)
        let replay = try OpenAIReplay("chat/completions", [answer])
        return try await OpenAIGenerator(replay.endpoint, configuration).generate(
            request ?? GenerationRequest(messages: [Message(.user, "Hi.")])
        ).collected()
    }

    private func delta(_ delta: String) -> String { #"{"choices":[{"index":0,"delta":\#(delta)}]}"# }

    private func calls(_ pieces: String..., reason: String = "tool_calls") async throws -> [GenerationEvent] {
        let stream =
            pieces.map { "data: \(delta(#"{"tool_calls":\#($0)}"#))\n\n" }.joined()
            + #"data: {"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"# + "\n\n"
        return try await events(.init(stream))
    }

    @Test func `are joined by index, in whichever order their pieces come`() async throws {
        let told = try await calls(
            #"[{"index":1,"id":"b","function":{"name":"g","arguments":""}}]"#,
            #"[{"index":0,"id":"a","function":{"name":"f"}},{"index":1,"function":{"arguments":"{\"x\""}}]"#,
            #"[{"index":0,"function":{"arguments":"{}"}}]"#, #"[{"index":1,"function":{"arguments":":1}"}}]"#)
        #expect(told.calls.map(\.id) == ["b", "a"])
        #expect(told.calls.map(\.arguments) == [["x": 1], [:]])
        #expect(told.last == .finished(.toolCalls))
    }

    @Test func `are told apart where the server counts none, or all as one`() async throws {
        for index in ["", #""index":0,"#] {
            let told = try await calls(
                #"[{\#(index)"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]"#,
                #"[{\#(index)"id":"a","function":{"name":"f","arguments":"1}"}}]"#,
                #"[{\#(index)"id":"b","function":{"name":"f","arguments":"{\"x\":2}"}}]"#, reason: "stop")
            #expect(told.calls.map(\.id) == ["a", "b"])
            #expect(told.calls.map(\.arguments) == [["x": 1], ["x": 2]])
            #expect(told.last == .finished(.toolCalls))
        }
    }

    @Test func `may lack id and arguments, and have arguments that are no text`() async throws {
        let told = try await calls(
            #"[{"index":0,"function":{"name":"f"}}]"#,
            #"[{"index":1,"function":{"name":"g","arguments":{"x":1}}}]"#)
        #expect(told.calls.map(\.arguments) == [[:], ["x": 1]])
        #expect(Set(told.calls.map(\.id)).count == 2)
        #expect(told.calls.allSatisfy { !$0.id.isEmpty })
        let old = try await events(
            .events(
                delta(#"{"function_call":{"name":"f","arguments":"{\"x\""}}"#),
                delta(#"{"function_call":{"arguments":":1}"}}"#),
                #"{"choices":[{"delta":{},"finish_reason":"function_call"}]}"#))
        #expect(old.calls.map(\.arguments) == [["x": 1]])
        #expect(old.last == .finished(.toolCalls))
    }

    @Test func `whose arguments are no JSON come as they were written, for the model to be told`()
        async throws
    {
        let told = try await calls(
            #"[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]"#)
        #expect(told.calls.map(\.arguments) == [.string(#"{"x""#)])
    }

    @Test(arguments: [#"[{"index":0,"id":"a","function":{"arguments":"{}"}}]"#, "[]"])
    func `that are not whole are refused`(piece: String) async throws {
        let error = await #expect(throws: OpenAIError.self) { try await calls(piece) }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `are refused where they are too many or too long`() async throws {
        let many = (0..<129).map { #"{"index":\#($0),"id":"c\#($0)","function":{"name":"f"}}"# }
        let long =
            #"[{"index":0,"id":"a","function":{"name":"f","arguments":"\#(String(repeating: " ", count: 600_000))"}}]"#
        for pieces in [["[\(many.joined(separator: ","))]", "[]"], [long, long]] {
            let error = await #expect(throws: OpenAIError.self) { try await calls(pieces[0], pieces[1]) }
            guard case .unexpectedResponse = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    // MARK: Shapes

    private let shaped = GenerationRequest(
        messages: [Message(.user, "Hi.")], outputFormat: .json(name: "j", schema: ["type": "object"]))

    @Test func `that should take the answer and do not come are an error with what to do`() async throws {
        let error = await #expect(throws: OpenAIError.self) {
            try await events(.events(delta(#"{"content":"a"}"#), Self.finish), shaped) {
                $0.structuredOutput = .tool
            }
        }
        #expect(error.map { "\($0)" }?.contains("ask for JSON in another way") == true)
    }

    @Test func `are none where the model refuses to answer, which is a filtered answer`() async throws {
        let told = try await events(.events(delta(#"{"refusal":"I can't."}"#), Self.finish), shaped)
        #expect(told == [.finished(.filtered)])
    }

}
