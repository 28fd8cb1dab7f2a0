import Components
import Flow
import JSONValue

/// Which flow ran.
public struct FlowIdentity: Sendable, Hashable {
    public var id: String
    public var name: String
    /// 0 for a flow of the settings, which has no versions.
    public var version: Int

    public init(id: String, name: String, version: Int) {
        self.id = id
        self.name = name
        self.version = version
    }
}

/// One thing that a flow made.
public struct FlowOutput: Sendable, Hashable {
    /// The component whose output it is.
    public var component: String
    /// What people call that component.
    public var title: String
    public var type: String
    /// The component's port.
    public var port: String
    public var value: JSONValue
    /// The value as something that is said; with its citations.
    public var message: ChatMessage

    public init(
        component: String, title: String, type: String, port: String, value: JSONValue,
        message: ChatMessage
    ) {
        self.component = component
        self.title = title
        self.type = type
        self.port = port
        self.value = value
        self.message = message
    }
}

/// What a run came to.
public struct FlowResponse: Sendable, Hashable {
    public var runID: String
    public var flow: FlowIdentity
    public var session: String
    /// What it was given.
    public var input: ChatMessage
    /// In the order of the flow's components.
    public var outputs: [FlowOutput]
    public var steps: [StepTrace]
    public var duration: Duration
    /// Calls of the caller's tools, which the caller has to carry out before there is an answer; see
    /// ``FlowRequest/callerTools``.
    public var calls: [CallerTurn] = []
}

extension FlowResponse {
    /// As a stored run keeps it.
    public var json: JSONValue {
        [
            "run_id": .string(runID), "session": .string(session), "input": input.json,
            "flow": [
                "id": .string(flow.id), "name": .string(flow.name), "version": .integer(flow.version),
            ],
            "outputs": .array(outputs.map(\.json)), "steps": .array(steps.map(\.json)),
            "duration_ms": .number(duration / .milliseconds(1)),
        ]
    }

    /// What ``json`` wrote.
    ///
    /// - Throws: when it is something else.
    public init(json: JSONValue) throws {
        let flow = json["flow"]
        self.init(
            runID: json["run_id"]?.string ?? "",
            flow: FlowIdentity(
                id: flow?["id"]?.string ?? "", name: flow?["name"]?.string ?? "",
                version: flow?["version"]?.integer ?? 0),
            session: json["session"]?.string ?? "",
            input: try ChatMessage(json: json["input"] ?? .null),
            outputs: try (json["outputs"]?.array ?? []).map { try FlowOutput(json: $0) },
            steps: (json["steps"]?.array ?? []).compactMap { StepTrace(json: $0) },
            duration: .milliseconds(json["duration_ms"]?.double ?? 0))
    }
}

extension FlowOutput {
    public var json: JSONValue {
        [
            "component": .string(component), "title": .string(title), "type": .string(type),
            "port": .string(port), "value": value, "message": message.json,
        ]
    }

    public init(json: JSONValue) throws {
        self.init(
            component: json["component"]?.string ?? "", title: json["title"]?.string ?? "",
            type: json["type"]?.string ?? "", port: json["port"]?.string ?? "",
            value: json["value"] ?? .null, message: try ChatMessage(json: json["message"] ?? .null))
    }
}

extension StepTrace {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "component": .string(component), "type": .string(type), "outcome": .string(outcome.rawValue),
            "ms": .number(duration / .milliseconds(1)),
            "notes": .object(notes.mapValues { .number($0) }),
        ]
        if let values { members["values"] = values.json }
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let component = json["component"]?.string, let type = json["type"]?.string,
            let outcome = json["outcome"]?.string.flatMap({ StepOutcome(rawValue: $0) })
        else { return nil }
        self.init(
            component: component, type: type, outcome: outcome,
            duration: .milliseconds(json["ms"]?.double ?? 0),
            notes: json["notes"]?.object?.compactMapValues(\.double) ?? [:])
        values = json["values"].map { StepValues(json: $0) }
    }
}
