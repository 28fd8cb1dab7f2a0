import Corpus
import Foundation
import Ingest

struct SourceListDocument: ResponseDocument {
    var sources: [SourceDocument]

    static var schema: JSONSchema {
        .object(required: ["sources": .list(of: SourceDocument.schema)]).named("SourceList")
    }
}

/// What trying a source found.
struct SourceCheckDocument: ResponseDocument {
    struct Step: Encodable, Sendable {
        var name: String
        @Nullable var ok: Bool?
        var message: String
    }

    var ok: Bool
    @Nullable var account: String?
    @Nullable var version: String?
    @Nullable var visibleSpaces: Int?
    var steps: [Step]

    init(_ check: SourceCheck) {
        ok = check.isGood
        account = check.account
        version = check.version
        visibleSpaces = check.visibleSpaces
        steps = check.steps.map {
            Step(name: $0.name, ok: Nullable(wrappedValue: $0.isGood), message: $0.message)
        }
    }

    static var schema: JSONSchema {
        .object(required: [
            "ok": .flag, "account": .text.orNull, "version": .text.orNull, "visible_spaces": .integer.orNull,
            "steps": .list(
                of: .object(required: ["name": .text, "ok": .flag.orNull, "message": .text])),
        ]).named("SourceCheck")
    }
}

struct SourceSpaceListDocument: ResponseDocument {
    struct Entry: Encodable, Sendable {
        var key: String
        var name: String
        var type: String
        var chosen: Bool

        init(_ found: SourceSpace) {
            key = found.space.key
            name = found.space.name
            type = found.space.type
            chosen = found.isChosen
        }
    }

    var spaces: [Entry]

    static var schema: JSONSchema {
        .object(required: [
            "spaces": .list(
                of: .object(required: ["key": .text, "name": .text, "type": .text, "chosen": .flag]))
        ]).named("SourceSpaceList")
    }
}

/// A document that failed.
struct FailureDocument: ResponseDocument {
    var id: String
    var title: String
    var reason: String
    var failedAt: Date

    init(_ failure: IngestFailure) {
        id = failure.id
        title = failure.title
        reason = failure.reason
        failedAt = failure.failedAt
    }

    static var schema: JSONSchema {
        .object(required: ["id": .text, "title": .text, "reason": .text, "failed_at": .time]).named(
            "IngestFailure")
    }
}

/// A reason that documents failed for, told once for all that it is the same for.
struct FailureReasonDocument: ResponseDocument {
    struct Example: Encodable, Sendable {
        var id: String
        var title: String
    }

    var reason: String
    var count: Int
    var example: Example

    /// Reasons that are told.
    static let limit = 20

    static var schema: JSONSchema {
        .object(required: [
            "reason": JSONSchema.text.described("without what differs from document to document"),
            "count": .integer, "example": .object(required: ["id": .text, "title": .text]),
        ]).named("FailureReason")
    }

    init(_ found: IngestFailureReason) {
        reason = found.reason
        count = found.count
        example = Example(id: found.exampleID, title: found.exampleTitle)
    }
}

struct FailureListDocument: ResponseDocument {
    var failures: [FailureDocument]
    /// The cursor of the next page; null behind the last one.
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: ["failures": .list(of: FailureDocument.schema), "next": JSONSchema.text.orNull])
            .named("IngestFailureList")
    }
}
