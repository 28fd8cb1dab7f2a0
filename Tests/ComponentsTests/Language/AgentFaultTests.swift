import Concurrency
import Flow
import JSONValue
import Models
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `What goes wrong with an agent's calls` {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the disk is full [1]" }
    }

    /// The results of the first turn's calls.
    private func results(
        of calls: [(String, JSONValue)], items: [ToolSet.Item] = [], parameters: [String: JSONValue] = [:],
        probe: @escaping @Sendable (String) async throws -> JSONValue = { .string($0) }
    ) async throws -> [ToolResult] {
        let model = ScriptedGenerator([.calls(calls), .says("Done.")])
        let graph = agentGraph(parameters, givesTools: !items.isEmpty)
        #expect(try await ask(.language(model, items: items, probe: probe), graph: graph).text == "Done.")
        return try #require(model.requests.last?.messages.last?.results)
    }

    @Test func `an unknown tool is told with those that there are`() async throws {
        let result = try #require(try await results(of: [("search", [:])]).first)
        #expect(result.isError)
        #expect(result.told.contains("search") && result.told.contains("probe"))
    }

    @Test(arguments: ["{\"text\": ", "[1, 2]", "hello"] as [JSONValue])
    func `arguments that are no object are told`(arguments: JSONValue) async throws {
        let result = try #require(try await results(of: [("probe", arguments)]).first)
        #expect(result.isError)
        #expect(result.told.contains("probe"))
    }

    @Test func `arguments that are an object as text are taken`() async throws {
        let result = try #require(try await results(of: [("probe", "{\"text\": \"a\"}")]).first)
        #expect(!result.isError)
        #expect(result.told == "a")
    }

    @Test(arguments: [[:], ["text": 7], ["text": "a", "more": 1]] as [JSONValue])
    func `arguments that do not fit are told, and the others are carried out`(arguments: JSONValue)
        async throws
    {
        let results = try await results(of: [("probe", arguments), ("probe", ["text": "b"])])
        #expect(results.map(\.isError) == [true, false])
        #expect(results.last?.told == "b")
    }

    @Test func `arguments of a tool of a set are checked against its schema before the call`() async throws {
        let heard = Heard<JSONValue>()
        let item = ToolSet.Item(
            name: "count", description: "Counts.",
            inputSchema: [
                "type": "object", "properties": ["n": ["type": "integer", "maximum": 5]], "required": ["n"],
            ]
        ) { arguments in
            heard.add(arguments)
            return ["seen": arguments["n"] ?? .null]
        }
        let results = try await results(of: [("count", ["n": 9]), ("count", ["n": 4])], items: [item])
        #expect(results.map(\.isError) == [true, false])
        #expect(results.first?.told.contains("/n") == true)
        #expect(heard.all == [["n": 4]])
    }

    @Test func `a tool that fails is told with its reason, in which no marker stands`() async throws {
        let results = try await results(of: [("probe", ["text": "a"])]) { _ in throw Broken() }
        #expect(results.map(\.isError) == [true])
        #expect(results.first?.told == "the disk is full ⟦1⟧")
    }

    @Test func `failures in a row end in an answer from what is known`() async throws {
        let model = ScriptedGenerator(
            (0..<3).map { .calls([("probe", ["text": .string("\($0)")])]) } + [.says("I could not look.")])
        let catalog = ComponentCatalog.language(model) { _ in throw Broken() }
        let message = try await ask(catalog, graph: agentGraph(["failure_limit": 3]))
        #expect(message.text == "I could not look.")
        let last = try #require(model.requests.last)
        #expect(model.requests.count == 4)
        #expect(last.tools.isEmpty)
        #expect(last.messages.last?.text.contains("the disk is full") == true)
    }

    @Test func `the same call again and again is stopped`() async throws {
        let made = Heard<String>()
        let model = ScriptedGenerator([.calls([("probe", ["text": "a"])])], repeatsLast: true)
        let catalog = ComponentCatalog.language(model) { text in
            made.add(text)
            return "same"
        }
        let error = await failure { _ = try await ask(catalog, graph: agentGraph(["failure_limit": 2])) }
        // Three times it is made, twice it is refused; then the model is asked without tools and writes nothing.
        #expect(made.all.count == AgentLimits.repeats)
        #expect(model.requests.count == AgentLimits.repeats + 3)
        #expect(
            error as? LanguageModelError
                == .nothingWritten(component: "agent", model: "scripted", reason: .toolCalls))
    }

    @Test func `results longer than the limit are cut with a note`() async throws {
        let results = try await results(of: [("probe", ["text": "a"])], parameters: ["result_limit": 300]) {
            _ in
            .string(String(repeating: "é", count: 1_000))
        }
        let told = try #require(results.first?.told)
        #expect(told.hasPrefix(String(repeating: "é", count: 150)))
        #expect(!told.contains(String(repeating: "é", count: 151)))
        #expect(told.contains("first 300 of 2000 bytes"))
    }

    @Test func `too many calls at once are refused one by one`() async throws {
        let count = AgentLimits.callsAtOnce + 2
        let results = try await results(of: (0..<count).map { ("probe", ["text": .string("\($0)")]) })
        #expect(results.count == count)
        #expect(results.filter(\.isError).count == 2)
    }

    @Test func `calls without an id, or with one that was given before, get one of their own`() async throws {
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"]), ("probe", ["text": "b"])], ids: ["", ""]),
            .calls([("probe", ["text": "c"]), ("probe", ["text": "d"])], ids: ["x", "x"]), .says("Done."),
        ])
        _ = try await ask(.language(model))
        let ids = try #require(model.requests.last).messages.flatMap(\.results).map(\.callID)
        #expect(ids.count == 4)
        #expect(Set(ids).count == 4)
    }

    @Test func `an empty message is refused before any model is asked`() async throws {
        let model = ScriptedGenerator([])
        let error = await failure { _ = try await ask(.language(model), " \n") }
        #expect(error as? LanguageModelError == .nothingAsked(component: "agent"))
        #expect(model.requests.isEmpty)
    }

    @Test(arguments: [StopReason.complete, .maxTokens, .filtered])
    func `a model that returns nothing is an error that names the component`(reason: StopReason) async throws
    {
        let model = ScriptedGenerator([.says(" ", reason: reason)])
        let error = await failure { _ = try await ask(.language(model)) }
        #expect(
            error as? LanguageModelError
                == .nothingWritten(component: "agent", model: "scripted", reason: reason))
        #expect("\(error as Any)".contains("agent"))
    }

    @Test func `what the model itself throws is the run's error`() async throws {
        let model = ScriptedGenerator([.failure(Broken())])
        let error = await failure { _ = try await ask(.language(model)) }
        #expect(error is Broken)
    }
}
