import Components
import Flow
import FlowService
import JSONValue
import Langflow

/// What `POST /api/v2/workflows` is asked for: a flow, what it is given, and how its outcome is told.
struct WorkflowRequest: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        case sync, stream, background
    }

    /// In which words a stream tells what happens.
    enum StreamProtocol: String, Sendable, CaseIterable {
        case langflow, agui
    }

    var flow: String
    var input: String
    var mode: Mode
    var streamProtocol: StreamProtocol
    /// Whether a stream tells of single components too.
    var tellsComponents: Bool
    var session: String?
    var tweaks: [String: JSONValue]
    /// Values by `component.parameter`, the older way to write both inputs and tweaks.
    var inputs: [String: JSONValue]
    /// The outputs among which the answer is looked for; empty for all.
    var outputs: [String]
    var files: [String]
    var key: String?

    /// Inputs, tweaks, files and outputs that a request may name.
    static let entryLimit = 1_000

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["flow_id"], "additionalProperties": false,
            "properties": [
                "flow_id": [
                    "type": "string", "minLength": 1, "description": "the flow's id, endpoint or name",
                ],
                "input_value": ["type": ["string", "null"]],
                "inputs": [
                    "type": ["object", "null"], "description": "values by “component.parameter”",
                ],
                "tweaks": ["type": ["object", "null"]],
                "session_id": ["type": ["string", "null"]],
                "mode": ["enum": ["sync", "stream", "background", nil]],
                "stream": ["type": ["boolean", "null"], "description": "the older way to write “mode”"],
                "background": ["type": ["boolean", "null"], "description": "the older way to write “mode”"],
                "stream_protocol": ["enum": ["langflow", "agui", nil]],
                "expose_graph_state": ["type": ["boolean", "null"]],
                "output_ids": ["type": ["array", "null"], "items": ["type": "string"]],
                "files": ["type": ["array", "null"], "items": ["type": "string"]],
                "idempotency_key": ["type": ["string", "null"], "maxLength": 255],
                "globals": [
                    "type": ["object", "null"], "maxProperties": 0,
                    "description": "empty: variables are kept under /api/v1/variables",
                ],
                "data": ["type": "null"], "start_component_id": ["type": "null"],
                "stop_component_id": ["type": "null"],
            ],
        ]).named("LangflowWorkflowRequest")
    }

    private static let fields: Set<String> = [
        "flow_id", "input_value", "inputs", "tweaks", "session_id", "mode", "stream", "background",
        "stream_protocol",
        "expose_graph_state", "output_ids", "files", "idempotency_key", "globals", "data",
        "start_component_id",
        "stop_component_id",
    ]

    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue) throws(RequestFault) {
        // A field that is misspelt would be a wish that nobody hears.
        if let unknown = body.object?.keys.sorted().first(where: { !Self.fields.contains($0) }) {
            throw .invalidField(
                name: String(unknown.prefix(100)),
                reason: "is no field of this request; its fields are "
                    + Self.fields.sorted().joined(separator: ", "))
        }
        flow = try body.requiredText("flow_id")
        input = try body.text("input_value") ?? ""
        session = try body.text("session_id")
        key = try body.text("idempotency_key")
        guard (key?.utf8.count ?? 0) <= 255 else {
            throw .invalidField(name: "idempotency_key", reason: "has more than 255 bytes")
        }
        mode = try Self.mode(body)
        let words = try body.text("stream_protocol") ?? "langflow"
        guard let streamProtocol = StreamProtocol(rawValue: words) else {
            throw .invalidField(name: "stream_protocol", reason: "must be langflow or agui")
        }
        self.streamProtocol = streamProtocol
        tellsComponents = try body.flag("expose_graph_state") ?? (streamProtocol == .langflow)
        tweaks = try Self.members(body, "tweaks")
        inputs = try Self.members(body, "inputs")
        outputs = try Self.texts(body, "output_ids")
        files = try Self.texts(body, "files")
        for name in ["data", "start_component_id", "stop_component_id"] where (body[name] ?? .null) != .null {
            throw .invalidField(name: name, reason: "is not taken: a run is of the whole flow as it is kept")
        }
        guard body["globals"]?.object?.isEmpty ?? true else {
            throw .invalidField(
                name: "globals", reason: "is not taken with a run; keep variables under /api/v1/variables")
        }
    }

    static func mode(_ body: JSONValue) throws(RequestFault) -> Mode {
        let (stream, background) = (try body.flag("stream") == true, try body.flag("background") == true)
        guard !(stream && background) else {
            throw .invalidField(name: "background", reason: "cannot be true beside stream")
        }
        guard let name = try body.text("mode") else {
            return stream ? .stream : background ? .background : .sync
        }
        guard let mode = Mode(rawValue: name) else {
            throw .invalidField(name: "mode", reason: "must be sync, stream or background")
        }
        return mode
    }

    private static func members(_ body: JSONValue, _ key: String) throws(RequestFault) -> [String: JSONValue]
    {
        guard let value = body[key], value != .null else { return [:] }
        guard let members = value.object, members.count <= entryLimit else {
            throw .invalidField(name: key, reason: "must be an object of at most \(entryLimit) members")
        }
        return members
    }

    private static func texts(_ body: JSONValue, _ key: String) throws(RequestFault) -> [String] {
        guard let value = body[key], value != .null else { return [] }
        let texts = value.array?.compactMap(\.string) ?? []
        guard let list = value.array, texts.count == list.count, list.count <= entryLimit else {
            throw .invalidField(name: key, reason: "must be a list of at most \(entryLimit) texts")
        }
        return texts
    }
}

extension WorkflowRequest {
    /// The run that is meant.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a component that the flow does not have.
    func request(for definition: FlowDefinition, as translated: LangflowTranslation?) throws -> FlowRequest {
        var request = FlowRequest(ChatMessage(input, files: files), session: session)
        var tweaks = tweaks
        for (name, value) in inputs.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2 else {
                throw RequestFault.invalidField(
                    name: "inputs", reason: "names “\(name.prefix(100))”; write “component.parameter”")
            }
            let (component, parameter) = (String(parts[0]), String(parts[1]))
            switch parameter {
            case "session_id": request.session = try value.textValue(named: name)
            case "input_value":
                guard definition.graph.components.contains(where: { $0.id == component }) else {
                    throw RequestFault.invalidField(
                        name: "inputs",
                        reason: "names “\(component.prefix(100))”, which the flow does not have")
                }
                request.values[component] = try value.textValue(named: name)
            default:
                var fields = tweaks[component]?.object ?? [:]
                fields[parameter] = value
                tweaks[component] = .object(fields)
            }
        }
        try LangflowTweaks.apply(tweaks, to: &request, of: definition, as: translated)
        try checkOutputs(of: definition)
        return request
    }

    private func checkOutputs(of definition: FlowDefinition) throws(RequestFault) {
        let known = Set(definition.graph.outputs.values.map(\.component))
        for output in outputs where !known.contains(output) {
            throw .invalidField(
                name: "output_ids",
                reason: "names “\(output.prefix(100))”, which is no output of the flow; its outputs are "
                    + known.sorted().prefix(40).joined(separator: ", "))
        }
    }
}

extension JSONValue {
    fileprivate func textValue(named name: String) throws(RequestFault) -> String {
        guard let string else {
            throw .invalidField(name: "inputs.\(name.prefix(100))", reason: "must be a text")
        }
        return string
    }
}
