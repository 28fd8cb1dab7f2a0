import Components
import Flow
import JSONValue
import Testing

@Suite struct `A sub-flow` {
    /// A flow that puts a word before what it is given.
    private let polite = FlowDefinition(
        name: "polite",
        graph: FlowGraph(
            components: [
                .init(id: "in", type: "ChatInput"),
                .init(id: "prompt", type: "PromptTemplate", parameters: ["template": "Please: {text}"]),
                .init(id: "out", type: "ChatOutput"),
            ],
            edges: [
                .init(from: PortReference("input", "message"), to: PortReference("in", "message")),
                .init(from: PortReference("in", "message"), to: PortReference("prompt", "text")),
                .init(from: PortReference("prompt", "prompt"), to: PortReference("out", "message")),
            ], outputs: ["message": PortReference("out", "message")]))

    private func answer(_ body: FlowBody, _ text: String) async throws -> ChatMessage? {
        try await run(
            one: "SubFlow", bodies: ["flow": body], inputs: ["message": ChatMessage(text)],
            facts: [FlowInput(ChatMessage("the person's"), session: "s")], catalog: .plain(),
            library: [polite]
        ).output(ChatMessage.self, named: "message")
    }

    @Test func `runs a flow by its name, with what it is given`() async throws {
        let said = ChatMessage("Please: sit", role: .assistant, name: "AI")
        #expect(try await answer(.named("polite"), "sit") == said)
    }

    @Test func `runs a graph that is written there`() async throws {
        #expect(try await answer(.graph(polite.graph), "sit")?.text == "Please: sit")
    }

    @Test func `says when its flow made no answer`() async {
        let graph = FlowGraph(
            components: [.init(id: "if", type: "If", parameters: ["match": "yes"])],
            edges: [.init(from: PortReference("input", "message"), to: PortReference("if", "text"))],
            outputs: ["message": PortReference("if", "true_result")])
        let error = await failure { _ = try await answer(.graph(graph), "no") }
        #expect(error.map { "\($0)".contains("without an answer") } == true)
    }

    @Test func `cannot call a flow that is not there`() async {
        let error = await failure { _ = try await answer(.named("rude"), "sit") }
        #expect(error.map { "\($0)".contains("rude") } == true)
    }

    @Test func `pass passes on`() async throws {
        let message = ChatMessage("Hello", files: ["a.pdf"])
        let outcome = try await run(one: "Pass", inputs: ["message": message], catalog: .plain())
        #expect(outcome.output(ChatMessage.self, named: "message") == message)
    }
}
