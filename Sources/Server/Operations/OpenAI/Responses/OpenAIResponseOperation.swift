import Concurrency
import FlowService
import Foundation
import HTTPTypes
import JSONValue

/// `POST /v1/responses`: a flow's answer within a conversation that the server keeps; and the same as Langflow's
/// clients ask for it.
struct OpenAIResponseOperation: Sendable {
    let service: FlowService
    let runs: FlowRuns
    let dialect: OpenAIDialect
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String

    var operation: Operation {
        .scoped(
            .flows, dialect == .openAI ? "openAIResponse" : "langflowResponse", .post,
            dialect == .openAI ? "/v1/responses" : "/api/v1/responses",
            summary: dialect == .openAI
                ? "a flow's answer in a conversation that is kept, in OpenAI's form"
                : "a flow's answer in the form of OpenAI's responses, as Langflow is asked",
            section: dialect == .openAI ? "openai" : "langflow",
            inputs: .lenient(
                OpenAIResponseRequest.schema, "a flow as the model, and what the person says"),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the response, with what it rests on as annotations",
                    content: .json(OpenAIResponseDocument.schema)),
                .events(
                    OpenAIResponseEvents.declarations(dialect), "typed events, when “stream” is true"),
            ], problems: OpenAIOperations.problems, idempotency: .keptUnless(Self.isAnsweredAlone)
        ) { body, caller in try await answer(body, caller) }
    }

    /// Whether nothing stays of the request, or the response is told as it comes.
    @Sendable private static func isAnsweredAlone(_ routed: RoutedRequest) -> Bool {
        guard let body = try? JSONValue(parsing: routed.request.body) else { return false }
        return body["stream"] == .bool(true) || !OpenAIResponseRequest.isKept(body)
    }

    private func answer(_ body: JSONValue, _ caller: Caller) async throws -> APIResponse {
        let model = try body.requiredText("model")
        let (identity, definition) = try await service.description(of: model, for: caller.owner)
        let wanted = try OpenAIResponseRequest(body, dialect: dialect)
        let models = GenerationSettings.models(of: definition)
        // Before anything is kept.
        _ = try wanted.tools.forRun(of: models, turns: [])
        let session = ResponseSession(
            service: service, owner: caller.owner, flow: identity.id, freshID: freshID,
            takesNames: dialect == .langflow)
        var request = try await session.prepare(wanted, models: models)
        request.changes = wanted.settings.changes(of: definition)
        guard wanted.isStreamed else {
            let settled = request
            return try await runs.limited(caller) {
                try .json(try await whole(settled, wanted, model, caller))
            }
        }
        let slot = try await runs.slot(for: caller)
        let reading = try await service.events(request, of: model, as: caller.flowCaller)
        let events = told(wanted, model, run: reading.runID, session: request.session)
        let progress = runs.watched(reading.events, for: caller)
        return .events(
            EventStream { send in
                defer { slot.release() }
                return await Self.follow(progress, events, send)
            })
    }

    private func told(
        _ wanted: OpenAIResponseRequest, _ model: String, run: String, session: String?
    ) -> OpenAIResponseEvents {
        let id = ResponseID(run: run, session: session)
        return OpenAIResponseEvents(
            OpenAIResponseDocument(id, model: model, request: wanted, at: now()), run: run, dialect: dialect,
            isStreamed: wanted.isStreamed)
    }

    /// The response of a run that nobody follows: its events are read for the calls of tools that they tell.
    private func whole(
        _ request: FlowRequest, _ wanted: OpenAIResponseRequest, _ model: String, _ caller: Caller
    ) async throws -> JSONValue {
        let reading = try await service.events(request, of: model, as: caller.flowCaller)
        var told = told(wanted, model, run: reading.runID, session: request.session)
        for try await step in reading.events { _ = try told.events(step) }
        if let ended = told.ended { return ended }
        guard let failure = told.failure, failure.kind != "cancelled" else { throw CancellationError() }
        if failure.kind == "timed-out" {
            throw RequestFault.timedOut(seconds: caller.timeLimit / .seconds(1))
        }
        throw FlowServiceError.failedRun(failure)
    }

    private static func follow(
        _ progress: PulledSequence<FlowProgress>, _ told: OpenAIResponseEvents, _ send: EventStream.Send
    ) async -> StreamOutcome {
        var told = told
        return await .of {
            for event in try told.began() { await send(event) }
            for try await step in progress {
                for event in try told.events(step) { await send(event) }
            }
        } failing: { problem in
            for event in (try? told.fail(problem.detail)) ?? [] { await send(event) }
        }
    }
}
