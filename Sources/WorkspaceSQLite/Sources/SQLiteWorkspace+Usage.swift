import Foundation
import GRDB
import Workspace

extension UsageCounts {
    /// What a model's server says may be any number: sums of these stay whole ones.
    fileprivate var bounded: UsageCounts {
        func bounded(_ count: Int) -> Int { min(max(0, count), 1_000_000_000_000) }
        var counts = self
        counts.inputTokens = bounded(inputTokens)
        counts.outputTokens = bounded(outputTokens)
        counts.microdollars = bounded(microdollars)
        return counts
    }
}

extension SQLiteWorkspace: UsageStore {
    public func add(
        _ counts: [UsageKey: UsageCounts], forgettingBefore firstDay: Int
    ) async throws(WorkspaceError) {
        try await write(.process) { db in
            try db.run("DELETE FROM usage_day WHERE day < ?", firstDay)
            for (key, counted) in counts {
                let count = counted.bounded
                try db.run(
                    """
                    INSERT INTO usage_day (tenant, day, caller, key, model, requests, answers, failed,
                        input_tokens, output_tokens, microdollars)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, day, caller, key, model) DO UPDATE SET
                        requests = requests + excluded.requests, answers = answers + excluded.answers,
                        failed = failed + excluded.failed,
                        input_tokens = input_tokens + excluded.input_tokens,
                        output_tokens = output_tokens + excluded.output_tokens,
                        microdollars = microdollars + excluded.microdollars
                    """, key.tenant, key.day, key.caller, key.key, key.model, count.requests, count.answers,
                    count.failed, count.inputTokens, count.outputTokens, count.microdollars)
            }
        }
    }

    public func usage(
        tenant: String, days: ClosedRange<Int>, caller: String?
    ) async throws(WorkspaceError) -> [UsageKey: UsageCounts] {
        try await read { db in
            let rows = try db.rows(
                """
                SELECT * FROM usage_day WHERE tenant = ? AND day BETWEEN ? AND ? AND (? IS NULL OR caller = ?)
                """, tenant, days.lowerBound, days.upperBound, caller, caller)
            var found: [UsageKey: UsageCounts] = [:]
            for row in rows {
                var counts = UsageCounts()
                counts.requests = row["requests"]
                counts.answers = row["answers"]
                counts.failed = row["failed"]
                counts.inputTokens = row["input_tokens"]
                counts.outputTokens = row["output_tokens"]
                counts.microdollars = row["microdollars"]
                let key = UsageKey(
                    tenant: row["tenant"], day: row["day"], caller: row["caller"], key: row["key"],
                    model: row["model"])
                found[key] = counts
            }
            return found
        }
    }
}
