import Concurrency
import Foundation
import HTTPTypes
import JSONValue
import Models
import Testing

@testable import Server

/// Flows that the tests keep, as `POST /v1/flows` takes them.
enum TestFlow {
    /// Says what it is told.
    static let echo = """
        {"name": "Echo", "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "out.message"}], "output": "out.message"}
        """
    /// Says what was said before.
    static let memory = """
        {"name": "Memory", "components": [
           {"id": "memory", "type": "Memory", "parameters": {"template": "{sender}: {text}"}},
           {"id": "prompt", "type": "PromptTemplate", "parameters": {"template": "Before: {said}"}},
           {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "memory.text", "to": "prompt.said"}, {"from": "prompt.prompt", "to": "out.message"}],
         "output": "out.message"}
        """
    /// Lets a model answer.
    static let model = """
        {"name": "Model", "components": [{"id": "in", "type": "ChatInput"}, {"id": "model", "type": "LanguageModel"},
           {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "model.input"}, {"from": "model.message", "to": "out.message"}],
         "output": "out.message"}
        """
    /// Lets a model call a calculator first.
    static let agent = """
        {"name": "Agent", "components": [{"id": "in", "type": "ChatInput"}, {"id": "agent", "type": "Agent"},
           {"id": "calculator", "type": "Calculator"}, {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "agent.input"}, {"from": "calculator.tool", "to": "agent.tools"},
           {"from": "agent.message", "to": "out.message"}],
         "output": "out.message"}
        """
}

extension ServerFixture {
    /// Keeps a flow, found by its name in lower case.
    @discardableResult
    func keep(_ flow: String, at endpoint: String, headers: HTTPFields = [:]) async throws -> String {
        let response = try await respond(
            .post, "/v1/flows", json: #"{"flow": \#(flow), "endpoint": "\#(endpoint)"}"#, headers: headers)
        #expect(response.status == .created)
        let location = try #require(response.headers[.location])
        return String(location.split(separator: "/").last ?? "")
    }

    func post(_ path: String, _ json: String, headers: HTTPFields = [:]) async throws -> JSONValue {
        try await respond(.post, path, json: json, headers: headers).json
    }
}

extension APIResponse {
    /// The frames of a stream that other products have laid down, as they are sent.
    func frames() async throws -> [String] {
        guard case .events(let stream) = body else { return [] }
        var frames: [String] = []
        for await event in stream.events(heartbeat: .seconds(600)) {
            if case .raw(let data) = event { frames.append(String(decoding: data, as: UTF8.self)) }
        }
        return frames
    }

    /// The JSON behind `data: ` of each frame; a frame that holds none is left out.
    func frameData() async throws -> [JSONValue] {
        try await frames().compactMap { frame in
            guard let line = frame.split(separator: "\n").first(where: { $0.hasPrefix("data: {") }) else {
                return nil
            }
            return try JSONDecoder().decode(JSONValue.self, from: Data(line.dropFirst("data: ".count).utf8))
        }
    }
}

extension JSONValue {
    subscript(_ index: Int) -> JSONValue? { list.indices.contains(index) ? list[index] : nil }

    /// The content of a chat completion.
    var content: String? { self["choices"]?[0]?["message"]?["content"]?.text }

    /// The texts of a response's messages.
    var outputText: String {
        (self["output"]?.list ?? []).filter { $0["type"]?.text == "message" }
            .flatMap { $0["content"]?.list ?? [] }.compactMap { $0["text"]?.text }.joined()
    }
}

/// A part of a text by the places of its Unicode scalars, as clients in Python read it.
func slice(_ text: String, from start: Double?, to end: Double?) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let start = start.flatMap({ Int(exactly: $0) }), let end = end.flatMap({ Int(exactly: $0) }),
        start >= 0, start <= end, end <= scalars.count
    else { return "out of range" }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<end])
    return String(view)
}

/// Writes some pieces, whatever it is asked; before that, it calls the first of its tools once.
struct WritingGenerator: Generator {
    let name = "writing"
    var pieces = ["This is ", "the ", "answer."]
    /// What it says before it calls a tool.
    var thoughts = "Let me see."

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        let hasResults = request.messages.contains { $0.role == .tool }
        if let tool = request.tools.first, !hasResults {
            let call = ToolCall(id: "call-1", name: tool.name, arguments: ["expression": "6*7"])
            return PulledSequence([.text(thoughts), .toolCall(call), .finished(.toolCalls)])
        }
        return PulledSequence(
            pieces.map { .text($0) } + [
                .usage(TokenUsage(inputTokens: 10, outputTokens: 5)), .finished(.complete),
            ])
    }
}
