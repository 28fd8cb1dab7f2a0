import Flow
import FlowService
import Foundation
import JSONValue

/// The body of `POST /v1/flows` and `PUT /v1/flows/{flow}`: a flow as docs/flows.md tells, and how it is kept.
struct FlowBody: RequestDocument {
    var definition: FlowDefinition
    var endpoint: String?
    var project: String?
    var tags: [String]
    var isShared: Bool
    var note: String
    /// The version that the change began from.
    var expected: Int?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case flow, endpoint, project, tags, shared, note
        case baseVersion = "base_version"
    }

    static let summary = "a flow, and how it is kept"

    /// What parts a flow has is told in docs/flows.md.
    static var graphSchema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["name", "components", "edges"],
            "properties": [
                "name": ["type": "string", "minLength": 1],
                "components": ["type": "array", "items": ["type": "object"]],
                "edges": ["type": "array", "items": ["type": "object"]],
            ],
        ]).named("FlowGraph")
    }

    static var schema: JSONSchema {
        .request(
            required: [
                "flow": graphSchema
            ],
            optional: [
                "endpoint": JSONSchema.text.described("an address of its own, beside its id"),
                "project": JSONSchema.text.described("the project that it lies in"),
                "tags": .list(of: .text, count: 0...50),
                "shared": JSONSchema.flag.described("whether others may run it").standard(false),
                "note": JSONSchema.text.described("what is said of the change"),
                "base_version": JSONSchema.integer.described(
                    "the version that the change began from; a newer one meanwhile refuses it"),
            ]
        ).named("FlowRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        definition = try container.decode(FlowDefinition.self, forKey: .flow)
        guard !definition.name.isEmpty, definition.name.utf8.count <= 200 else {
            throw RequestFault.invalidField(name: "flow.name", reason: "must have 1 to 200 bytes")
        }
        endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
        project = try container.decodeIfPresent(String.self, forKey: .project)
        tags = try container.decodeIfPresent([String].self, forKey: .tags) ?? []
        guard tags.count <= 50 else {
            throw RequestFault.invalidField(name: "tags", reason: "has \(tags.count) values; the limit is 50")
        }
        isShared = try container.decodeIfPresent(Bool.self, forKey: .shared) ?? false
        note = try container.decodeIfPresent(String.self, forKey: .note) ?? ""
        expected = try container.wholeNumber(forKey: .baseVersion)
    }
}

/// The body of `POST /v1/flows/{flow}/publish`.
struct PublishBody: RequestDocument {
    /// `nil` takes the published version back: callers run the newest one then.
    var version: Int?
    var endpoint: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case version, endpoint
    }

    static let summary = "the version that callers run"

    static var schema: JSONSchema {
        .request(
            required: ["version": JSONSchema(["type": "integer", "minimum": 1]).orNull],
            optional: ["endpoint": JSONSchema.text.described("another address for it")]
        ).named("PublishRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        guard container.contains(.version) else {
            throw RequestFault.invalidField(name: "version", reason: "is missing")
        }
        version = try container.wholeNumber(forKey: .version)
        if let version, version < 1 {
            throw RequestFault.invalidField(
                name: "version", reason: "is \(version); versions count from 1")
        }
        endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
    }
}
