import Components
import Concurrency
import FlowService
import Foundation
import HTTPTypes
import JSONValue

/// `POST /v1/chat/completions`: a flow that answers a conversation, all of which the client sends.
///
/// Nothing of it is kept in a conversation, and nothing of one is read. What the flow does is done: under an idempotency
/// key once.
struct OpenAIChatOperation: Sendable {
    let service: FlowService
    let runs: FlowRuns
    let now: @Sendable () -> Date

    var operation: Operation {
        .scoped(
            .flows, "openAIChatCompletion", .post, "/v1/chat/completions",
            summary: "a flow's answer to a conversation, in OpenAI's form", section: "openai",
            inputs: .lenient(OpenAIChatRequest.schema, "a flow as the model, and all that was said"),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the answer, with what it rests on as annotations",
                    content: .json(ChatCompletion.schema)),
                .bytes("text/event-stream", "the same in chunks, when “stream” is true"),
            ], problems: OpenAIOperations.problems, idempotency: .keptUnless(Self.isStreamed)
        ) { body, caller in try await answer(body, caller) }
    }

    /// Whether the response is told as it comes.
    @Sendable private static func isStreamed(_ routed: RoutedRequest) -> Bool {
        (try? JSONValue(parsing: routed.request.body))?["stream"] == .bool(true)
    }

    private func answer(_ body: JSONValue, _ caller: Caller) async throws -> APIResponse {
        let model = try body.requiredText("model")
        let (_, definition) = try await service.description(of: model, for: caller.owner)
        let wanted = try OpenAIChatRequest(body)
        var asked = FlowRequest(
            wanted.messages.asked ?? ChatMessage(""), changes: wanted.settings.changes(of: definition),
            history: wanted.messages.history, isKept: false)
        asked.callerTools = try wanted.tools.forRun(
            of: GenerationSettings.models(of: definition), turns: wanted.messages.tools.turns)
        let request = asked
        guard wanted.isStreamed else {
            return try await runs.limited(caller) {
                let response = try await service.run(request, of: model, as: caller.flowCaller)
                let completion = ChatCompletion(run: response.runID, model: model, at: now())
                return try .json(completion.document(response, stops: wanted.stops))
            }
        }
        let slot = try await runs.slot(for: caller)
        let reading = try await service.events(request, of: model, as: caller.flowCaller)
        let completion = ChatCompletion(run: reading.runID, model: model, at: now())
        let events = ChatCompletionEvents(
            completion, stops: wanted.stops, includesUsage: wanted.includesUsage)
        let progress = runs.watched(reading.events, for: caller)
        return .events(
            EventStream { send in
                defer { slot.release() }
                return await Self.follow(progress, events, send)
            })
    }

    private static func follow(
        _ progress: PulledSequence<FlowProgress>, _ told: ChatCompletionEvents, _ send: EventStream.Send
    ) async -> StreamOutcome {
        var told = told
        return await .of {
            for event in try told.began() { await send(event) }
            for try await step in progress {
                for event in try told.events(step) { await send(event) }
                // A text that was told to end is not written to its end.
                if told.isOver { break }
            }
        } failing: { problem in
            for event in (try? told.fail(problem.detail, code: "server_error")) ?? [] { await send(event) }
        }
    }
}
