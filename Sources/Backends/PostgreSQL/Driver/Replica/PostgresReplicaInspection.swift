/// A replica as somebody sees it who looks whether it will do.
public struct PostgresReplicaInspection: Sendable, Hashable {
    /// How long it took until the replica had what the primary had in the beginning.
    public var lag: Duration

    /// Looks for as long as ``PostgresReplica/lagLimit`` at most.
    ///
    /// - Throws: ``PostgresError``: ``PostgresError/replicaUnusable(server:reason:)`` for one that is late, takes writes
    ///   itself, or follows another server.
    public static func read(_ replica: PostgresReplica) async throws -> PostgresReplicaInspection {
        let begin = ContinuousClock.now
        let ahead = try await replica.primary.retried { try ReplicaPosition.read($0) }
        let server = replica.pool.settings.name
        while true {
            let behind = try await replica.pool.withConnection { try ReplicaPosition.read($0) }
            try behind.demandReplica(of: ahead, server: server)
            let lag = ContinuousClock.now - begin
            if behind.position >= ahead.position { return PostgresReplicaInspection(lag: lag) }
            guard lag < replica.lagLimit else {
                throw PostgresError.replicaUnusable(
                    server: server,
                    reason: """
                        it lacks \(ahead.position - behind.position) bytes of the primary's log after \
                        \(replica.lagLimit)
                        """)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
