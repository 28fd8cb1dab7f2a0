import Components
import Concurrency
import Flow
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Langflow
import Workspace

/// `/api/v1/run`: flows as Langflow's clients run them.
struct LangflowRunOperations: Sendable {
    let service: FlowService
    let runs: FlowRuns
    let now: @Sendable () -> Date

    static let problems: [ProblemKind] = [
        .unknownFlow, .invalidFlow, .componentFailed, .flowStopped, .busy, .timedOut, .emptyQuestion,
        .questionTooLong, .outOfRange, .bodyTooLarge, .noSuchVersion,
    ]

    private static let flow = Inputs.path("flow", .text, "the flow's id, endpoint or name")
    private static let stream = Inputs.query(
        "stream", .flag, standard: false, "whether events are sent as they happen")

    var operations: [Operation] { [run, session, advanced, webhook] }

    private var responses: [ResponseDeclaration] {
        [
            .json(LangflowRunDocument.self, "what the flow made"),
            .bytes("text/event-stream", "events, one JSON object each, when `stream` is true"),
        ]
    }

    private var run: Operation { simple("langflowRun", "/api/v1/run/{flow}") }
    private var session: Operation { simple("langflowRunSession", "/api/v1/run/session/{flow}") }

    /// Whether the response is told as it comes.
    @Sendable private static func isStreamed(_ routed: RoutedRequest) -> Bool {
        if (try? stream.read(routed)) == true { return true }
        return (try? JSONValue(parsing: routed.request.body))?["stream"] == .bool(true)
    }

    private func simple(_ id: String, _ path: String) -> Operation {
        .scoped(
            .flows, id, .post, path, summary: "one flow, run as Langflow runs it", section: "langflow",
            inputs: Self.flow.and(Self.stream).and(
                .lenient(LangflowRunRequest.schema, "what the flow is given")),
            responses: responses, problems: Self.problems, idempotency: .keptUnless(Self.isStreamed)
        ) { input, caller in
            let ((name, isStream), body) = input
            let wanted = try LangflowRunRequest(body)
            let streams = try isStream || body.flag("stream") == true
            return try await answer(wanted, of: name, stream: streams, values: [:], caller: caller)
        }
    }

    private var advanced: Operation {
        .scoped(
            .flows, "langflowRunAdvanced", .post, "/api/v1/run/advanced/{flow}",
            summary: "one flow, with values for single inputs", section: "langflow",
            inputs: Self.flow.and(
                .lenient(
                    JSONSchema([
                        "type": "object",
                        "properties": [
                            "inputs": ["type": ["array", "null"], "items": ["type": "object"]],
                            "outputs": ["type": ["array", "null"], "items": ["type": "string"]],
                            "tweaks": ["type": ["object", "null"]], "stream": ["type": ["boolean", "null"]],
                            "session_id": ["type": ["string", "null"]],
                        ],
                    ]).named("LangflowAdvancedRequest"), "what single inputs are given")),
            responses: responses, problems: Self.problems, idempotency: .keptUnless(Self.isStreamed)
        ) { input, caller in
            let (name, body) = input
            let given = try body.list("inputs") ?? []
            var values: [String: String] = [:]
            var common = ""
            // Langflow's own, where an input does not say.
            var kind = "any"
            var session = try body.text("session_id")
            for (offset, one) in given.enumerated() {
                guard one.object != nil else {
                    throw RequestFault.invalidField(name: "inputs[\(offset)]", reason: "must be an object")
                }
                let value = try one.text("input_value") ?? ""
                let components = try one.texts("components") ?? []
                if components.isEmpty {
                    common = value
                    kind = try one.text("type") ?? kind
                }
                for component in components { values[component] = value }
                session = try session ?? one.text("session")
            }
            var merged = body.object ?? [:]
            merged["input_value"] = .string(common)
            merged["input_type"] = .string(kind)
            merged["output_type"] = "any"
            if let session { merged["session_id"] = .string(session) }
            let wantedNames = try body.texts("outputs") ?? []
            var wanted = try LangflowRunRequest(.object(merged))
            if wantedNames.count == 1 { wanted.outputComponent = wantedNames[0] }
            return try await answer(
                wanted, of: name, stream: try body.flag("stream") == true, values: values, caller: caller)
        }
    }

    private func answer(
        _ wanted: LangflowRunRequest, of name: String, stream: Bool, values: [String: String],
        caller: Caller
    ) async throws -> APIResponse {
        let (_, definition) = try await service.description(of: name, for: caller.owner)
        let translated = try await LangflowLibrary(service: service).translation(
            of: name, when: !wanted.tweaks.isEmpty || wanted.inputType != "chat", for: caller.owner)
        var request = try wanted.request(for: definition, as: translated)
        for (component, value) in values {
            let named = definition.graph.components.filter {
                $0.id == component || $0.title == component
            }
            guard !named.isEmpty else {
                throw RequestFault.invalidField(
                    name: "inputs", reason: "names “\(component.prefix(100))”, which the flow does not have")
            }
            for node in named { request.values[node.id] = value }
        }
        let settled = request
        guard stream else {
            return try await runs.limited(caller) {
                let response = try await service.run(settled, of: name, as: caller.flowCaller)
                return .json(utf8: LangflowRunDocument(response, wanted, at: now()).utf8)
            }
        }
        let slot = try await runs.slot(for: caller)
        let reading = try await service.events(settled, of: name, as: caller.flowCaller)
        let titles = definition.graph.titles
        let messages = LangflowMessages(
            session: reading.session, flow: reading.flow.id, run: reading.runID, time: now())
        let told = runs.watched(reading.events, for: caller)
        return .events(
            EventStream { send in
                defer { slot.release() }
                var events = LangflowEvents(wanted, messages: messages, titles: titles, now: now)
                return await .of {
                    for event in events.asked() { await send(event) }
                    for try await progress in told {
                        for event in try events.events(progress) { await send(event) }
                    }
                } failing: { problem in
                    if let event = try? events.failed(problem.detail) { await send(event) }
                }
            })
    }

    private struct Started: ResponseDocument {
        let message = "Task started in the background"
        let status = "in progress"
        var runId: String

        static var schema: JSONSchema {
            .object(required: ["message": .text, "status": .text, "run_id": .text]).named("WebhookStarted")
        }
    }

    private var webhook: Operation {
        .scoped(
            .flows, "langflowWebhook", .post, "/api/v1/webhook/{flow}",
            summary: "a flow, begun by what a webhook sends", section: "langflow",
            inputs: Self.flow.and(
                Inputs.header(.idempotencyKey, .text, "makes a repeated call the first one")
            )
            .and(.lenient(.anyObject, "what the flow's webhook input gives")),
            responses: [.json(Started.self, status: 202, "the run is stored and will be carried out")],
            problems: Self.problems
        ) { input, caller in
            let ((name, key), body) = input
            var request = FlowRequest()
            request.webhook = body
            let run = try await service.submit(
                FlowSubmission(request, idempotencyKey: key), of: name, as: caller.flowCaller)
            return try .json(Started(runId: run.id), status: .accepted)
        }
    }
}
