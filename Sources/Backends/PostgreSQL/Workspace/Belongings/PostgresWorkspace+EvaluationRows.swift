import Workspace

extension PostgresWorkspace {
    /// A run with the state that it has, as it is first kept.
    static func insertion(of run: StoredEvaluationRun) -> PostgresConnection.Statement {
        .init(
            """
            INSERT INTO evaluation_run (id, tenant, set_id, set_name, name, flow, settings, half, question_limit,
                concurrency, state, done, total, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                .text(run.id), .text(run.tenant), .text(run.set), .text(run.setName), .text(run.name),
                .text(run.flow), .text(run.settings), PostgresValue(run.half), PostgresValue(run.limit),
                .count(run.concurrency), .text(run.state.rawValue), .count(run.done), .count(run.total),
                .time(run.createdAt), .text(run.createdBy),
            ])
    }

    static let evaluationRunColumns = """
        id, tenant, set_id, set_name, name, flow, settings, half, question_limit, concurrency, total, created_at,
        created_by, state, done, started_at, ended_at, failure, summary
        """

    static func evaluationRun(_ row: PostgresRow) throws -> StoredEvaluationRun {
        var run = StoredEvaluationRun(
            id: try row.text(0), tenant: try row.text(1), set: try row.text(2), setName: try row.text(3),
            name: try row.text(4), flow: try row.text(5), settings: try row.text(6),
            half: try row.optionalText(7), limit: try row.optionalCount(8), concurrency: try row.count(9),
            total: try row.count(10), createdAt: try row.time(11), createdBy: try row.text(12))
        run.state = StoredEvaluationRun.State(rawValue: try row.text(13)) ?? .failed
        run.done = try row.count(14)
        run.startedAt = try row.optionalTime(15)
        run.endedAt = try row.optionalTime(16)
        run.failure = try row.optionalText(17)
        run.summary = try row.optionalText(18)
        return run
    }
}
