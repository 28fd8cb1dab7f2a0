import Components
import Flow
import JSONValue
import Testing

@Suite struct `A prompt template` {
    private func prompt(
        _ template: String, _ syntax: String = "braces", values: JSONValue = [:],
        inputs: [String: any Payload] = [:]
    ) async throws -> String? {
        try await run(
            one: "PromptTemplate",
            ["template": .string(template), "syntax": .string(syntax), "values": values], inputs: inputs,
            catalog: .plain()
        ).output(ChatMessage.self, named: "prompt")?.text
    }

    private func reason(_ template: String, _ syntax: String = "braces", values: JSONValue = [:]) async
        -> String
    {
        let error = await failure { _ = try await prompt(template, syntax, values: values) }
        return error.map { "\($0)" } ?? "nothing"
    }

    @Test func `fills variables from edges and constants`() async throws {
        let text = try await prompt(
            "{greeting}, {name}! {greeting} again, from {place}: {{not}} a variable, {numbers}.",
            values: ["greeting": "Hello", "place": 7, "numbers": [1, 2], "unused": "x"],
            inputs: ["name": ChatMessage("Ada")])
        #expect(text == "Hello, Ada! Hello again, from 7: {not} a variable, [1,2].")
    }

    @Test func `has one input for each variable, however often it stands`() throws {
        let alone = LoneComponent(
            "PromptTemplate", ["template": "{a} {b} {a}"], inputs: ["a": "1", "b": "2"], catalog: .plain())
        _ = try PlanCompiler(catalog: .plain()).plan(FlowDefinition(name: "t", graph: alone.graph))
        let wrong = LoneComponent(
            "PromptTemplate", ["template": "{a}"], inputs: ["a": "1", "b": "2"], catalog: .plain())
        #expect(throws: FlowError.self) {
            try PlanCompiler(catalog: .plain()).plan(FlowDefinition(name: "t", graph: wrong.graph))
        }
    }

    @Test func `prefers an edge to a constant`() async throws {
        #expect(try await prompt("{a}", values: ["a": "constant"], inputs: ["a": "edge"]) == "edge")
    }

    @Test func `never reads again what it put in`() async throws {
        #expect(try await prompt("{a} {b}", values: ["a": "{b}", "b": "{{a}}"]) == "{b} {{a}}")
        #expect(try await prompt("{{a}} {{b}}", "mustache", values: ["a": "{{b}}", "b": "x"]) == "{{b}} x")
    }

    @Test func `names a variable that nothing gives`() async {
        #expect(await reason("Hello {name}").contains("“name”"))
        #expect(await reason("Hello {name}", values: ["name": nil]).contains("“name”"))
        #expect(await reason("{{question}}", "mustache").contains("“question”"))
        #expect(await reason("x", values: [1]).contains("array"))
    }

    @Test func `reads Mustache's variables and leaves single braces alone`() async throws {
        let text = try await prompt(
            "{\"a\": 1} {{ name }} {name} {{", "mustache", values: ["name": "Ada"])
        #expect(text == "{\"a\": 1} Ada {name} {{")
    }

    @Test(arguments: ["{{#a}}x{{/a}}", "{{{a}}}", "{{a.b}}", "{{> a}}", "{{}}", "{{a b}}"])
    func `refuses what Mustache has beyond variables`(template: String) async {
        #expect(await reason(template, "mustache").contains("at character 1"))
    }

    @Test(arguments: [
        ("a { b", "character 3"), ("a } b", "character 3"), ("{}", "character 1"),
        ("x {\"a\": 1}", "character 3"),
        ("{a b}", "{a b}"), ("{a{b}}", "character 1"), ("{a.b}", "{a.b}"),
    ]) func `says where braces stand that are no variable`(template: String, place: String) async {
        let reason = await reason(template)
        #expect(reason.contains(place))
        #expect(reason.contains("{{") || reason.contains("}}"))
    }

    @Test func `takes names of any script and counts places in them`() async throws {
        #expect(try await prompt("{größe-2}/{名}", values: ["größe-2": 1, "名": 2]) == "1/2")
        #expect(try await prompt("") == "")
    }

    @Test func `limits its variables and its length`() async {
        let many = (0...200).map { "{v\($0)}" }.joined()
        #expect(await reason(many).contains("200"))
        let long = String(repeating: "{a}", count: 1_000)
        let value = JSONValue.string(String(repeating: "x", count: 20_000))
        #expect(await reason(long, values: ["a": value]).contains("bytes"))
    }
}
