import Corpus
import Foundation
import JSONValue

/// The response of `GET /v1/status`: what there is for this reader.
struct StatusDocument: ResponseDocument {
    struct SpaceDocument: Encodable, Sendable {
        var key: String
        var name: String
        var documents: Int
    }

    let name = "Millrace"
    var version: String
    var documents: Int
    var chunks: Int
    /// Documents by kind.
    var kinds: [String: Int]
    var spaces: [SpaceDocument]
    /// As the last ingest wrote it, RFC 3339.
    @Nullable var syncedAt: String?
    /// The embedding model.
    var model: String
    var generator: String
    /// Questions to begin with that have good answers.
    var examples: [String]

    static var schema: JSONSchema {
        let space = JSONSchema.object(required: ["key": .text, "name": .text, "documents": .integer])
        return .object(required: [
            "name": .constant("Millrace"), "version": .text, "documents": .integer, "chunks": .integer,
            "kinds": JSONSchema.map(to: .integer).described("documents by kind, such as page"),
            "spaces": .list(of: space), "synced_at": .text.orNull, "model": .text, "generator": .text,
            "examples": .list(of: .text),
        ]).named("Status")
    }

    init(
        _ summary: CorpusSummary, examples: [String], syncedAt: String?, version: String, model: String,
        generator: String
    ) {
        self.version = version
        documents = summary.documents
        chunks = summary.chunks
        kinds = Dictionary(
            summary.kinds.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
        spaces = summary.spaces.map {
            SpaceDocument(key: $0.space.key, name: $0.space.name, documents: $0.documents)
        }
        self.syncedAt = syncedAt
        self.model = model
        self.generator = generator
        self.examples = examples
    }
}
