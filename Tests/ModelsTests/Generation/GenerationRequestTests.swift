import JSONValue
import Models
import Testing

/// Requests that no provider can be sent, each with the word that the refusal must hold.
struct InvalidRequests: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var request: GenerationRequest

    private static let tool = ToolDefinition(name: "t", description: "d", parameters: ["type": "object"])
    private static let call = ToolCall(id: "1", name: "t", arguments: [:])
    private static let user = Message(.user, "Hello.")

    private init(_ word: String, _ messages: [Message], change: (inout GenerationRequest) -> Void = { _ in })
    {
        testDescription = word
        request = GenerationRequest(messages: messages)
        change(&request)
    }

    static let all = [
        InvalidRequests("begin", []),
        InvalidRequests("begin", [Message(.system, "Be brief.")]),
        InvalidRequests("begin", [Message(.assistant, "Hello."), user]),
        InvalidRequests("system", [user, Message(.system, "Be brief.")]),
        InvalidRequests("empty", [Message(.user, [])]),
        InvalidRequests("another role", [Message(.user, [.toolCall(call)])]),
        InvalidRequests("another role", [user, Message(.tool, "done")]),
        InvalidRequests(
            "another role",
            [user, Message(.assistant, [.grounding(GroundedQuestion(question: "q", passages: []))])]),
        InvalidRequests(
            "result", [user, Message(.tool, [.toolResult(ToolResult(callID: "1", content: .text("x")))])]),
        InvalidRequests("one name", [user]) { $0.tools = [tool, tool] },
        InvalidRequests("among", [user]) { $0.toolChoice = .named("t") },
        InvalidRequests("none", [user]) { $0.toolChoice = .required },
        InvalidRequests("exclude", [user]) {
            $0.tools = [tool]
            $0.outputFormat = .json(name: "j", schema: [:])
        },
        InvalidRequests("name", [user]) {
            $0.tools = [ToolDefinition(name: "naïve tool", description: "d", parameters: [:])]
        },
        InvalidRequests("name", [user]) { $0.outputFormat = .json(name: "", schema: [:]) },
        InvalidRequests("0 tokens", [user]) { $0.maxTokens = 0 },
        InvalidRequests("1.5", [user]) { $0.temperature = 1.5 },
        InvalidRequests("nan", [user]) { $0.temperature = .nan },
        InvalidRequests("stop sequence", [user]) { $0.stopSequences = ["a", ""] },
    ]
}

@Suite struct `A generation request` {
    @Test(arguments: InvalidRequests.all)
    func `that nobody can carry out is refused with the reason`(_ invalid: InvalidRequests) {
        let error = #expect(throws: ModelsError.self) { try invalid.request.check() }
        #expect(error.map { "\($0)".contains(invalid.testDescription) } == true)
    }

    @Test func `with calls and their results is accepted`() throws {
        let call = ToolCall(id: "1", name: "t-1_A", arguments: [:])
        let tool = ToolDefinition(name: "t-1_A", description: "d", parameters: [:])
        try GenerationRequest(
            messages: [
                Message(.system, "Be brief."), Message(.user, "Hello."),
                Message(.assistant, [.text("Wait."), .toolCall(call)]),
                Message(.tool, [.toolResult(ToolResult(callID: "1", content: .text("x")))]),
            ], tools: [tool], toolChoice: .named("t-1_A"), stopSequences: ["x"], maxTokens: 1, temperature: 1
        ).check()
    }

    @Test func `is grounded in the passages given last`() {
        let first = GroundedQuestion(question: "a", passages: [])
        let last = GroundedQuestion(question: "b", passages: [])
        let request = GenerationRequest(
            messages: [
                Message(.user, [.grounding(first)]), Message(.assistant, "x"),
                Message(.user, [.grounding(last)]), Message(.assistant, "y"), Message(.user, "and?"),
            ])
        #expect(request.grounding == last)
        #expect(GenerationRequest(messages: [Message(.user, "a")]).grounding == nil)
    }
}
