import Foundation
import Workspace

/// One version of a stored flow, without the flow itself.
struct FlowVersionDocument: ResponseDocument {
    struct List: ResponseDocument {
        var versions: [FlowVersionDocument]

        static var schema: JSONSchema {
            .object(required: ["versions": .list(of: FlowVersionDocument.schema)]).named("FlowVersionList")
        }
    }

    var version: Int
    var note: String
    var author: String
    var savedAt: Date
    var published: Bool
    /// Whether it came from another product.
    var imported: Bool

    static var schema: JSONSchema {
        .object(required: [
            "version": .integer, "note": .text, "author": .text, "saved_at": .time, "published": .flag,
            "imported": .flag,
        ]).named("FlowVersion")
    }

    init(_ version: FlowVersion, published: Int?) {
        self.version = version.number
        note = version.note
        author = version.author
        savedAt = version.savedAt
        self.published = version.number == published
        imported = version.origin != nil
    }
}
