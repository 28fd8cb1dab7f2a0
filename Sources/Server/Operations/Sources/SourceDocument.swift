import Corpus
import Foundation
import Ingest

/// A source, and how it stands.
struct SourceDocument: ResponseDocument {
    struct Chosen: Encodable, Sendable {
        var included: [String]
        var excluded: [String]
    }

    struct Sync: Encodable, Sendable {
        var job: String
        var state: String
        var createdAt: Date
        @Nullable var startedAt: Date?
        @Nullable var endedAt: Date?
        var stored: Int
        var failed: Int
        @Nullable var reason: String?

        init(_ job: IngestJob) {
            self.job = job.id
            state = job.state.rawValue
            createdAt = job.createdAt
            startedAt = job.startedAt
            endedAt = job.endedAt
            stored = job.counts.stored
            failed = job.counts.failed
            reason = job.reason
        }
    }

    var id: String
    var kind: String
    var dialect: String
    var baseUrl: String
    var spaces: Chosen
    @Nullable var lastSync: Sync?
    @Nullable var currentJob: String?
    @Nullable var syncedAt: String?
    @Nullable var syncSeconds: Int?
    @Nullable var nextSync: Date?
    /// By kind.
    var documents: [String: Int]
    var failures: Int

    init(
        id: String, _ source: JobSourceDescription, lastSync: IngestJob?, current: IngestJob?,
        syncedAt: String?, documents: [Document.Kind: Int], failures: Int
    ) {
        self.id = id
        kind = source.kind
        dialect = source.dialect
        baseUrl = source.baseURL
        spaces = Chosen(included: source.spaces, excluded: source.excludedSpaces)
        self.lastSync = lastSync.map { Sync($0) }
        currentJob = current?.id
        self.syncedAt = syncedAt
        syncSeconds = source.pause.map { Int($0.components.seconds) }
        nextSync = source.nextSync
        self.documents = Dictionary(
            Document.Kind.allCases.map { ($0.rawValue, documents[$0] ?? 0) },
            uniquingKeysWith: { first, _ in first })
        self.failures = failures
    }

    static var schema: JSONSchema {
        let keys = JSONSchema.list(of: .text)
        let sync = JSONSchema.object(required: [
            "job": .text, "state": .choice(IngestJob.State.allCases.map(\.rawValue)), "created_at": .time,
            "started_at": .time.orNull, "ended_at": .time.orNull, "stored": .integer, "failed": .integer,
            "reason": .text.orNull,
        ])
        return .object(required: [
            "id": .text, "kind": .text, "dialect": .text,
            "base_url": JSONSchema.text.described("without credentials"),
            "spaces": JSONSchema.object(required: ["included": keys, "excluded": keys]).described(
                "keys or patterns, as the settings have them; none included means all that are not personal"),
            "last_sync": sync.orNull.described("the last job of the whole source that ended"),
            "current_job": JSONSchema.text.orNull.described("the job that has begun and not ended"),
            "synced_at": JSONSchema.text.orNull.described(
                "when a source was last read whole without failures"),
            "sync_seconds": JSONSchema.integer.orNull.described("how often it is synced by itself"),
            "next_sync": .time.orNull,
            "documents": JSONSchema.map(to: .integer).described("stored documents by kind"),
            "failures": JSONSchema.integer.described("documents that failed when they were last read"),
        ]).named("Source")
    }
}

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

struct FailureListDocument: ResponseDocument {
    var failures: [FailureDocument]
    /// The cursor of the next page; null behind the last one.
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: ["failures": .list(of: FailureDocument.schema), "next": JSONSchema.text.orNull])
            .named("IngestFailureList")
    }
}
