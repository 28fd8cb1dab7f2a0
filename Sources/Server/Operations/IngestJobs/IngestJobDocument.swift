import Corpus
import Foundation

/// An ingest job.
struct IngestJobDocument: ResponseDocument {
    struct ScopeDocument: Encodable, Sendable {
        var site: Bool?
        var space: String?
        var page: String?
        var upload: String?
        var removal: Bool?

        init(_ scope: IngestJob.Scope) {
            switch scope {
            case .site: site = true
            case .space(let key): space = key
            case .page(let id): page = id
            case .upload(let file): upload = file.fileName
            case .removal: removal = true
            }
        }
    }

    struct Planned: Encodable, Sendable {
        var id: String
        var title: String
        var change: String
        @Nullable var space: String?
    }

    struct Counts: Encodable, Sendable {
        var seen: Int
        var stored: Int
        var unchanged: Int
        var readersChanged: Int
        var removed: Int
        var failed: Int
        var leftOut: Int
        var chunks: Int
        var embedded: Int
        @Nullable var tokens: Int?
        @Nullable var dollars: Double?

        init(_ counts: IngestJob.Counts) {
            seen = counts.seen
            stored = counts.stored
            unchanged = counts.unchanged
            readersChanged = counts.readersChanged
            removed = counts.removed
            failed = counts.failed
            leftOut = counts.leftOut
            chunks = counts.chunks
            embedded = counts.embedded
            tokens = counts.tokens
            dollars = counts.dollars
        }
    }

    var id: String
    var source: String
    var scope: ScopeDocument
    var dryRun: Bool
    var state: String
    @Nullable var stage: String?
    var counts: Counts
    @Nullable var expected: Int?
    var currentTitle: String
    var attempts: Int
    var createdBy: String
    var createdAt: Date
    @Nullable var startedAt: Date?
    @Nullable var endedAt: Date?
    @Nullable var reason: String?
    var failures: [FailureDocument]
    var notes: [String]
    @Nullable var planned: [Planned]?
    @Nullable var plan: IngestPlanDocument?

    init(_ job: IngestJob) {
        id = job.id
        source = job.source
        scope = ScopeDocument(job.scope)
        dryRun = job.isDryRun
        state = job.state.rawValue
        stage = job.stage
        counts = Counts(job.counts)
        expected = job.expected
        currentTitle = job.currentTitle
        attempts = job.attempts
        createdBy = job.createdBy
        createdAt = job.createdAt
        startedAt = job.startedAt
        endedAt = job.endedAt
        reason = job.reason
        failures = job.failures.map { FailureDocument($0) }
        notes = job.notes
        planned = job.planned?.map {
            Planned(
                id: $0.id, title: $0.title, change: $0.change, space: Nullable(wrappedValue: $0.space))
        }
        plan = job.plan.map { IngestPlanDocument($0) }
    }

    static var schema: JSONSchema {
        let scope = JSONSchema.object(
            optional: [
                "site": .flag, "space": .text, "page": .text, "upload": .text,
                "removal": JSONSchema.flag.described("what is stored of a source that is deleted"),
            ])
        let planned = JSONSchema.object(required: [
            "id": .text, "title": .text, "change": .text, "space": JSONSchema.text.orNull,
        ])
        return .object(required: [
            "id": .text, "source": .text, "scope": scope, "dry_run": .flag,
            "state": .choice(IngestJob.State.allCases.map(\.rawValue)),
            "stage": JSONSchema.choice(["documents", "removals", "index", "finished"]).orNull,
            "counts": counts,
            "expected": JSONSchema.integer.orNull.described("documents, as far as the source knows"),
            "current_title": .text, "attempts": .integer, "created_by": .text, "created_at": .time,
            "started_at": .time.orNull, "ended_at": .time.orNull,
            "reason": JSONSchema.text.orNull.described("why it did not come to its end, or waits"),
            "failures": JSONSchema.list(of: FailureDocument.schema).described(
                "the first \(IngestJob.failureLimit) documents that failed"),
            "notes": JSONSchema.list(of: .text).described("what a person should know"),
            "planned": JSONSchema.list(of: planned).orNull.described(
                "what a dry run found; null for any other job, and in lists of jobs"),
            "plan": IngestPlanDocument.schema.orNull.described(
                "what a dry run counted, once it has ended; null for any other job"),
        ]).named("IngestJob")
    }

    private static var counts: JSONSchema {
        let names = [
            "seen", "stored", "unchanged", "readers_changed", "removed", "failed", "left_out", "chunks",
            "embedded",
        ]
        var members: [String: JSONSchema] = Dictionary(
            names.map { ($0, .integer) }, uniquingKeysWith: { first, _ in first })
        members["tokens"] = JSONSchema.integer.orNull.described(
            "that models read since the job was last begun, as their providers count them; null where none told of any"
        )
        members["dollars"] = JSONSchema.number.orNull.described(
            "what models cost since then, by the prices of the settings; null where none is set")
        return .object(required: members)
    }
}

struct IngestJobListDocument: ResponseDocument {
    var jobs: [IngestJobDocument]
    /// The cursor of the next page; null behind the last one.
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: ["jobs": .list(of: IngestJobDocument.schema), "next": JSONSchema.text.orNull])
            .named("IngestJobList")
    }
}
