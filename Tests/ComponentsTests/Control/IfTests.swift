import Components
import Flow
import JSONValue
import Testing

@Suite struct `If` {
    private func taken(
        _ text: String, _ comparison: String, _ match: String, _ more: [String: JSONValue] = [:],
        inputs: [String: any Payload] = [:]
    ) async throws -> (yes: ChatMessage?, no: ChatMessage?) {
        let parameters: [String: JSONValue] = ["operator": .string(comparison), "match": .string(match)]
        let outcome = try await run(
            one: "If", parameters.merging(more) { $1 }, inputs: inputs.merging(["text": text]) { $1 },
            catalog: .plain())
        return (
            outcome.output(ChatMessage.self, named: "true_result"),
            outcome.output(ChatMessage.self, named: "false_result")
        )
    }

    @Test(arguments: [
        ("yes", "equals", "yes"), ("yes", "not_equals", "Yes"), ("a\r\nb", "contains", "\n"),
        ("abc", "contains", ""),
        ("abc", "not_contains", "d"), ("abc", "starts_with", "ab"), ("a\r\nb", "starts_with", "a\r"),
        ("abc", "ends_with", "bc"), ("abc", "regex", "a.c"), ("abcd", "regex", "a[b]c"),
        ("9", "less_than", "10"),
        ("10", "less_or_equal", "10.0"), (" 1e3\n", "greater_than", "999"), ("-1", "greater_or_equal", "-1"),
    ]) func `holds`(text: String, comparison: String, match: String) async throws {
        let (yes, no) = try await taken(text, comparison, match)
        #expect(yes == ChatMessage(text))
        #expect(no == nil)
    }

    @Test(arguments: [
        ("yes", "equals", "Yes"), ("yes", "not_equals", "yes"), ("abc", "contains", "d"),
        ("abc", "not_contains", "c"),
        ("abc", "starts_with", "b"), ("abc", "ends_with", "b"), ("xabc", "regex", "abc"),
        ("10", "less_than", "9"),
        ("many", "less_than", "9"), ("", "greater_than", "0"), ("1 2", "greater_or_equal", "0"),
        ("nan", "equals", "0"), ("nan", "less_or_equal", "0"),
    ]) func `does not hold`(text: String, comparison: String, match: String) async throws {
        let (yes, no) = try await taken(text, comparison, match)
        #expect(yes == nil)
        #expect(no == ChatMessage(text))
    }

    @Test(arguments: ["equals", "contains", "starts_with", "ends_with", "regex"])
    func `ignores case when told to`(comparison: String) async throws {
        #expect(try await taken("YES É", comparison, "yes é", ["case_sensitive": false]).yes != nil)
        #expect(try await taken("YES É", comparison, "yes é").yes == nil)
    }

    @Test func `sends the message along the branch that is taken`() async throws {
        let message = ChatMessage("All of it", role: .assistant, name: "AI", files: ["a.pdf"])
        let inputs: [String: any Payload] = ["message": message]
        #expect(try await taken("yes", "equals", "yes", inputs: inputs).yes == message)
        #expect(try await taken("no", "equals", "yes", inputs: inputs).no == message)
    }

    @Test func `sends another message instead, by an edge before a constant`() async throws {
        let constants: [String: JSONValue] = ["true_message": "Good", "false_message": "Bad"]
        let message = ChatMessage("All of it")
        let inputs: [String: any Payload] = ["message": message]
        #expect(try await taken("y", "equals", "y", constants, inputs: inputs).yes == ChatMessage("Good"))
        #expect(try await taken("n", "equals", "y", constants, inputs: inputs).no == ChatMessage("Bad"))
        let edges: [String: any Payload] = ["true_message": ChatMessage("Better"), "message": message]
        #expect(try await taken("y", "equals", "y", constants, inputs: edges).yes == ChatMessage("Better"))
        let blank: [String: any Payload] = ["true_message": ChatMessage(""), "message": message]
        #expect(try await taken("y", "equals", "y", inputs: blank).yes == message)
    }

    @Test func `compares with what an edge brings`() async throws {
        #expect(try await taken("b", "equals", "a", inputs: ["match": "b"]).yes != nil)
    }

    @Test func `says what it cannot compare with`() async {
        let number = await failure { _ = try await taken("1", "less_than", "many") }
        #expect(number.map { "\($0)".contains("“many”") } == true)
        let pattern = await failure { _ = try await taken("1", "regex", "(") }
        #expect(pattern.map { "\($0)".contains("character 1") } == true)
    }

    @Test func `leaves out what hangs on the other branch`() async throws {
        let graph = FlowGraph(
            inputs: [.init(name: "text", type: "text")],
            components: [
                .init(id: "if", type: "If", parameters: ["match": "yes"]), .init(id: "yes", type: "Pass"),
                .init(id: "no", type: "Pass"), .init(id: "end", type: "CombineText"),
            ],
            edges: [
                .init(from: PortReference("input", "text"), to: PortReference("if", "text")),
                .init(from: PortReference("if", "true_result"), to: PortReference("yes", "message")),
                .init(from: PortReference("if", "false_result"), to: PortReference("no", "message")),
                .init(from: PortReference("yes", "message"), to: PortReference("end", "texts")),
                .init(from: PortReference("no", "message"), to: PortReference("end", "texts")),
            ], outputs: ["output": PortReference("end", "message")])
        let outcome = try await run(graph, inputs: ["text": "yes"], catalog: .plain())
        #expect(outcome.output(ChatMessage.self)?.text == "yes")
        #expect(outcome.traces.first { $0.component == "no" }?.outcome == .skipped)
        #expect(outcome.traces.first { $0.component == "yes" }?.outcome == .finished)
    }
}
