import Components
import FlowService
import JSONValue

/// The body of `POST /v1/runs`: a flow, and what it is run with.
struct RunBody: RequestDocument {
    var flow: String
    var request: FlowRequest
    var isAsynchronous: Bool
    var stream: Bool
    var priority: Int
    /// A webhook of the caller's, by its id or its very address.
    var webhook: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case flow, input, inputs, session, parameters, version, stream, async, priority, webhook, values
    }

    static let summary = "a flow, and what it is run with"
    static let priorities = -100...100

    static var schema: JSONSchema {
        .request(
            required: ["flow": JSONSchema.text.described("its name, id or endpoint")],
            optional: [
                "input": JSONSchema.text.described("what the person says"),
                "inputs": JSONSchema.map(to: .text).described(
                    "values for single inputs, by their components' ids"),
                "session": JSONSchema(["type": "string", "minLength": 1, "maxLength": 256]).described(
                    "names the conversation; it means something only for this caller and flow"),
                "parameters": JSONSchema.map(to: .anyObject).described(
                    "parameters of this run that differ from the flow's, by component id"),
                "values": JSONSchema.flag.described(
                    "whether `step_ended` shows what went into each step and came out of it, shortened; for a flow of the caller's own or of the settings"
                ).standard(false),
                "version": JSONSchema(["type": "integer", "minimum": 1]).described(
                    "a version of a stored flow; without it the published one, else the newest"),
                "stream": JSONSchema.flag.described("whether events are sent instead of one object").standard(
                    false),
                "async": JSONSchema.flag.described(
                    "whether the run is stored and answered with 202, to be asked for later"
                ).standard(false),
                "priority": JSONSchema.integer(in: priorities).described(
                    "of an asynchronous run; higher ones begin first"
                ).standard(0),
                "webhook": JSONSchema.text.described(
                    "one of the caller's webhooks that is told of an asynchronous run's end, by id or address"
                ),
            ]
        ).named("RunRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        flow = try container.decode(String.self, forKey: .flow)
        let version = try container.wholeNumber(forKey: .version)
        if let version, version < 1 {
            throw RequestFault.invalidField(name: "version", reason: "is \(version); versions count from 1")
        }
        request = FlowRequest(
            ChatMessage(try container.decodeIfPresent(String.self, forKey: .input) ?? ""),
            values: try container.decodeIfPresent([String: String].self, forKey: .inputs) ?? [:],
            session: try container.decodeIfPresent(String.self, forKey: .session),
            changes: try container.decodeIfPresent(
                [String: [String: JSONValue]].self, forKey: .parameters) ?? [:],
            version: version.map { .number($0) } ?? .published)
        request.showsValues = try container.decodeIfPresent(Bool.self, forKey: .values) ?? false
        isAsynchronous = try container.decodeIfPresent(Bool.self, forKey: .async) ?? false
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream) ?? false
        priority = try container.wholeNumber(forKey: .priority) ?? 0
        guard Self.priorities.contains(priority) else {
            throw RequestFault.invalidField(
                name: "priority", reason: "is \(priority); it must be between -100 and 100")
        }
        webhook = try container.decodeIfPresent(String.self, forKey: .webhook)
    }
}
