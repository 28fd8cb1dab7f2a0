import Concurrency
import Foundation
import JSONValue
import Transport

/// One answer under way: the events of its stream to those of a generator, no faster than they are asked for.
final class OpenAIChatAnswer {
    private var events: PulledSequence<ServerSentEvent>.AsyncIterator
    private let exchange: OpenAIExchange
    /// The answer is the input of the one call that the model was made to make.
    private let isStructured: Bool
    private let stopSequences: [String]

    private var waiting: [GenerationEvent] = []
    private var splitter: OpenAIThoughtSplitter
    private var thought = ""
    private var tools = OpenAIToolPieces()
    private var usage: TokenUsage?
    private var finishReason: String?
    private var stopSequence: String?
    private var hasChoices = false
    private var hasRefused = false
    private var isFinished = false

    /// Largest thought that is put together.
    private static let thoughtLimitBytes = 1 << 20

    init(
        _ events: PulledSequence<ServerSentEvent>, _ exchange: OpenAIExchange, isStructured: Bool,
        beginsInThought: Bool, stopSequences: [String]
    ) {
        self.events = events.makeAsyncIterator()
        self.exchange = exchange
        self.isStructured = isStructured
        self.stopSequences = stopSequences
        splitter = OpenAIThoughtSplitter(beginsInThought: beginsInThought)
    }

    /// - Returns: `nil` after the last event. After an error there are no more events.
    func next() async throws(OpenAIError) -> GenerationEvent? {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            guard !isFinished else { return nil }
            do throws(OpenAIError) {
                try await read()
            } catch {
                isFinished = true
                waiting = []
                throw error
            }
        }
    }

    // MARK: The stream

    private func read() async throws(OpenAIError) {
        guard let event = try await nextEvent() else { return try end() }
        let text = event.data.trimmingCharacters(in: .whitespaces)
        guard text != "[DONE]" else {
            // Some servers end a whole answer without a reason; an answer that never began is none.
            if finishReason == nil, hasChoices { finishReason = "stop" }
            return try end()
        }
        guard !text.isEmpty else { return }
        let data = Data(text.utf8)
        if event.name == "error" { throw exchange.refusal(data) }
        let chunk = try exchange.decode(OpenAIChatChunk.self, from: data, what: "an event")
        if chunk.isError { throw exchange.refusal(data) }
        if let counts = chunk.usage { usage = TokenUsage(counts) ?? usage }
        // No more than one choice is asked for.
        if let choice = chunk.choices?.first(where: { ($0.index ?? 0) == 0 }) { try take(choice, data) }
    }

    private func nextEvent() async throws(OpenAIError) -> ServerSentEvent? {
        do {
            if let event = try await events.next() { return event }
        } catch let error as ServerSentEventError {
            throw exchange.unexpected("\(error)")
        } catch {
            let error = error as? TransportError ?? .cancelled
            // An answer that is whole is not harmed by what breaks behind it.
            guard finishReason != nil, error != .cancelled else { throw exchange.failure(error) }
        }
        // A cancelled task's stream may end without an error of its own.
        if Task.isCancelled { throw exchange.failure(.cancelled) }
        return nil
    }

    private func take(_ choice: OpenAIChatChunk.Choice, _ data: Data) throws(OpenAIError) {
        hasChoices = true
        if let delta = choice.delta ?? choice.message { try take(delta) }
        if let reason = choice.finish_reason, !reason.isEmpty { finishReason = reason }
        if let sequence = choice.stop_reason?.string { stopSequence = sequence }
        guard let error = choice.error, error != .null else { return }
        throw exchange.refusal((try? JSONEncoder().encode(["error": error])) ?? data)
    }

    private func take(_ delta: OpenAIChatChunk.Delta) throws(OpenAIError) {
        let told = delta.reasoning_content ?? delta.reasoning
        try think((told?.text ?? "") + (told?.thought ?? "") + (delta.content?.thought ?? ""))
        if let text = delta.content?.text { try take(splitter.take(text)) }
        if delta.refusal?.isEmpty == false { hasRefused = true }
        for piece in delta.tool_calls ?? [] { try take(piece) }
        if let function = delta.function_call { try take(OpenAIChatChunk.ToolPiece(function: function)) }
    }

    private func take(_ pieces: [OpenAIThoughtSplitter.Piece]) throws(OpenAIError) {
        for piece in pieces {
            switch piece {
            case .thought(let text): try think(text)
            case .answer(let text):
                endThought()
                if !isStructured { waiting.append(.text(text)) }
            }
        }
    }

    private func take(_ piece: OpenAIChatChunk.ToolPiece) throws(OpenAIError) {
        do throws(OpenAIToolPieces.Fault) {
            let (offset, arguments) = try tools.add(piece)
            endThought()
            if isStructured, offset == 0, !arguments.isEmpty { waiting.append(.text(arguments)) }
        } catch {
            switch error {
            case .tooManyCalls(let limit): throw exchange.unexpected("it has more than \(limit) calls")
            case .tooLong(let limitBytes):
                throw exchange.unexpected("the arguments of a call are longer than \(limitBytes) bytes")
            }
        }
    }

    private func think(_ text: String) throws(OpenAIError) {
        thought += text
        guard thought.utf8.count <= Self.thoughtLimitBytes else {
            throw exchange.unexpected("what the model thought is longer than \(Self.thoughtLimitBytes) bytes")
        }
    }

    private func endThought() {
        let text = thought.trimmingCharacters(in: .whitespacesAndNewlines)
        thought = ""
        if !text.isEmpty { waiting.append(.reasoning(Reasoning(text: text))) }
    }

    // MARK: The end

    private func end() throws(OpenAIError) {
        guard let finishReason else {
            throw exchange.broken("it ended without a finish reason")
        }
        try take(splitter.finish())
        endThought()
        let reason = try meaning(of: finishReason)
        if isStructured {
            try checkStructured(reason)
        } else {
            try addCalls(reason)
        }
        if let usage { waiting.append(.usage(usage)) }
        waiting.append(.finished(reason))
        isFinished = true
    }

    private func meaning(of reason: String) throws(OpenAIError) -> StopReason {
        if hasRefused { return .filtered }
        switch reason {
        case "length", "max_tokens": return .maxTokens
        case "content_filter": return .filtered
        case "error", "abort", "insufficient_system_resource":
            throw exchange.broken("the server gave up with the finish reason “\(reason)”")
        default: break
        }
        if isStructured { return .complete }
        // Some servers say `stop` after calls, too.
        if !tools.calls.isEmpty { return .toolCalls }
        if let stopSequence, stopSequences.contains(stopSequence) { return .stopSequence }
        guard reason != "tool_calls", reason != "function_call" else {
            throw exchange.unexpected("it ended for the sake of calls and has none")
        }
        return .complete
    }

    private func checkStructured(_ reason: StopReason) throws(OpenAIError) {
        guard tools.calls.isEmpty, reason == .complete else { return }
        throw exchange.unexpected(
            "the model did not call the tool that takes the answer; ask for JSON in another way")
    }

    private func addCalls(_ reason: StopReason) throws(OpenAIError) {
        // What the limit or a filter cut off is not called.
        let mayBeCut = reason == .maxTokens || reason == .filtered
        for (offset, call) in tools.calls.enumerated() where !(mayBeCut && call.arguments.isEmpty) {
            let text = call.arguments.allSatisfy(\.isWhitespace) ? "{}" : call.arguments
            let read = try? JSONValue(parsing: text)
            guard !call.name.isEmpty, !mayBeCut || read != nil else {
                if mayBeCut { continue }
                throw exchange.unexpected("a call names no tool")
            }
            // Arguments that are no JSON are the model's to mend: whoever calls the tool tells it so.
            let arguments = read ?? .string(text)
            let id = call.id.isEmpty ? "call_\(offset + 1)" : call.id
            waiting.append(.toolCall(ToolCall(id: id, name: call.name, arguments: arguments)))
        }
    }
}

extension TokenUsage {
    /// - Returns: `nil` for usage that counts nothing.
    fileprivate init?(_ counts: OpenAIChatChunk.Usage) {
        guard counts.prompt_tokens != nil || counts.completion_tokens != nil else { return nil }
        let input = max(0, counts.prompt_tokens ?? 0)
        let cached = counts.prompt_tokens_details?.cached_tokens ?? counts.prompt_cache_hit_tokens ?? 0
        let read = min(max(0, cached), input)
        self.init(
            inputTokens: input - read, outputTokens: max(0, counts.completion_tokens ?? 0),
            cacheReadTokens: read)
    }
}
