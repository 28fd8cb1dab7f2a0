import Concurrency
import JSONValue
import Models
import Synchronization

/// Calls the tools that the user's message names, each with the city Oslo; repeats what they returned once it is there.
final class ToolTestModel: Generator {
    let name = "tools"
    private let asked = Mutex<[GenerationRequest]>([])

    /// What it was asked, in order.
    var requests: [GenerationRequest] { asked.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [self] in
            try request.check()
            asked.withLock { $0.append(request) }
            var rest = Self.answer(request).makeIterator()
            return { rest.next() }
        })
    }

    private static func answer(_ request: GenerationRequest) -> [GenerationEvent] {
        let usage = GenerationEvent.usage(TokenUsage(inputTokens: 10, outputTokens: 5))
        let results = request.messages.flatMap(\.parts).compactMap { part -> String? in
            guard case .toolResult(let result) = part, case .text(let text) = result.content else {
                return nil
            }
            return text
        }
        let said = request.messages.last { $0.role == .user }?.text ?? ""
        let called = request.tools.filter { said.contains($0.name) }
        if !results.isEmpty {
            return [.text("They said: " + results.joined(separator: ", ")), usage, .finished(.complete)]
        }
        guard !called.isEmpty else { return [.text("I heard: " + said), usage, .finished(.complete)] }
        return [.text("Let me see.")]
            + called.enumerated().map { offset, tool in
                .toolCall(
                    ToolCall(id: "call_\(offset)", name: tool.name, arguments: ["city": "Oslo"]))
            } + [usage, .finished(.toolCalls)]
    }
}
