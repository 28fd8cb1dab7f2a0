import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Workspace

/// Runs in the form of Langflow's workflows: a response with what came out, or a job that goes on.
enum WorkflowDocument {
    /// A run that has ended.
    ///
    /// - Parameter graph: whose outputs are all told, those of branches that were not taken without content; `nil` for
    ///   those that came alone.
    static func response(
        _ finished: FlowResponse, job: String, of graph: FlowGraph? = nil, answeringFrom ids: [String],
        at time: Date
    ) -> JSONValue {
        var outputs: [String: JSONValue] = [:]
        var texts: Set<String> = []
        for place in graph?.outputs.values.map(\.component) ?? [] {
            guard let silent = graph?.components.first(where: { $0.id == place }) else { continue }
            let isText = textTypes.contains(silent.type)
            if isText { texts.insert(place) }
            outputs[place] = [
                "type": isText ? "message" : "data", "status": "completed",
                "display_name": .string(graph?.titles[place] ?? silent.type), "content": nil,
                "metadata": ["component_type": .string(silent.type)],
            ]
        }
        for output in finished.outputs { outputs[output.component] = component(output) }
        return execution(
            flow: finished.flow.id, session: finished.session, job: job, status: "completed", at: time,
            output: answer(finished, ids, texts), outputs: outputs, errors: [])
    }

    /// Components that tell a text.
    private static let textTypes: Set<String> = ["ChatOutput", "Cite", "TextOutput"]

    /// A run that failed: told in a body, as what its components did, not as a failure of the request.
    static func failure(
        _ failure: FlowFailure, flow: String, session: String, job: String, at time: Date
    ) -> JSONValue {
        var details: [String: JSONValue] = ["flow_id": .string(flow), "error_type": .string(failure.kind)]
        if let component = failure.component { details["component_id"] = .string(component) }
        return execution(
            flow: flow, session: session, job: job, status: "failed", at: time,
            output: ["reason": "failed", "text": nil, "source": nil], outputs: [:],
            errors: [
                [
                    "error": .string(failure.reason), "code": "EXECUTION_ERROR", "details": .object(details),
                ]
            ])
    }

    private static func execution(
        flow: String, session: String, job: String, status: String, at time: Date, output: JSONValue,
        outputs: [String: JSONValue], errors: [JSONValue]
    ) -> JSONValue {
        [
            "flow_id": .string(flow), "session_id": .string(session), "job_id": .string(job),
            "object": "response", "created_timestamp": .string(timestamp(time)), "status": .string(status),
            "output": output, "outputs": .object(outputs), "errors": .array(errors), "warnings": [],
            "inputs": [:], "globals": [:], "human_request": nil, "has_errors": .bool(!errors.isEmpty),
        ]
    }

    /// A run that waits or goes on, or was ended.
    static func job(_ run: StoredRun) -> JSONValue {
        [
            "job_id": .string(run.id), "flow_id": .string(run.flow), "object": "job",
            "created_timestamp": .string(timestamp(run.createdAt)), "status": .string(status(run.state)),
            "links": [
                "status": .string("/api/v2/workflows?job_id=\(run.id)"),
                "events": .string("/api/v2/workflows/\(run.id)/events"), "stop": "/api/v2/workflows/stop",
            ],
            "errors": [], "globals": [:],
        ]
    }

    /// A stored run as it stands.
    ///
    /// - Throws: when its result cannot be read.
    static func document(_ run: StoredRun) throws -> JSONValue {
        let time = run.endedAt ?? run.createdAt
        switch run.state {
        case .finished:
            let result = try run.result.map { try JSONValue(parsing: $0) } ?? .null
            return response(try FlowResponse(json: result), job: run.id, answeringFrom: [], at: time)
        case .failed, .dead:
            let told = run.failure.flatMap { try? JSONValue(parsing: $0) }.flatMap { FlowFailure(json: $0) }
            return failure(
                told ?? FlowFailure(kind: "dead", reason: "The run lost all its workers."), flow: run.flow,
                session: run.session, job: run.id, at: time)
        case .queued, .running, .cancelled: return job(run)
        }
    }

    private static func status(_ state: StoredRun.State) -> String {
        switch state {
        case .queued: "queued"
        case .running: "in_progress"
        case .finished: "completed"
        case .failed, .dead: "failed"
        case .cancelled: "cancelled"
        }
    }

    /// One output, as a response and a stream tell it.
    static func component(_ output: FlowOutput) -> JSONValue {
        let kind = kind(output)
        return [
            "type": .string(kind), "status": "completed", "display_name": .string(output.title),
            "content": kind == "message" ? .string(output.message.text) : output.value,
            "metadata": ["component_type": .string(output.type)],
        ]
    }

    private static func kind(_ output: FlowOutput) -> String {
        if textTypes.contains(output.type) { return "message" }
        return switch output.value {
        case .string: "message"
        case .array: "dataframe"
        case .object(let members):
            members["text"]?.string != nil && members["role"] != nil ? "message" : "data"
        case .null, .bool, .integer, .number: "data"
        }
    }

    /// The one text that the run answers with, or why there is not one.
    ///
    /// - Parameter possible: outputs that might have told a text.
    private static func answer(
        _ finished: FlowResponse, _ ids: [String], _ possible: Set<String>
    ) -> JSONValue {
        let texts = finished.outputs.filter {
            kind($0) == "message" && (ids.isEmpty || ids.contains($0.component))
        }
        guard texts.count == 1, let only = texts.first else {
            let isPossible = possible.contains { ids.isEmpty || ids.contains($0) }
            let reason = !texts.isEmpty ? "multiple" : isPossible ? "non_string" : "none"
            return ["reason": .string(reason), "text": nil, "source": nil]
        }
        return [
            "reason": "single", "text": .string(only.message.text), "source": .string(only.component),
        ]
    }

    private static func timestamp(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["flow_id", "job_id", "object", "created_timestamp", "status"],
            "properties": [
                "object": ["enum": ["response", "job"]],
                "status": ["enum": ["queued", "in_progress", "completed", "failed", "cancelled"]],
                "output": [
                    "type": "object", "required": ["reason", "text", "source"],
                    "properties": [
                        "reason": ["enum": ["single", "multiple", "none", "non_string", "failed"]]
                    ],
                ],
                "outputs": [
                    "type": "object",
                    "additionalProperties": [
                        "type": "object",
                        "required": ["type", "status", "display_name", "content", "metadata"],
                    ],
                ],
                "errors": ["type": "array", "items": ["type": "object", "required": ["error"]]],
                "links": ["type": "object"],
            ],
        ]).named("LangflowWorkflow")
    }
}
