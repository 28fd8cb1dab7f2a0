import Flow
import JSONValue
import Models
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `Tools of the caller's` {
    private static let weather = ToolDefinition(
        name: "get_weather", description: "Knows the weather.",
        parameters: ["type": "object", "properties": ["city": ["type": "string"]]])
    private static let clock = ToolDefinition(
        name: "get_time", description: "Knows the time.", parameters: ["type": "object", "properties": [:]])

    private func tools(
        _ choice: CallerTools.Choice = .automatic, allowsSeveral: Bool = true,
        for component: String, turns: [CallerTurn] = []
    ) -> (tools: CallerTools, calls: CallerCalls) {
        let tools = CallerTools(
            [Self.weather, Self.clock], choice: choice, allowsSeveral: allowsSeveral,
            components: [component], turns: turns)
        return (tools, CallerCalls(after: turns, freshID: { "fresh-id" }))
    }

    private func answer(
        _ model: ScriptedGenerator, _ given: (tools: CallerTools, calls: CallerCalls)
    ) async throws -> ChatMessage {
        let outcome = try await run(
            one: "LanguageModel", inputs: ["input": ChatMessage("Is it cold in Oslo?")],
            facts: [given.tools, given.calls], catalog: .language(model))
        return try #require(outcome.output(ChatMessage.self, named: "message"))
    }

    @Test func `are offered to a language model, whose calls end its answer`() async throws {
        let model = ScriptedGenerator([
            .calls([("get_weather", ["city": "Oslo"]), ("get_time", [:])], saying: "Let me look.")
        ])
        let given = tools(for: "it")
        #expect(try await answer(model, given).text == "Let me look.")
        #expect(model.requests.first?.tools == given.tools.definitions)
        #expect(model.requests.first?.toolChoice == .automatic)
        #expect(
            given.calls.turns == [
                .calls(
                    text: "Let me look.",
                    [
                        CallerCall(id: "c0", name: "get_weather", arguments: ["city": "Oslo"]),
                        CallerCall(id: "c1", name: "get_time", arguments: [:]),
                    ])
            ])
    }

    @Test func `are not offered to a component that they are not meant for`() async throws {
        let model = ScriptedGenerator([.says("No.")])
        #expect(try await answer(model, tools(for: "another")).text == "No.")
        #expect(model.requests.first?.tools.isEmpty == true)
    }

    @Test func `go to the model with their choice, and one call at most where no more are wanted`()
        async throws
    {
        let model = ScriptedGenerator([.calls([("get_time", [:]), ("get_weather", ["city": "Oslo"])])])
        let given = tools(.named("get_time"), allowsSeveral: false, for: "it")
        _ = try await answer(model, given)
        #expect(model.requests.first?.toolChoice == .named("get_time"))
        #expect(model.requests.first?.allowsSeveralCalls == false)
        #expect(
            given.calls.turns == [
                .calls(text: "", [CallerCall(id: "c0", name: "get_time", arguments: [:])])
            ])
    }

    @Test func `are told to the model with what they returned, whose numbers are no citations`() async throws
    {
        let turns: [CallerTurn] = [
            .calls(
                text: "Let me look.",
                [
                    CallerCall(id: "c0", name: "get_weather", arguments: ["city": "Oslo"]),
                    CallerCall(id: "c1", name: "get_time", arguments: [:]),
                ]),
            .result(call: "c1", text: "noon"), .result(call: "c0", text: "-5 °C [1]"),
        ]
        let model = ScriptedGenerator([.says("Yes.")])
        let given = tools(for: "it", turns: turns)
        #expect(try await answer(model, given).text == "Yes.")
        #expect(given.calls.turns.isEmpty)
        let messages = try #require(model.requests.first?.messages)
        #expect(messages.map(\.role) == [.user, .assistant, .tool])
        // In the order of the calls, as providers want them.
        #expect(messages.last?.results.map(\.told) == ["-5 °C ⟦1⟧", "noon"])
    }

    @Test func `that may not be called any more stand as text`() async throws {
        let turns: [CallerTurn] = [
            .calls(text: "", [CallerCall(id: "c0", name: "get_time", arguments: [:])]),
            .result(call: "c0", text: "noon </results>"),
        ]
        let model = ScriptedGenerator([.says("Noon.")])
        _ = try await answer(model, tools(.none, for: "it", turns: turns))
        let request = try #require(model.requests.first)
        #expect(request.tools.isEmpty)
        #expect(request.messages.allSatisfy { $0.role == .user })
        #expect(request.messages.last?.text.contains("noon &lt;/results&gt;") == true)
    }

    @Test func `have calls of ids that no other call has`() async throws {
        let turns: [CallerTurn] = [
            .calls(text: "", [CallerCall(id: "c0", name: "get_time", arguments: [:])]),
            .result(call: "c0", text: "noon"),
        ]
        let model = ScriptedGenerator([.calls([("get_time", [:])])])
        let given = tools(for: "it", turns: turns)
        _ = try await answer(model, given)
        #expect(
            given.calls.turns == [
                .calls(text: "", [CallerCall(id: "call_freshid", name: "get_time", arguments: [:])])
            ])
    }

    @Test(arguments: [("not JSON", false), ("[1]", false), (" ", true), (#"{"city": "Oslo"}"#, true)])
    func `are called with an object`(arguments: String, isTaken: Bool) async throws {
        let model = ScriptedGenerator([.calls([("get_weather", .string(arguments))])])
        let given = tools(for: "it")
        let error = await failure { _ = try await answer(model, given) }
        if isTaken {
            #expect(error == nil)
            #expect(given.calls.turns.count == 1)
        } else {
            let expected = LanguageModelError.badArguments(
                component: "it", model: "scripted", tool: "get_weather")
            #expect(error as? LanguageModelError == expected)
            #expect(given.calls.turns.isEmpty)
        }
    }

    @Test func `that have to be called and are not fail the answer`() async throws {
        let model = ScriptedGenerator([.says("I would rather talk.")])
        let error = await failure { _ = try await answer(model, tools(.required, for: "it")) }
        #expect(
            error as? LanguageModelError == .noCall(component: "it", model: "scripted"))
    }

    @Test func `stand beside an agent's own, and end its work when they are called`() async throws {
        let probed = Heard<String>()
        let catalog: (ScriptedGenerator) -> ComponentCatalog = { model in
            .language(model) { text in
                probed.add(text)
                return .string(text)
            }
        }
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"])]),
            .calls([("get_time", [:]), ("probe", ["text": "b"])], ids: ["t", "p"]),
        ])
        let given = tools(for: "agent")
        let message = try await ask(catalog(model), facts: [given.tools, given.calls])
        #expect(message.text.isEmpty)
        #expect(model.requests.allSatisfy { $0.tools.map(\.name) == ["probe", "get_weather", "get_time"] })
        // What stands beside a call of the caller's is not carried out.
        #expect(probed.all == ["a"])
        #expect(
            given.calls.turns == [
                .calls(text: "", [CallerCall(id: "t", name: "get_time", arguments: [:])])
            ])
    }

    @Test func `of a name that the agent has itself are refused`() async throws {
        let model = ScriptedGenerator([.says("Never asked.")])
        let taken = CallerTools(
            [ToolDefinition(name: "probe", description: "", parameters: ["type": "object"])],
            components: ["agent"])
        let calls = CallerCalls(after: [], freshID: { "id" })
        let error = await failure { _ = try await ask(.language(model), facts: [taken, calls]) }
        #expect(
            error as? CallerToolFault == .nameTaken(name: "probe", component: "agent"))
        #expect(model.requests.isEmpty)
    }

    @Test func `can be called still when an agent's own steps are used up`() async throws {
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])]), .calls([("get_time", [:])])])
        let given = tools(.required, for: "agent")
        _ = try await ask(
            .language(model), graph: agentGraph(["max_steps": 1]), facts: [given.tools, given.calls])
        #expect(model.requests.last?.tools.map(\.name) == ["get_weather", "get_time"])
        #expect(given.calls.turns.count == 1)
    }

    @Test func `are kept with a conversation and read again`() throws {
        let turns: [CallerTurn] = [
            .calls(text: "Look:", [CallerCall(id: "a", name: "get_time", arguments: ["zone": "UTC"])]),
            .result(call: "a", text: "noon"),
        ]
        for turn in turns {
            #expect(CallerTurn(turn.message, details: .object(turn.details)) == turn)
        }
        #expect(CallerTurn(ChatMessage("Hello"), details: [:]) == nil)
        #expect(CallerTurn(ChatMessage("noon", role: .tool), details: [:]) == nil)
    }
}
