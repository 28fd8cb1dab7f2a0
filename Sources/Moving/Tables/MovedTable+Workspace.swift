extension MovedTable {
    /// What people make: each owner's flows, conversations and runs, and what administrators keep.
    static let workspace: [MovedTable] =
        [
            MovedTable(
                "owner", in: .workspace, key: ["id"], numbered: "id", text: ["tenant", "name"],
                integer: ["id"], onlyPostgreSQL: [.names("digest", of: "tenant", "name")]),
            MovedTable(
                "project", in: .workspace, key: ["owner_id", "id"], text: ["id", "name", "description"],
                integer: ["owner_id"]),
            MovedTable(
                "flow", in: .workspace, key: ["sequence"], numbered: "sequence",
                text: ["tenant", "id", "name", "description", "endpoint", "project_id", "tags"],
                integer: ["sequence", "owner_id", "latest", "published", "created_at", "updated_at"],
                boolean: ["is_shared"],
                onlyPostgreSQL: [
                    .names("id_digest", of: "tenant", "id"),
                    // NULL where there is none: `||` of NULL is NULL.
                    .names("endpoint_digest", of: "tenant", "endpoint"),
                ]),
            MovedTable(
                "flow_version", in: .workspace, key: ["flow_sequence", "number"], text: ["note", "author"],
                integer: ["flow_sequence", "number", "saved_at"], bytes: ["definition", "origin"]),
            MovedTable(
                "conversation", in: .workspace, key: ["id"], numbered: "id",
                text: ["flow", "session", "title", "opening"],
                integer: ["id", "owner_id", "message_count", "started_at", "last_at"],
                onlyPostgreSQL: [.names("digest", of: "flow", "session")]),
            MovedTable(
                "message", in: .workspace, key: ["sequence"], numbered: "sequence",
                text: ["id", "role", "sender", "text"],
                integer: ["sequence", "conversation_id", "owner_id", "sent_at"], bytes: ["details"]),
            MovedTable(
                "feedback", in: .workspace, key: ["sequence"], numbered: "sequence",
                text: ["id", "answer", "request", "question", "rating", "reason", "comment"],
                integer: ["sequence", "owner_id", "created_at"]),
        ] + runs + belongings + keys

    /// Runs, and whom they are told to.
    private static let runs: [MovedTable] = [
        MovedTable(
            "run", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: [
                "id", "flow", "session", "state", "callback", "lease_worker", "idempotency_key",
            ],
            integer: [
                "sequence", "owner_id", "version", "priority", "attempts", "created_at", "due_at",
                "started_at", "ended_at", "lease_number", "lease_expires_at", "told_at",
            ], boolean: ["is_cancel_requested"], bytes: ["request_digest"]),
        MovedTable(
            "run_content", in: .workspace, key: ["run_sequence"], integer: ["run_sequence"],
            bytes: ["request", "result", "failure"]),
        MovedTable(
            "run_event", in: .workspace, key: ["run_sequence", "position"],
            integer: ["run_sequence", "position"], bytes: ["event"]),
        MovedTable(
            "run_outbox", in: .workspace, key: ["sequence"], numbered: "sequence",
            integer: ["sequence", "run_sequence", "priority", "due_at", "held_until"]),
        MovedTable(
            "webhook_endpoint", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: ["id", "url", "description", "flow", "disabled_reason"],
            integer: [
                "sequence", "owner_id", "previous_secret_until", "created_at", "updated_at", "disabled_at",
                "failing_since",
            ], boolean: ["includes_result"], bytes: ["secret", "previous_secret"], lists: ["events"]),
        MovedTable(
            "webhook_delivery", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: ["id", "event", "run", "state", "last_error", "lease_sender"],
            integer: [
                "sequence", "endpoint_sequence", "attempts", "created_at", "due_at", "last_attempt_at",
                "ended_at", "last_status", "lease_number", "lease_expires_at",
            ], bytes: ["body"]),
        MovedTable(
            "reply", in: .workspace, key: ["claim"], numbered: "claim", text: ["operation", "headers"],
            integer: ["claim", "owner_id", "expires_at", "status"],
            bytes: ["key_digest", "fingerprint", "body"]),
    ]

    private static let belongings: [MovedTable] = [
        MovedTable(
            "file", in: .workspace, key: ["id"],
            text: ["id", "flow", "name", "media_type", "content_digest"],
            integer: ["owner_id", "byte_count", "created_at"], renamed: ["content_digest": "digest"],
            onlyPostgreSQL: [.names("digest", of: "flow", "name")]),
        MovedTable(
            "variable", in: .workspace, key: ["owner_id", "id"], text: ["id", "name", "default_fields"],
            integer: ["owner_id", "updated_at"], boolean: ["is_secret"], bytes: ["value"]),
        MovedTable(
            "evaluation_set", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: ["id", "tenant", "name", "created_by", "lines"], integer: ["sequence", "created_at"]),
        MovedTable(
            "evaluation_run", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: [
                "id", "tenant", "set_id", "set_name", "name", "flow", "settings", "half", "state",
                "created_by", "failure", "summary",
            ],
            integer: [
                "sequence", "question_limit", "concurrency", "done", "total", "created_at", "started_at",
                "ended_at",
            ]),
        MovedTable(
            "evaluation_report", in: .workspace, key: ["run_sequence"], integer: ["run_sequence"],
            bytes: ["report"]),
        MovedTable(
            "source", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: ["id", "name", "definition", "state", "created_by"],
            integer: ["sequence", "revision", "created_at", "updated_at"], bytes: ["secret"]),
        MovedTable(
            "usage_day", in: .workspace, key: ["day", "tenant", "caller", "key", "model"],
            text: ["tenant", "caller", "key", "model"],
            integer: [
                "day", "requests", "answers", "failed", "input_tokens", "output_tokens", "microdollars",
            ], onlyPostgreSQL: [.names("digest", of: "tenant", "caller", "key", "model")]),
    ]

    /// Who may come in, and what those did who may do more.
    private static let keys: [MovedTable] = [
        MovedTable(
            "api_key", in: .workspace, key: ["sequence"], numbered: "sequence",
            text: ["id", "tenant", "lineage", "name", "principals", "scopes", "created_by"],
            integer: [
                "sequence", "created_at", "expires_at", "revoked_at", "last_used_at", "requests_per_minute",
                "concurrent_runs",
            ], bytes: ["digest"]),
        MovedTable(
            "sign_in_session", in: .workspace, key: ["digest"],
            text: ["id", "tenant", "principals", "scopes"],
            integer: ["created_at", "expires_at", "rotated_at"], bytes: ["digest", "previous_digest"],
            unnamed: ["sequence"]),
        // Each record names the one before; the numbers are the log's own.
        MovedTable(
            "audit_record", in: .workspace, key: ["sequence"],
            text: ["tenant", "actor", "act", "object", "details"], integer: ["sequence", "at"],
            bytes: ["previous", "digest"]),
    ]
}

extension MovedTable.Derived {
    /// What PostgreSQL keeps in place of several names that may be longer than an index takes: SHA-256 in hexadecimal
    /// of the names with a NUL between each two.
    fileprivate static func names(_ name: String, of columns: String...) -> Self {
        let bytes = columns.map { "convert_to({\($0)}, 'UTF8')" }.joined(separator: #" || '\x00'::bytea || "#)
        return Self(name: name, expression: "encode(sha256(\(bytes)), 'hex')")
    }
}
