import Components
import FlowService
import Foundation
import JSONValue
import Models
import Workspace

/// A finished run, as `POST /v1/runs` answers.
struct RunResultDocument: ResponseDocument {
    let response: FlowResponse

    static var schema: JSONSchema {
        let withheld = GuardrailIntervention.schema
        let message = JSONSchema(
            [
                "type": "object", "required": ["text", "role"],
                "properties": [
                    "text": ["type": "string"], "role": ["type": "string"], "name": ["type": "string"],
                    "files": ["type": "array", "items": ["type": "string"]],
                    "citations": ["type": "array", "items": ["type": "object"]], "withheld": withheld.json,
                ],
            ], uses: [withheld]
        ).named("ChatMessage")
        let output = JSONSchema.object(required: [
            "component": .text, "title": .text, "type": .text, "port": .text,
            "value": JSONSchema([:]).described("whatever the component made"), "message": message,
        ]).named("RunOutput")
        return .object(required: [
            "run_id": .text, "session": .text, "input": message,
            "flow": .object(required: ["id": .text, "name": .text, "version": .integer]),
            "outputs": .list(of: output),
            "steps": .list(
                of: .object(required: [
                    "component": .text, "type": .text, "outcome": .text, "ms": .number,
                    "notes": .map(to: .number),
                ]).named("RunStep")),
            "duration_ms": .number,
        ]).named("RunResult")
    }

    func encode(to encoder: any Encoder) throws { try response.json.encode(to: encoder) }
}

/// A stored run.
struct RunDocument: ResponseDocument {
    let run: StoredRun

    static var schema: JSONSchema {
        let time = JSONSchema.time.orNull
        return .object(required: [
            "id": .text, "flow": .text, "version": .integer, "session": .text,
            "state": .choice(StoredRun.State.allCases.map(\.rawValue)), "priority": .integer,
            "attempts": .integer, "created_at": .time, "started_at": time, "ended_at": time,
            "result": RunResultDocument.schema.orNull, "failure": JSONSchema.anyObject.orNull,
            "cancel_requested": .flag,
        ]).named("Run")
    }

    init(_ run: StoredRun) {
        self.run = run
    }

    private enum CodingKeys: String, CodingKey {
        case id, flow, version, session, state, priority, attempts, createdAt, startedAt, endedAt, result
        case failure, cancelRequested
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(run.id, forKey: .id)
        try container.encode(run.flow, forKey: .flow)
        try container.encode(run.version, forKey: .version)
        try container.encode(run.session, forKey: .session)
        try container.encode(run.state.rawValue, forKey: .state)
        try container.encode(run.priority, forKey: .priority)
        try container.encode(run.attempts, forKey: .attempts)
        try container.encode(run.createdAt, forKey: .createdAt)
        try container.encode(run.startedAt, forKey: .startedAt)
        try container.encode(run.endedAt, forKey: .endedAt)
        try container.encode(run.result.map { try JSONValue(parsing: $0) }, forKey: .result)
        try container.encode(run.failure.map { try JSONValue(parsing: $0) }, forKey: .failure)
        try container.encode(run.isCancelRequested, forKey: .cancelRequested)
    }
}

/// A page of stored runs.
struct RunListDocument: ResponseDocument {
    var runs: [RunDocument]
    /// Where the next page begins; null behind the last one.
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: ["runs": .list(of: RunDocument.schema), "next": JSONSchema.text.orNull]).named(
            "RunList")
    }
}
