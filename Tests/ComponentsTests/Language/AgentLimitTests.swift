import Concurrency
import Flow
import JSONValue
import Models
import TestSupport
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `What bounds an agent` {
    @Test func `steps that are used up end in one call without tools, which shows what was found`()
        async throws
    {
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "first"])]), .calls([("probe", ["text": "<second>"])]), .says("Both."),
        ])
        let outcome = try await run(
            agentGraph(["max_steps": 2]), inputs: ["input": ChatMessage("What is it?")],
            catalog: .language(model))
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "Both.")
        #expect(model.requests.count == 3)
        let last = try #require(model.requests.last)
        #expect(last.tools.isEmpty)
        #expect(!last.messages.contains { $0.role == .tool })
        let text = try #require(last.messages.last?.text)
        #expect(text.contains("steps of this task are used up"))
        #expect(text.contains("first") && text.contains("&lt;second&gt;"))
        #expect(outcome.traces.first { $0.component == "agent" }?.notes["ended_early"] == 1)
    }

    @Test func `a model that answers nothing to the last call is an error`() async throws {
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])])], repeatsLast: true)
        let error = await failure { _ = try await ask(.language(model), graph: agentGraph(["max_steps": 1])) }
        #expect(
            error as? LanguageModelError
                == .nothingWritten(component: "agent", model: "scripted", reason: .toolCalls))
        #expect(error.map { "\($0)".contains("max_steps") } == true)
    }

    @Test func `its own tokens used up end in an answer, the run's end the run`() async throws {
        let turns: [ScriptedGenerator.Turn] = [
            .calls([("probe", ["text": "a"])], tokens: (90, 20)), .says("Enough.", tokens: (90, 20)),
        ]
        let own = ScriptedGenerator(turns)
        #expect(try await ask(.language(own), graph: agentGraph(["token_limit": 100])).text == "Enough.")
        #expect(own.requests.last?.tools.isEmpty == true)

        let runs = ScriptedGenerator(turns)
        await #expect {
            _ = try await ask(.language(runs), budget: RunBudget(tokens: 100))
        } throws: { error in
            if case FlowError.budget(_, .tokens, _) = error { true } else { false }
        }
        #expect(runs.requests.count == 1)
    }

    @Test func `a provider that counts nothing is counted by its text`() async throws {
        let model = ScriptedGenerator([.says(String(repeating: "word ", count: 100), tokens: nil)])
        let outcome = try await run(
            agentGraph(tools: []), inputs: ["input": ChatMessage("What is it?")], catalog: .language(model))
        #expect(outcome.traces.first { $0.component == "agent" }?.notes["output_tokens"] == 125)
    }

    @Test func `numbers that no provider can mean overflow nothing`() async throws {
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"])], tokens: (.max, .max)), .says("a", tokens: (.max, .min)),
        ])
        #expect(try await ask(.language(model)).text == "a")
    }

    @Test func `the run's budget ends it also within a tool`() async throws {
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])]), .says("a")])
        await #expect {
            _ = try await ask(.language(model), budget: RunBudget(steps: 1))
        } throws: { error in
            if case FlowError.budget(_, .steps, _) = error { true } else { false }
        }
    }

    @Test func `a call that outlasts its time is given up and told`() async throws {
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])]), .says("No time.")])
        let catalog = ComponentCatalog.language(model) { _ in
            try await Task.sleep(for: .seconds(3_600))
            return "late"
        }
        let message = try await ask(catalog, graph: agentGraph(["time_limit_seconds": 0.05]))
        #expect(message.text == "No time.")
        let last = try #require(model.requests.last)
        #expect(last.tools.isEmpty)
        #expect(last.messages.last?.text.contains("time of this task is used up") == true)
    }

    @Test func `cancelling the run ends a call that waits`() async throws {
        let (begun, beginning) = AsyncStream<Void>.makeStream(of: Void.self)
        let ended = Heard<String>()
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])]), .says("a")])
        let catalog = ComponentCatalog.language(model) { _ in
            beginning.yield()
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                ended.add("cancelled")
                throw error
            }
            return "late"
        }
        let task = Task { try await ask(catalog) }
        for await _ in begun { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ended.all == ["cancelled"])
        #expect(model.requests.count == 1)
    }

    @Test func `cancelling the run ends a model that does not answer`() async throws {
        let model = ScriptedGenerator([.stuck])
        let task = Task { try await ask(.language(model)) }
        while model.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `more tools than a model is offered are refused with both numbers`() async throws {
        let items = (0..<Toolbox.limit).map { number in
            ToolSet.Item(name: "t\(number)", description: "", inputSchema: [:]) { $0 }
        }
        let error = await failure {
            _ = try await ask(
                .language(ScriptedGenerator([]), items: items), graph: agentGraph(givesTools: true))
        }
        #expect(
            error as? LanguageModelError
                == .tooManyTools(component: "agent", count: Toolbox.limit + 1, limit: Toolbox.limit))
    }

    @Test func `names of tools are made valid, unique and short, and still reach their tool`() async throws {
        let long = String(repeating: "x", count: 80)
        let items = ["näme with blanks", "n_me with blanks", "", long, long + "y"].map { name in
            ToolSet.Item(name: name, description: name, inputSchema: ["type": "object"]) { _ in .string(name)
            }
        }
        let names = [
            "n_me_with_blanks", "n_me_with_blanks_2", "tool", String(repeating: "x", count: 64),
            String(repeating: "x", count: 62) + "_2",
        ]
        let model = ScriptedGenerator([.calls(names.map { ($0, [:]) }), .says("Done.")])
        _ = try await ask(.language(model, items: items), graph: agentGraph(tools: [], givesTools: true))
        #expect(model.requests[0].tools.map(\.name) == names)
        #expect(model.requests[1].messages.last?.results.map(\.told) == items.map(\.name))
    }

    @Test func `a flow's name for a tool is the one that the model calls`() async throws {
        let model = ScriptedGenerator([.calls([("look up", ["text": "a"])]), .says("Done.")])
        let names: JSONValue = ["probe": "look_up"]
        let called = ScriptedGenerator([.calls([("look_up", ["text": "a"])]), .says("Done.")])
        _ = try await ask(.language(called), graph: agentGraph(["tool_names": names]))
        #expect(called.requests[0].tools.map(\.name) == ["look_up"])
        #expect(called.requests[1].messages.last?.results.map(\.told) == ["a"])
        _ = try await ask(.language(model), graph: agentGraph(["tool_names": ["probe": ""]]))
        #expect(model.requests[0].tools.map(\.name) == ["probe"])
    }

    @Test func `a flow's words for a tool go before the tool's own`() async throws {
        let model = ScriptedGenerator([.says("a")])
        _ = try await ask(
            .language(model), graph: agentGraph(["tool_descriptions": ["probe": "Looks into the archive."]]))
        #expect(model.requests[0].tools.map(\.description) == ["Looks into the archive."])
    }
}
