import Concurrency
import JSONValue
import Models
import Synchronization

/// A model that says what it is told to say, one turn a request, and refuses what providers refuse.
final class ScriptedGenerator: Generator {
    enum Turn: Sendable {
        case events([GenerationEvent])
        case failure(any Error)
        /// Waits until it is cancelled.
        case stuck
    }

    private struct State {
        var turns: [Turn]
        var requests: [GenerationRequest] = []
    }

    let name: String
    private let repeatsLast: Bool
    /// A provider such as Bedrock: a conversation with calls has to name its tools.
    private let wantsTools: Bool
    private let state: Mutex<State>

    /// - Parameter repeatsLast: whether the last turn is said again and again.
    init(_ turns: [Turn], name: String = "scripted", repeatsLast: Bool = false, wantsTools: Bool = true) {
        self.name = name
        self.repeatsLast = repeatsLast
        self.wantsTools = wantsTools
        state = Mutex(State(turns: turns))
    }

    /// What it was asked, in order.
    var requests: [GenerationRequest] { state.withLock { $0.requests } }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [self] in
            try request.check()
            try checkCalls(request)
            let turn = state.withLock { state -> Turn in
                state.requests.append(request)
                guard let turn = state.turns.first else { return .failure(ScriptIsOver()) }
                if state.turns.count > 1 || !repeatsLast { state.turns.removeFirst() }
                return turn
            }
            switch turn {
            case .failure(let error): throw error
            case .stuck:
                try await Task.sleep(for: .seconds(3_600))
                return { nil }
            case .events(let events):
                var rest = events.makeIterator()
                return { rest.next() }
            }
        })
    }

    /// Each turn with calls is followed by all of their results.
    private func checkCalls(_ request: GenerationRequest) throws {
        for (offset, message) in request.messages.enumerated() {
            let calls = message.parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
            guard !calls.isEmpty else { continue }
            if wantsTools, request.tools.isEmpty { throw Refused(reason: "calls without tools") }
            guard calls.allSatisfy({ $0.arguments.object != nil }) else {
                throw Refused(reason: "arguments that are no object")
            }
            let results = request.messages.dropFirst(offset + 1).first?.results ?? []
            guard results.map(\.callID) == calls.map(\.id) else {
                throw Refused(reason: "calls without results")
            }
        }
    }

    struct ScriptIsOver: Error {}
    struct Refused: Error {
        var reason: String
    }
}

extension ScriptedGenerator.Turn {
    /// An answer in pieces, and what it used.
    static func says(
        _ pieces: String..., reason: StopReason = .complete, tokens: (Int, Int)? = (10, 5)
    ) -> ScriptedGenerator.Turn {
        .events(pieces.map { .text($0) } + used(tokens) + [.finished(reason)])
    }

    /// Calls of tools with their arguments, after some text.
    static func calls(
        _ calls: [(String, JSONValue)], saying text: String = "", thinking thought: Reasoning? = nil,
        ids: [String]? = nil, tokens: (Int, Int)? = (10, 5)
    ) -> ScriptedGenerator.Turn {
        var events: [GenerationEvent] = thought.map { [.reasoning($0)] } ?? []
        if !text.isEmpty { events.append(.text(text)) }
        events += calls.enumerated().map { offset, call in
            .toolCall(ToolCall(id: ids?[offset] ?? "c\(offset)", name: call.0, arguments: call.1))
        }
        return .events(events + used(tokens) + [.finished(.toolCalls)])
    }

    private static func used(_ tokens: (Int, Int)?) -> [GenerationEvent] {
        tokens.map { [.usage(TokenUsage(inputTokens: $0.0, outputTokens: $0.1))] } ?? []
    }
}

extension Message {
    var results: [ToolResult] {
        parts.compactMap { if case .toolResult(let result) = $0 { result } else { nil } }
    }
}

extension ToolResult {
    /// What it tells, as text.
    var told: String {
        switch content {
        case .text(let text): text
        case .json(let value): (try? value.text()) ?? ""
        }
    }
}
