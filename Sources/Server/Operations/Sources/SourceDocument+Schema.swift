import Corpus
import Workspace

extension SourceDocument {
    static var schema: JSONSchema {
        let keys = JSONSchema.list(of: .text)
        let auth = JSONSchema.object(required: [
            "type": .choice(["basic", "bearer", "oauth", "none"]), "email": .text.orNull, "secret_set": .flag,
        ])
        return .object(required: [
            "id": .text, "name": .text,
            "origin": JSONSchema.choice(["settings", "api"]).described("where it was named"),
            "read_only": JSONSchema.flag.described("whether it is changed in the settings alone"),
            "state": .choice(StoredSource.State.allCases.map(\.rawValue)),
            "kind": .text, "dialect": .text,
            "base_url": JSONSchema.text.described("without credentials"),
            "auth": auth.described("how it is signed in to; never the secret"),
            "spaces": JSONSchema.object(required: ["included": keys, "excluded": keys]).described(
                "keys or patterns; none included means all that are not personal"),
            "permissions": .choice(SourceDefinition.Permissions.allCases.map(\.rawValue)),
            "options": SourceOptionsDocument.schema,
            "last_sync": sync.orNull.described("the last job of the whole source that ended"),
            "current_job": JSONSchema.text.orNull.described("the job that has begun and not ended"),
            "synced_at": JSONSchema.text.orNull.described(
                "when a source was last read whole without failures"),
            "sync_seconds": JSONSchema.integer.orNull.described("how often it is synced by itself"),
            "sync_minutes": JSONSchema.integer.described(
                "the same in minutes; 0 for only when somebody asks"),
            "next_sync": .time.orNull,
            "failed_syncs": JSONSchema.integer.described("in a row; each doubles the pause, up to a day"),
            "documents": JSONSchema.map(to: .integer).described("stored documents by kind"),
            "documents_by_space": .list(
                of: .object(
                    required: ["key": .text, "documents": .integer],
                    optional: [
                        "name": JSONSchema.text.described(
                            "told of one source, for the largest spaces, where the caller may read a page of it"
                        )
                    ])),
            "failures": JSONSchema.integer.described("documents that failed when they were last read"),
            "failure_reasons": JSONSchema.list(of: FailureReasonDocument.schema).described(
                "why, the most frequent first; the first \(FailureReasonDocument.limit)"),
        ]).named("Source")
    }

    private static var sync: JSONSchema {
        .object(required: [
            "job": .text, "state": .choice(IngestJob.State.allCases.map(\.rawValue)), "created_at": .time,
            "started_at": .time.orNull, "ended_at": .time.orNull, "stored": .integer, "failed": .integer,
            "reason": .text.orNull,
        ])
    }
}
