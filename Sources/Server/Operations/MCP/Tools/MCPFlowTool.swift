import Components
import Concurrency
import Flow
import FlowService
import JSONValue
import Workspace

/// A published flow as a tool: what it says, with what that rests on.
///
/// A run belongs to no conversation: what a model knows it says anew, and leaves nothing behind for the next caller.
struct MCPFlowTool: MCPTool {
    let flow: StoredFlow
    /// What the flow takes, besides what is said to it: the ids of its text inputs, with what people call them.
    let inputs: [(id: String, title: String)]
    /// Whether anything is said to it.
    let takesMessage: Bool
    let name: String
    let service: FlowService
    let runs: FlowRuns

    private static let message = "input"

    init(
        _ flow: StoredFlow, _ definition: FlowDefinition, name: String, service: FlowService, runs: FlowRuns
    ) {
        self.flow = flow
        self.name = name
        self.service = service
        self.runs = runs
        let components = definition.graph.components
        takesMessage = components.contains { ["ChatInput", "QuestionInput"].contains($0.type) }
        inputs = components.filter { $0.type == "TextInput" && $0.id != Self.message }
            .map { ($0.id, $0.title ?? $0.id) }
    }

    var declaration: MCPToolDeclaration {
        let texts = Dictionary(
            inputs.map { ($0.id, JSONSchema.text.described("the input “\($0.title)”")) },
            uniquingKeysWith: { first, _ in first })
        let message = [Self.message: JSONSchema.text.described("what is said to the flow")]
        let about =
            flow.description.isEmpty ? "" : " What its maker says of it: \(flow.description.prefix(1_000))"
        return MCPToolDeclaration(
            name: name, scope: .flows, title: String(flow.name.prefix(200)),
            description: """
                Runs the flow “\(flow.name.prefix(200))”, which somebody of the company has made and published, and \
                returns what it says, with citations where it has any. Earlier calls are not remembered.\(about)
                """,
            input: .object(required: takesMessage ? message : [:], optional: texts),
            output: .object(required: [
                "notice": MCPMaterial.schema, "run": JSONSchema.text.described("the id of the run"),
                "text": JSONSchema.text.described("everything that it says"),
                "outputs": .list(
                    of: .object(required: ["component": .text, "title": .text, "text": .text])
                ).described("what each of its outputs says"),
                "citations": .list(
                    of: .object(
                        required: ["number": .integer, "title": .text, "quote": .text],
                        optional: [
                            "url": .text, "id": JSONSchema.text.described("what “fetch” takes"),
                        ])),
            ]), tellsProgress: true, isReadOnly: false)
    }

    func call(
        _ arguments: MCPArguments, caller: Caller, progress: MCPProgress?
    ) async throws -> MCPToolResult {
        try arguments.expectOnly((takesMessage ? [Self.message] : []) + inputs.map(\.id))
        var values: [String: String] = [:]
        for input in inputs where arguments.members[input.id] != nil {
            values[input.id] = try arguments.text(input.id)
        }
        let request = FlowRequest(
            ChatMessage(takesMessage ? try arguments.text(Self.message) : ""), values: values, isKept: false)
        return Self.told(
            try await runs.limited(caller) {
                guard let progress else {
                    return try await service.run(request, of: flow.id, as: caller.flowCaller)
                }
                return try await followed(request, caller, progress)
            })
    }

    /// The same, with each step told as it begins.
    private func followed(
        _ request: FlowRequest, _ caller: Caller, _ progress: MCPProgress
    ) async throws -> FlowResponse {
        var step = 0
        let reading = try await service.events(request, of: flow.id, as: caller.flowCaller)
        for try await event in runs.watched(reading.events, for: caller) {
            switch event.kind {
            case .stepBegan(let component, _):
                step += 1
                await progress(step, component)
            case .finished(let response): return response
            case .failed(let failure): throw FlowServiceError.failedRun(failure)
            default: continue
            }
        }
        throw CancellationError()
    }

    private static func told(_ response: FlowResponse) -> MCPToolResult {
        let outputs = response.outputs.map { output in
            [
                "component": .string(output.component), "title": .string(output.title),
                "text": .string(output.message.text),
            ] as JSONValue
        }
        let citations = response.outputs.flatMap(\.message.citations)
        let text = response.outputs.map(\.message.text).filter { !$0.isEmpty }.joined(separator: "\n\n")
        let sources = citations.map { "[\($0.number)] \($0.title)" + ($0.url.map { " – \($0)" } ?? "") }
        let whole = [text] + (sources.isEmpty ? [] : ["", "Sources:"] + sources)
        return MCPToolResult(
            structured: [
                "notice": .string(MCPMaterial.notice), "run": .string(response.runID), "text": .string(text),
                "outputs": .array(outputs), "citations": .array(citations.map(Self.json)),
            ], text: whole.joined(separator: "\n"))
    }

    private static func json(_ citation: ChatMessage.Citation) -> JSONValue {
        var members: [String: JSONValue] = [
            "number": .integer(citation.number), "title": .string(citation.title),
            "quote": .string(citation.quote),
        ]
        if let url = citation.url { members["url"] = .string(url) }
        if let passage = citation.passage { members["id"] = .string(String(passage)) }
        return .object(members)
    }
}
