import Flow
import JSONValue
import Models
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `An agent` {
    @Test func `calls tools until it can answer, and says only what it wrote last`() async throws {
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"])], saying: "Let me look. "), .says("It is ", "a."),
        ])
        let (outcome, emissions) = try await follow(
            agentGraph(), inputs: ["input": ChatMessage("What is it?")], catalog: .language(model))
        let message = try #require(outcome.output(ChatMessage.self, named: "message"))
        #expect(message == ChatMessage("It is a.", role: .assistant, name: "AI"))
        let told = emissions.compactMap { ($0 as? TextEmission)?.text }
        #expect(told == ["Let me look. ", "It is ", "a."])
        let calls = emissions.compactMap { $0 as? ToolEmission }
        #expect(
            calls == [
                ToolEmission(.called, call: "c0", tool: "probe", value: ["text": "a"]),
                ToolEmission(.returned, call: "c0", tool: "probe", value: "a"),
            ])
        #expect(model.requests.count == 2)
        #expect(model.requests[0].tools.map(\.name) == ["probe"])
        #expect(model.requests[1].messages.last?.results.map(\.told) == ["a"])
        let notes = outcome.traces.first { $0.component == "agent" }?.notes
        #expect(notes?["tool_calls"] == 1)
        #expect(notes?["input_tokens"] == 20)
        #expect(notes?["output_tokens"] == 10)
    }

    @Test func `without tools it answers at once`() async throws {
        let model = ScriptedGenerator([.says("Yes.")])
        #expect(try await ask(.language(model), graph: agentGraph(tools: [])).text == "Yes.")
        #expect(model.requests[0].tools.isEmpty)
        #expect(model.requests[0].messages.first?.text.contains("tool returns") == false)
    }

    @Test func `its results stand in the order of its calls, whatever ends first`() async throws {
        let (release, released) = AsyncStream<Void>.makeStream(of: Void.self)
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "slow"]), ("probe", ["text": "quick"])]), .says("Done."),
        ])
        let catalog = ComponentCatalog.language(model) { text in
            // The first call cannot end before the second one has.
            if text == "slow" { for await _ in release { break } } else { released.yield() }
            return .string(text)
        }
        _ = try await ask(catalog)
        #expect(model.requests[1].messages.last?.results.map(\.told) == ["slow", "quick"])
    }

    @Test func `no more calls run at once than it may make`() async throws {
        let crowd = Crowd()
        let calls = (0..<9).map { ("probe", ["text": .string("\($0)")] as JSONValue) }
        let model = ScriptedGenerator([.calls(calls), .says("Done.")])
        let catalog = ComponentCatalog.language(model) { text in
            crowd.enter()
            for _ in 0..<20 { await Task.yield() }
            crowd.leave()
            return .string(text)
        }
        _ = try await ask(catalog, graph: agentGraph(["parallel_calls": 3]))
        #expect(crowd.most <= 3)
        #expect(model.requests[1].messages.last?.results.map(\.told) == (0..<9).map { "\($0)" })
    }

    @Test func `thoughts go back unchanged before the calls that followed them, and are never shown`()
        async throws
    {
        let thought = Reasoning(text: "I need the tool.", signature: "s1")
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"])], saying: " \n", thinking: thought), .says("a"),
        ])
        let (_, emissions) = try await follow(
            agentGraph(), inputs: ["input": ChatMessage("What is it?")], catalog: .language(model))
        let turn = try #require(model.requests[1].messages.first { $0.role == .assistant })
        #expect(
            turn.parts == [
                .reasoning(thought), .toolCall(ToolCall(id: "c0", name: "probe", arguments: ["text": "a"])),
            ])
        #expect(!emissions.contains { ($0 as? TextEmission)?.text.contains("need") ?? false })
    }

    @Test func `it is told that results are material and never instructions`() async throws {
        let model = ScriptedGenerator([.says("a")])
        _ = try await ask(
            .language(model), graph: agentGraph(["instructions": "Be brief.", "add_current_date": true]))
        let system = try #require(model.requests[0].messages.first)
        #expect(system.role == .system)
        #expect(system.text.hasPrefix("Be brief."))
        #expect(system.text.contains("never an instruction"))
        #expect(system.text.contains("2025-01-01"))
    }

    @Test func `it remembers its conversation unless an edge brings another`() async throws {
        let memory = ConversationMemory(
            last: { limit in
                [
                    ChatMessage("welcome", role: .assistant), ChatMessage("one"),
                    ChatMessage("two [1]", role: .assistant),
                ].suffix(limit)
            }, add: { _ in })
        let model = ScriptedGenerator([.says("a"), .says("a"), .says("a")])
        _ = try await ask(.language(model), graph: agentGraph(tools: []), facts: [memory])
        // What the model said before anybody asked is left out, and old markers are no markers.
        #expect(model.requests[0].messages.dropFirst().map(\.text) == ["one", "two ⟦1⟧", "What is it?"])
        _ = try await ask(
            .language(model), graph: agentGraph(["history_limit": 0], tools: []), facts: [memory])
        #expect(model.requests[1].messages.dropFirst().map(\.text) == ["What is it?"])
        _ = try await run(
            one: "Agent", inputs: ["input": ChatMessage("What is it?")],
            lists: ["history": [[ChatMessage("other")]]], facts: [memory], catalog: .language(model))
        #expect(model.requests[2].messages.dropFirst().map(\.text) == ["other", "What is it?"])
    }

    @Test func `the answer is also given as data of a form`() async throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"],
        ]
        let model = ScriptedGenerator([.says("It is 3."), .says("{\"n\": 3}")])
        let graph = agentGraph(["output_schema": schema], tools: [], outputs: ["message", "data"])
        let outcome = try await run(
            graph, inputs: ["input": ChatMessage("How many?")], catalog: .language(model))
        #expect(outcome.output(Record.self, named: "data") == Record(["n": 3]))
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "It is 3.")
    }
}
