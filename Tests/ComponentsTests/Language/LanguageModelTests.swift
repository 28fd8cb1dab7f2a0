import Concurrency
import Flow
import JSONValue
import Models
import TestSupport
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `Language models of flows` {
    @Test func `are found by name, the first one for none`() throws {
        let models = LanguageModels([
            .init(ScriptedGenerator([], name: "a")), .init(ScriptedGenerator([], name: "b"), name: "fast"),
        ])
        #expect(models.names == ["a", "fast"])
        #expect(try models.model("").generator.name == "a")
        #expect(try models.model("fast").generator.name == "b")
        #expect(throws: LanguageModelError.unknown(model: "b", known: ["a", "fast"])) {
            try models.model("b")
        }
        #expect(throws: LanguageModelError.noneConfigured) { try LanguageModels.none.model("") }
    }

    @Test func `that only quote are refused with the settings to give`() throws {
        let models = LanguageModels([.init(ExtractiveGenerator(embedder: HashingEmbedder()))])
        #expect(throws: LanguageModelError.extractive(model: "extractive")) { try models.model("") }
        #expect(!models.hasStandard)
        for error in [LanguageModelError.extractive(model: "extractive"), .noneConfigured] {
            for key in ["answers.provider", "openai.answer_model", "bedrock.answer_model"] {
                #expect("\(error)".contains(key))
            }
        }
    }

    @Test(arguments: ["LanguageModel", "Agent", "StructuredOutput", "Router", "MultiQuery", "HyDE"])
    func `that are not there fail the component that wants one`(type: String) async {
        let input = type == "MultiQuery" || type == "HyDE" ? "question" : "input"
        let parameters: [String: JSONValue] =
            type == "StructuredOutput" ? ["schema": ["type": "object"]] : [:]
        let error = await failure(
            one: type, parameters, inputs: [input: ChatMessage("Hello")],
            catalog: .language(LanguageModels.none))
        #expect(error as? LanguageModelError == .noneConfigured)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A language model` {
    private func graph(_ parameters: [String: JSONValue] = [:]) -> FlowGraph {
        FlowGraph(
            inputs: [.init(name: "input", type: "message")],
            components: [.init(id: "it", type: "LanguageModel", parameters: parameters)],
            edges: [.init(from: PortReference("input", "input"), to: PortReference("it", "input"))],
            outputs: ["message": PortReference("it", "message")])
    }

    @Test func `answers, streams what it writes, and notes what it used`() async throws {
        let model = ScriptedGenerator([.says("Hello ", "you.", tokens: (1_000_000, 500_000))])
        let catalog = ComponentCatalog.language(model, price: ModelPrice(input: 2, output: 4))
        let (outcome, emissions) = try await follow(
            graph(["system_message": "Be kind.", "temperature": 0.5, "max_tokens": 20]),
            inputs: ["input": ChatMessage("Hi")], catalog: catalog)
        #expect(
            outcome.output(ChatMessage.self, named: "message")
                == ChatMessage("Hello you.", role: .assistant, name: "AI"))
        #expect(emissions.compactMap { ($0 as? TextEmission)?.text } == ["Hello ", "you."])
        let notes = outcome.traces.first?.notes
        #expect(notes?["input_tokens"] == 1_000_000)
        #expect(notes?["output_tokens"] == 500_000)
        #expect(notes?["dollars"] == 4)
        let request = try #require(model.requests.first)
        #expect(request.messages == [Message(.system, "Be kind."), Message(.user, "Hi")])
        #expect(request.temperature == 0.5)
        #expect(request.maxTokens == 20)
    }

    private static let blocked = GuardrailIntervention(
        guardrail: "gr1", version: "1", policies: [.word], places: [.answer], requestID: "aws-1")

    private func guarded(_ words: String) -> ScriptedGenerator {
        ScriptedGenerator([
            .events([.text(words), .intervened(Self.blocked), .finished(.filtered)])
        ])
    }

    @Test func `before which a guardrail stands hands on its words, and why`() async throws {
        let (outcome, _) = try await follow(
            graph(), inputs: ["input": ChatMessage("Hi")], catalog: .language(guarded("Not that.")))
        let message = try #require(outcome.output(ChatMessage.self, named: "message"))
        #expect(message.text == "Not that." && message.withheld == Self.blocked)
        #expect(message.json["withheld"]?["request_id"] == "aws-1")
        #expect(message.json["withheld"] == Self.blocked.json, "as everywhere else")
        #expect(try ChatMessage(json: message.json) == message)
        #expect(outcome.traces.first?.notes["withheld"] == 1)
        // Without words there is nothing to show.
        let error = await failure(
            one: "LanguageModel", inputs: ["input": ChatMessage("Hi")], catalog: .language(guarded(" ")))
        #expect(
            error as? LanguageModelError == .withheld(component: "it", model: "scripted", Self.blocked))
        #expect("\(error as Any)".contains("aws-1"))
    }

    @Test(arguments: ["StructuredOutput", "Router", "MultiQuery", "HyDE"])
    func `whose answer is worked with fails where a guardrail speaks in its place`(type: String) async {
        let input = type == "MultiQuery" || type == "HyDE" ? "question" : "input"
        let parameters: [String: JSONValue] =
            switch type {
            case "StructuredOutput": ["schema": ["type": "object"]]
            case "Router": ["routes": [["name": "a", "description": "A."]]]
            default: [:]
            }
        let error = await failure(
            one: type, parameters, inputs: [input: ChatMessage("Hello")],
            catalog: .language(guarded("Not that.")))
        #expect(
            error as? LanguageModelError == .withheld(component: "it", model: "scripted", Self.blocked))
    }

    @Test func `that is not to stream tells nothing on the way`() async throws {
        let model = ScriptedGenerator([.says("Hello.")])
        let (_, emissions) = try await follow(
            graph(["stream": false]), inputs: ["input": ChatMessage("Hi")], catalog: .language(model))
        #expect(emissions.isEmpty)
    }

    @Test func `is told the system text of an edge before its parameter's, and the history`() async throws {
        let model = ScriptedGenerator([.says("Hello.")])
        _ = try await run(
            one: "LanguageModel", ["system_message": "no"],
            inputs: ["input": ChatMessage("Hi"), "system": "yes"],
            lists: ["history": [[ChatMessage("a"), ChatMessage("b", role: .assistant)]]],
            catalog: .language(model))
        #expect(model.requests.first?.messages.map(\.text) == ["yes", "a", "b", "Hi"])
    }

    @Test func `whose thoughts are all that it wrote is an error`() async throws {
        let model = ScriptedGenerator([
            .events([.reasoning(Reasoning(text: "Hm.")), .finished(.maxTokens)])
        ])
        let error = await failure(
            one: "LanguageModel", inputs: ["input": ChatMessage("Hi")], catalog: .language(model))
        #expect(
            error as? LanguageModelError
                == .nothingWritten(component: "it", model: "scripted", reason: .maxTokens))
        #expect("\(error as Any)".contains("max_tokens"))
    }

    @Test func `that writes without end is stopped`() async throws {
        let piece = String(repeating: "x", count: 1 << 20)
        let model = ScriptedGenerator([
            .events(Array(repeating: .text(piece), count: 6) + [.finished(.complete)])
        ])
        let error = await failure(
            one: "LanguageModel", ["stream": false], inputs: ["input": ChatMessage("Hi")],
            catalog: .language(model))
        #expect(
            error as? LanguageModelError
                == .tooLong(component: "it", model: "scripted", limitBytes: ModelSession.answerLimitBytes))
    }

    @Test func `stops the run when its tokens are used up`() async throws {
        let model = ScriptedGenerator([.says("Hello.", tokens: (60, 60))])
        await #expect {
            _ = try await run(
                graph(), inputs: ["input": ChatMessage("Hi")], catalog: .language(model),
                budget: RunBudget(tokens: 100))
        } throws: { error in
            if case FlowError.budget(_, .tokens, _) = error { true } else { false }
        }
    }
}
