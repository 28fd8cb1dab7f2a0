import Flow
import FlowService
import Foundation
import JSONValue
import QA
import Workspace

/// One flow, as it is written, with what the library knows of it.
struct FlowDocument: ResponseDocument {
    struct List: ResponseDocument {
        /// Bytes of the definitions of a list, which stands in memory whole.
        static let byteLimit = 64 << 20

        var flows: [FlowDocument]

        static var schema: JSONSchema {
            .object(required: ["flows": .list(of: FlowDocument.schema)]).named("FlowList")
        }
    }

    let definition: FlowDefinition
    /// `nil` for a flow of the settings.
    var stored: StoredFlow?
    /// The version that ``definition`` is; 0 for a flow of the settings.
    var version = 0
    /// Whether the caller may change it; `nil` where that goes without saying.
    var isEditable: Bool?
    /// What keeps it from running; `nil` where nobody looked.
    var faults: [FlowFault]?

    /// The parts of a graph are told in docs/flows.md; what they may hold is open.
    static var schema: JSONSchema {
        JSONSchema([
            "type": "object",
            "properties": [
                "name": ["type": "string"], "description": ["type": "string"],
                "components": ["type": "array", "items": ["type": "object"]],
                "edges": ["type": "array", "items": ["type": "object"]], "output": ["type": "string"],
                "id": ["type": "string"], "version": ["type": "integer"],
                "latest": ["type": "integer"], "published": ["type": ["integer", "null"]],
                "endpoint": ["type": ["string", "null"]], "project": ["type": ["string", "null"]],
                "tags": ["type": "array", "items": ["type": "string"]], "shared": ["type": "boolean"],
                "editable": ["type": "boolean"],
                "created_at": ["type": "string", "format": "date-time"],
                "updated_at": ["type": "string", "format": "date-time"],
                "faults": ["type": "array", "items": ["type": "string"]],
            ],
            "required": ["name", "description", "components", "edges"],
        ]).named("Flow")
    }

    /// A part of a definition, such as `components`.
    private struct PartKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private enum CodingKeys: String, CodingKey {
        case id, version, latest, published, endpoint, project, tags, shared, editable, createdAt, updatedAt,
            faults
    }

    func encode(to encoder: any Encoder) throws {
        // As values: the keys within a graph are its author's, and stay whatever the encoder does to ours.
        let graph = try JSONValue(parsing: JSONEncoder().encode(definition)).object ?? [:]
        var parts = encoder.container(keyedBy: PartKey.self)
        for (name, part) in graph { try parts.encode(part, forKey: PartKey(stringValue: name)) }
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let faults { try container.encode(faults.map(\.description), forKey: .faults) }
        try container.encodeIfPresent(isEditable, forKey: .editable)
        guard let stored else { return }
        try container.encode(stored.id, forKey: .id)
        try container.encode(version, forKey: .version)
        try container.encode(stored.latest, forKey: .latest)
        try container.encode(stored.published, forKey: .published)
        try container.encode(stored.endpoint, forKey: .endpoint)
        try container.encode(stored.project, forKey: .project)
        try container.encode(stored.tags, forKey: .tags)
        try container.encode(stored.isShared, forKey: .shared)
        try container.encode(stored.createdAt, forKey: .createdAt)
        try container.encode(stored.updatedAt, forKey: .updatedAt)
    }
}
