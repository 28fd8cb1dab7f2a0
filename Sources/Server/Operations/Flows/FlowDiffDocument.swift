import FlowService
import JSONValue

/// What is different between two versions of a flow.
struct FlowDiffDocument: ResponseDocument {
    let diff: FlowDiff

    static var schema: JSONSchema {
        let texts = JSONSchema.list(of: .text)
        return .object(required: [
            "added": texts, "removed": texts, "added_edges": texts, "removed_edges": texts,
            "changes_face": .flag,
            "changes": .list(
                of: .object(required: [
                    "component": .text, "field": .text, "before": JSONSchema([:]), "after": JSONSchema([:]),
                ])),
        ]).named("FlowDiff")
    }

    func encode(to encoder: any Encoder) throws { try diff.json.encode(to: encoder) }
}

/// The body of `POST /v1/flows/{flow}/restore`.
struct RestoreBody: RequestDocument {
    var version: Int

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case version
    }

    static let summary = "the version that shall be the newest again"

    static var schema: JSONSchema {
        .request(required: ["version": JSONSchema(["type": "integer", "minimum": 1])]).named("RestoreRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        guard let version = try container.wholeNumber(forKey: .version), version > 0 else {
            throw RequestFault.invalidField(name: "version", reason: "must be a whole number from 1 on")
        }
        self.version = version
    }
}
