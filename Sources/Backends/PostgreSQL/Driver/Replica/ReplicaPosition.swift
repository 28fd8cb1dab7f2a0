import Foundation

/// How far a server has come in its log, and whose log that is.
struct ReplicaPosition: Sendable, Hashable {
    var isStandby: Bool
    /// Bytes since the log began: of a primary what it has kept, of a standby what it has replayed.
    var position: Int64
    /// The number that a database has from `initdb` on, and its replicas with it.
    var system: String
    /// Which of the histories of its log that is: each promotion begins another one. Eight hexadecimal digits.
    var timeline: String

    /// A standby tells of its last restart point, and so of an earlier history than it follows by now: that is on the safe
    /// side.
    static let timelineSQL = """
        CASE WHEN pg_is_in_recovery() THEN (SELECT lpad(upper(to_hex(timeline_id)), 8, '0') FROM pg_control_checkpoint())
            ELSE substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) END
        """

    static func read(_ db: PostgresConnection) throws -> ReplicaPosition {
        let row = try db.query(
            """
            SELECT pg_is_in_recovery(), coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::bigint, 0), system_identifier::text,
                \(timelineSQL)
            FROM pg_control_system()
            """
        ).first
        guard let row else {
            throw PostgresError.unexpectedValue(server: db.server, column: "position", expected: "position")
        }
        return ReplicaPosition(
            isStandby: try row.bool(0), position: try row.int(1), system: try row.text(2),
            timeline: try row.text(3))
    }

    func demandReplica(of primary: ReplicaPosition, server: String) throws(PostgresError) {
        guard isStandby else {
            throw .replicaUnusable(
                server: server, reason: "it takes writes itself and follows no other server")
        }
        guard system == primary.system else {
            throw .replicaUnusable(server: server, reason: "it is a replica of another server")
        }
        guard timeline == primary.timeline else {
            throw .replicaUnusable(
                server: server,
                reason: """
                    its log is of timeline \(timeline) and the primary's of \(primary.timeline): it has not come over \
                    to the server that was promoted
                    """)
        }
    }
}

/// What has to be in a replica for a read.
enum ReplicaNeed: Sendable {
    /// All documents and rights as they are at this moment: it is asked of the primary which that are.
    case content
    /// What this process has written, and the rest as it was ``PostgresReplica/lagLimit`` ago.
    case late

    func floor(_ primary: PostgresPool) async throws -> ContentVersion? {
        guard case .content = self else { return nil }
        return try await primary.withConnection(until: ContinuousClock.now + .seconds(1)) {
            try $0.reading { try ContentVersion($0) }
        }
    }
}

/// Which documents and rights a database holds: a number that grows with every change that readers see.
struct ContentVersion: Sendable, Hashable {
    var identity: String?
    var generation: Int64
    /// Of the server's log: a standby that was left behind at a failover may hold as many changes, and other ones.
    var timeline: String

    init(identity: String?, generation: Int64, timeline: String) {
        self.identity = identity
        self.generation = generation
        self.timeline = timeline
    }

    init(_ db: PostgresConnection) throws {
        self.init(identity: nil, generation: 0, timeline: "")
        let found = try db.query(
            """
            SELECT key, value FROM state WHERE key IN ('identity', 'generation')
            UNION ALL SELECT 'timeline', \(ReplicaPosition.timelineSQL)
            """)
        for row in found.rows {
            let value = try row.text(1)
            switch try row.text(0) {
            case "identity": identity = value
            case "timeline": timeline = value
            default: generation = Int64(value) ?? 0
            }
        }
    }

    /// Whether whoever was shown `self` may be shown `other`: no right that was taken before is still there.
    func isHeld(by other: ContentVersion) -> Bool {
        other.identity == identity && other.timeline == timeline && other.generation >= generation
    }

    /// - Throws: where a right that was taken before the question might still be there.
    func demand(_ db: PostgresConnection) throws {
        guard isHeld(by: try ContentVersion(db)) else {
            throw PostgresError.replicaUnusable(
                server: db.server, reason: "it lacks the latest change of content")
        }
    }
}
