import Workspace

extension PostgresWorkspace {
    public func delete(flow id: String, for owner: Owner) async throws(WorkspaceError) {
        let time = now()
        try await write { db in
            let flow = try PostgresFlow.own(id, for: owner, locks: true, db)
            // Whoever ran it: of the flow's tenant.
            let values: [PostgresValue] = [.text(id), .text(owner.tenant)]
            /// - Parameter indexed: characters of a flow's id that the index has.
            func ofFlow(_ table: String, indexed: Int) -> String {
                """
                \(table).owner_id = o.id AND o.tenant = $2 AND \(table).flow = $1
                    AND left(\(table).flow, \(indexed)) = left($1, \(indexed))
                """
            }
            // Runs before conversations, as whoever ends a run with what was said takes them.
            try db.pipeline([
                .init("DELETE FROM flow WHERE sequence = $1", [.int(flow.sequence)]),
                .init(
                    """
                    UPDATE run SET state = 'cancelled', ended_at = $3 FROM owner o
                    WHERE \(ofFlow("run", indexed: 100)) AND run.state = 'queued'
                    """, values + [.time(time)]),
                .init(
                    """
                    UPDATE run SET is_cancel_requested = true FROM owner o
                    WHERE \(ofFlow("run", indexed: 100)) AND run.state = 'running'
                    """, values),
                .init(
                    """
                    DELETE FROM conversation c USING owner o
                    WHERE \(ofFlow("c", indexed: 200))
                    """, values),
            ])
            return
        }
    }
}
