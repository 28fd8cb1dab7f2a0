import Components
import Flow
import JSONValue
import Testing

@Suite struct `Inputs and outputs` {
    private func said(
        by type: String, _ input: FlowInput? = nil, _ parameters: [String: JSONValue] = [:],
        inputs: [String: any Payload] = [:]
    ) async throws -> ChatMessage? {
        try await run(
            one: type, parameters, inputs: inputs, facts: input.map { [$0] } ?? [], catalog: .plain()
        ).output(ChatMessage.self, named: "message")
    }

    @Test func `a chat input gives the run's message, files included`() async throws {
        let message = ChatMessage("Hello", files: ["plan.pdf"])
        let said = try await said(by: "ChatInput", FlowInput(message, session: "s"))
        #expect(said == ChatMessage("Hello", name: "User", files: ["plan.pdf"]))
    }

    @Test func `a chat input prefers the run's value for itself`() async throws {
        let input = FlowInput(
            ChatMessage("Hello"), values: ["it": "Mine", "other": "Not mine"], session: "s")
        #expect(try await said(by: "ChatInput", input)?.text == "Mine")
    }

    @Test func `a chat input falls back on its own text`() async throws {
        let parameters: [String: JSONValue] = ["text": "Standard", "sender_name": "Ada"]
        let standard = ChatMessage("Standard", name: "Ada")
        #expect(try await said(by: "ChatInput", nil, parameters) == standard)
        let empty = FlowInput(ChatMessage(""), session: "s")
        #expect(try await said(by: "ChatInput", empty, parameters) == standard)
        let file = FlowInput(ChatMessage("", files: ["plan.pdf"]), session: "s")
        #expect(try await said(by: "ChatInput", file, parameters)?.files == ["plan.pdf"])
    }

    @Test func `a chat input keeps a name that the message has, and an explicit empty value`() async throws {
        let named = FlowInput(ChatMessage("Hello", name: "Emmy"), session: "s")
        #expect(try await said(by: "ChatInput", named)?.name == "Emmy")
        let emptied = FlowInput(ChatMessage("Hello"), values: ["it": ""], session: "s")
        #expect(try await said(by: "ChatInput", emptied, ["text": "Standard"])?.text == "")
    }

    @Test func `a chat input within another flow takes what it is given`() async throws {
        let given = ChatMessage("Inner", role: .assistant, name: "AI")
        let said = try await said(
            by: "ChatInput", FlowInput(ChatMessage("Outer"), session: "s"), inputs: ["message": given])
        #expect(said == given)
    }

    @Test func `a text input gives its own value and never the run's message`() async throws {
        let input = FlowInput(ChatMessage("Hello"), session: "s")
        #expect(try await said(by: "TextInput", input, ["text": "Mine"])?.text == "Mine")
        let valued = FlowInput(ChatMessage("Hello"), values: ["it": "Given"], session: "s")
        #expect(try await said(by: "TextInput", valued, ["text": "Mine"])?.text == "Given")
    }

    @Test func `a webhook input gives what was sent`() async throws {
        let cases: [(JSONValue, Record)] = [
            (["a": 1], Record(["a": 1])), (["b"], Record(["payload": ["b"]])),
            ("text", Record(["payload": "text"])),
        ]
        for (sent, record) in cases {
            let input = FlowInput(ChatMessage(""), session: "s", webhook: sent)
            let outcome = try await run(one: "WebhookInput", facts: [input], catalog: .plain())
            #expect(outcome.output(Record.self, named: "data") == record)
        }
    }

    @Test func `a webhook input fails when nothing was sent`() async {
        let input = FlowInput(ChatMessage("Hello"), session: "s")
        for facts in [[], [input]] as [[any Sendable]] {
            let error = await failure(one: "WebhookInput", facts: facts, catalog: .plain())
            #expect(error.map { "\($0)".contains("Begin this flow by its webhook") } == true)
        }
    }

    @Test func `a chat output speaks under its name and tells it`() async throws {
        let citation = ChatMessage.Citation(number: 1, title: "T", url: nil, passage: 7, quote: "q")
        let message = ChatMessage("It is so [1].", role: .user, name: "User", citations: [citation])
        let alone = LoneComponent(
            "ChatOutput", ["sender_name": "Guide"], inputs: ["message": message], catalog: .plain())
        let (outcome, emissions) = try await follow(alone.graph, inputs: alone.inputs, catalog: .plain())
        let said = ChatMessage("It is so [1].", role: .assistant, name: "Guide", citations: [citation])
        #expect(outcome.output(ChatMessage.self, named: "message") == said)
        #expect(emissions.compactMap { ($0 as? MessageEmission)?.message } == [said])
    }

    @Test func `text and data outputs pass on what they get`() async throws {
        let message = ChatMessage("Hello", role: .assistant, name: "AI")
        #expect(try await said(by: "TextOutput", nil, inputs: ["message": message]) == message)
        #expect(try await said(by: "TextOutput", nil, inputs: ["message": "Hello"])?.text == "Hello")
        let outcome = try await run(
            one: "DataOutput", inputs: ["value": Record(["n": 1])], catalog: .plain())
        #expect(outcome.output(JSONValue.self, named: "value") == ["n": 1])
    }
}
