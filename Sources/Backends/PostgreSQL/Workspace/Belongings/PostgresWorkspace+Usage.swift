import Workspace

extension PostgresWorkspace: UsageStore {
    public func add(
        _ counts: [UsageKey: UsageCounts], forgettingBefore firstDay: Int
    ) async throws(WorkspaceError) {
        let rows = UsageRows(counts)
        try await write { db in
            try db.pipeline([
                .init("DELETE FROM usage_day WHERE day < $1", [.count(firstDay)]),
                // In one order, so that two that count at once do not wait for each other.
                .init(
                    """
                    INSERT INTO usage_day AS known (day, digest, tenant, caller, key, model, requests, answers,
                        failed, input_tokens, output_tokens, microdollars)
                    SELECT day, digest, min(tenant), min(caller), min(key), min(model), sum(requests)::bigint,
                        sum(answers)::bigint, sum(failed)::bigint, sum(input_tokens)::bigint,
                        sum(output_tokens)::bigint, sum(microdollars)::bigint
                    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                        AS given (day, digest, tenant, caller, key, model, requests, answers, failed,
                            input_tokens, output_tokens, microdollars)
                    GROUP BY day, digest ORDER BY day, digest
                    ON CONFLICT (day, digest) DO UPDATE SET
                        requests = known.requests + excluded.requests,
                        answers = known.answers + excluded.answers, failed = known.failed + excluded.failed,
                        input_tokens = known.input_tokens + excluded.input_tokens,
                        output_tokens = known.output_tokens + excluded.output_tokens,
                        microdollars = known.microdollars + excluded.microdollars
                    """, rows.columns),
            ])
            return
        }
    }

    public func usage(
        tenant: String, days: ClosedRange<Int>, caller: String?
    ) async throws(WorkspaceError) -> [UsageKey: UsageCounts] {
        try await readLate { db in
            let rows = try db.query(
                """
                SELECT day, caller, key, model, requests, answers, failed, input_tokens, output_tokens,
                    microdollars
                FROM usage_day
                WHERE left(tenant, 200) = left($1, 200) AND tenant = $1 AND day BETWEEN $2 AND $3
                    AND ($4 OR caller = $5)
                """,
                [
                    .text(tenant), .count(days.lowerBound), .count(days.upperBound), .bool(caller == nil),
                    .text(caller ?? ""),
                ]
            ).rows
            var found: [UsageKey: UsageCounts] = [:]
            for row in rows {
                var counts = UsageCounts()
                counts.requests = try row.count(4)
                counts.answers = try row.count(5)
                counts.failed = try row.count(6)
                counts.inputTokens = try row.count(7)
                counts.outputTokens = try row.count(8)
                counts.microdollars = try row.count(9)
                let key = UsageKey(
                    tenant: tenant, day: try row.count(0), caller: try row.text(1), key: try row.text(2),
                    model: try row.text(3))
                found[key] = counts
            }
            return found
        }
    }
}

/// Counts as the columns of a statement.
private struct UsageRows: Sendable {
    let columns: [PostgresValue]

    init(_ counts: [UsageKey: UsageCounts]) {
        let (keys, counts) = (Array(counts.keys), Array(counts.values))
        func numbers(_ number: (UsageCounts) -> Int) -> PostgresValue {
            .ints(counts.map { Int64(number($0)) })
        }
        // What a model's server says may be any number: sums of these stay whole ones.
        func bounded(_ number: (UsageCounts) -> Int) -> PostgresValue {
            numbers { min(max(0, number($0)), 1_000_000_000_000) }
        }
        columns = [
            .ints(keys.map { Int64($0.day) }),
            .texts(keys.map { NameDigest.of($0.tenant, $0.caller, $0.key, $0.model) }),
            .texts(keys.map(\.tenant)), .texts(keys.map(\.caller)), .texts(keys.map(\.key)),
            .texts(keys.map(\.model)), numbers(\.requests), numbers(\.answers), numbers(\.failed),
            bounded(\.inputTokens), bounded(\.outputTokens), bounded(\.microdollars),
        ]
    }
}
