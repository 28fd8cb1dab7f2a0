import Concurrency
import Flow
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Workspace

/// `/api/v2/workflows`: flows run at once, as a stream, or while nobody waits; and `/api/v1/responses`.
struct LangflowWorkflowOperations: Sendable {
    let service: FlowService
    let runs: FlowRuns
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String

    var operations: [Operation] {
        let responses = OpenAIResponseOperation(
            service: service, runs: runs, dialect: .langflow, now: now, freshID: freshID)
        return [responses.operation, run, status, stop, follow]
    }

    private static let document = ResponseDeclaration(
        status: 200, summary: "what came out, or the job that goes on",
        content: .json(WorkflowDocument.schema))
    private static let stream = ResponseDeclaration.bytes(
        "text/event-stream", "events, one JSON object each")

    private var run: Operation {
        .scoped(
            .flows, "langflowRunWorkflow", .post, "/api/v2/workflows",
            summary: "a flow, run as Langflow's workflows are", section: "langflow",
            inputs: .lenient(WorkflowRequest.schema, "the flow, and what it is given"),
            responses: [Self.document, Self.stream], problems: LangflowRunOperations.problems + [.keyReused],
            idempotency: .keptUnless(Self.isStreamed)
        ) { body, caller in try await answer(body, caller) }
    }

    /// Whether the response is told as it comes.
    @Sendable private static func isStreamed(_ routed: RoutedRequest) -> Bool {
        guard let body = try? JSONValue(parsing: routed.request.body) else { return false }
        return (try? WorkflowRequest.mode(body)) == .stream
    }

    private func answer(_ body: JSONValue, _ caller: Caller) async throws -> APIResponse {
        let name = try body.requiredText("flow_id")
        let (identity, definition) = try await service.description(of: name, for: caller.owner)
        let wanted = try WorkflowRequest(body)
        let needsExport = !wanted.tweaks.isEmpty || !wanted.inputs.isEmpty
        let translated = try await LangflowLibrary(service: service).translation(
            of: name, when: needsExport, for: caller.owner)
        let request = try wanted.request(for: definition, as: translated)
        switch wanted.mode {
        case .sync: return try await whole(request, wanted, identity, definition.graph, caller)
        case .stream: return try await streamed(request, wanted, definition, caller)
        case .background:
            guard request.adapted == nil else {
                throw RequestFault.invalidField(
                    name: "tweaks",
                    reason:
                        "changes what a run in the background cannot change; use sync or stream, or save the flow"
                )
            }
            let submission = FlowSubmission(request, idempotencyKey: wanted.key)
            let stored = try await service.submit(submission, of: name, as: caller.flowCaller)
            return try .json(WorkflowDocument.job(stored))
        }
    }

    private func whole(
        _ request: FlowRequest, _ wanted: WorkflowRequest, _ identity: FlowIdentity, _ graph: FlowGraph,
        _ caller: Caller
    ) async throws -> APIResponse {
        try await runs.limited(caller) {
            do {
                let finished = try await service.run(request, of: wanted.flow, as: caller.flowCaller)
                return try .json(
                    WorkflowDocument.response(
                        finished, job: finished.runID, of: graph, answeringFrom: wanted.outputs, at: now()))
            } catch let error as FlowServiceError {
                // What a component does is an outcome of the flow, and no failure of this request.
                guard case .componentFailed = error else { throw error }
                return try .json(
                    WorkflowDocument.failure(
                        FlowFailure(error), flow: identity.id, session: request.session ?? identity.id,
                        job: freshID(), at: now()))
            }
        }
    }

    private func streamed(
        _ request: FlowRequest, _ wanted: WorkflowRequest, _ definition: FlowDefinition, _ caller: Caller
    ) async throws -> APIResponse {
        let slot = try await runs.slot(for: caller)
        let reading = try await service.events(request, of: wanted.flow, as: caller.flowCaller)
        let words = words(
            wanted.streamProtocol, input: wanted.input, run: reading.runID, session: reading.session,
            flow: reading.flow.id, definition, tellsComponents: wanted.tellsComponents, now: now)
        let events = runs.watched(reading.events, for: caller)
        return .events(
            EventStream { send in
                defer { slot.release() }
                return await WorkflowFrames.follow(events, words, isBegun: false, send)
            })
    }

    private func words(
        _ streamProtocol: WorkflowRequest.StreamProtocol, input: String, run: String, session: String,
        flow: String, _ definition: FlowDefinition, tellsComponents: Bool,
        now: @escaping @Sendable () -> Date
    ) -> any WorkflowEvents {
        switch streamProtocol {
        case .agui: return AGUIEvents(run: run, thread: session, tellsComponents: tellsComponents)
        case .langflow:
            return LangflowWorkflowEvents(
                input: input,
                messages: LangflowMessages(session: session, flow: flow, run: run, time: now()),
                titles: definition.graph.titles, tellsComponents: tellsComponents, now: now)
        }
    }

    private var status: Operation {
        .scoped(
            .flows, "langflowWorkflowStatus", .get, "/api/v2/workflows",
            summary: "a run in the background, with what came out once it has ended", section: "langflow",
            inputs: Inputs.query("job_id", .text, standard: "", "the job's id; there must be one"),
            responses: [Self.document], problems: [.noSuchRun]
        ) { id, caller in
            guard !id.isEmpty else {
                throw RequestFault.invalidParameter(name: "job_id", expectation: "the id of a job")
            }
            return try .json(
                try WorkflowDocument.document(try await service.run(id, as: caller.flowCaller)))
        }
    }

    private var stop: Operation {
        .scoped(
            .flows, "langflowStopWorkflow", .post, "/api/v2/workflows/stop",
            summary: "a run in the background, ended", section: "langflow",
            inputs: .lenient(
                JSONSchema([
                    "type": "object", "required": ["job_id"],
                    "properties": ["job_id": ["type": "string", "minLength": 1]],
                ]).named("LangflowStopRequest"), "which job"),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "what became of it",
                    content: .json(.object(required: ["job_id": .text, "message": .text])))
            ], problems: [.noSuchRun]
        ) { body, caller in
            let id = try body.requiredText("job_id")
            let before = try await service.run(id, as: caller.flowCaller).state
            _ = try await service.cancel(run: id, as: caller.flowCaller)
            let message =
                switch before {
                case .queued, .running: "Job \(id) cancelled successfully."
                case .cancelled: "Job \(id) is already cancelled."
                case .finished, .failed, .dead: "Job \(id) already finished (\(before.rawValue))."
                }
            return try .json(["job_id": .string(id), "message": .string(message)] as JSONValue)
        }
    }

    private var follow: Operation {
        .scoped(
            .flows, "langflowFollowWorkflow", .get, "/api/v2/workflows/{job}/events",
            summary: "what a run in the background tells, taken up where it was left", section: "langflow",
            inputs: Inputs.path("job", .text, "the job's id")
                .and(
                    Inputs.query(
                        "stream_protocol", .choice, standard: WorkflowRequest.StreamProtocol.langflow,
                        "in which words")
                )
                .and(
                    Inputs.header(
                        .lastEventID, .integer(in: 0...Int(Int32.max)), "the last event that was read")),
            responses: [Self.stream], problems: [.noSuchRun, .unknownFlow, .noSuchVersion, .invalidFlow]
        ) { input, caller in
            try await taken(up: input.0.0, in: input.0.1, behind: input.1, caller)
        }
    }

    private func taken(
        up id: String, in streamProtocol: WorkflowRequest.StreamProtocol, behind last: Int?, _ caller: Caller
    ) async throws -> APIResponse {
        let run = try await service.run(id, as: caller.flowCaller)
        let version: FlowVersionChoice = run.version > 0 ? .number(run.version) : .published
        let (_, definition) = try await service.description(of: run.flow, version, for: caller.owner)
        let stored = try await service.events(
            ofRun: id, from: last.map { $0 + 1 } ?? 0, as: caller.flowCaller)
        let events = runs.watched(stored, for: caller, isReplay: true)
        let asked = (try? JSONValue(parsing: run.request))?["request"]?["message"]?["text"]?.string ?? ""
        let words = words(
            streamProtocol, input: asked, run: id, session: run.session, flow: run.flow, definition,
            tellsComponents: streamProtocol == .langflow,
            // Whoever reads a run twice reads the same twice.
            now: { run.createdAt })
        return .events(
            EventStream { send in
                await WorkflowFrames.follow(events, words, isBegun: last != nil, send)
            })
    }
}
