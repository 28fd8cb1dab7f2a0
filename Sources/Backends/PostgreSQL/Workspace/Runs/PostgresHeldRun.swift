import Foundation
import Workspace

/// A run whose worker holds the newest lease: the only one that may write of it. Its row is locked, so that the lease
/// is the newest until the transaction ends.
struct PostgresHeldRun {
    let sequence: Int64
    let attempts: Int
    let isCancelRequested: Bool
    private let owner: Owner

    /// - Throws: ``WorkspaceError/leaseLost(run:)`` where the lease is not the newest, or the run does not run.
    init(_ lease: RunLease, _ db: PostgresConnection) throws {
        let row = try db.query(
            """
            SELECT r.sequence, r.attempts, r.is_cancel_requested, o.tenant, o.name
            FROM run r JOIN owner o ON o.id = r.owner_id
            WHERE r.id = $1 AND r.lease_number = $2 AND r.state = 'running' FOR UPDATE OF r
            """, [.text(lease.run), .count(lease.number)]
        ).first
        guard let row else { throw WorkspaceError.leaseLost(run: lease.run) }
        sequence = try row.int(0)
        attempts = try row.count(1)
        isCancelRequested = try row.bool(2)
        owner = Owner(tenant: try row.text(3), name: try row.text(4))
    }

    /// Whether a conversation is the run's owner's: by its bytes, as owners are told apart here.
    func owns(_ key: ConversationKey) -> Bool {
        key.owner.tenant.utf8.elementsEqual(owner.tenant.utf8)
            && key.owner.name.utf8.elementsEqual(owner.name.utf8)
    }

    /// Queues it once more.
    ///
    /// - Parameters:
    ///   - counts: whether the attempt that ends here counts.
    ///   - announces: whether a queue is told of it.
    func requeue(due: Date, counts: Bool, announces: Bool, _ db: PostgresConnection) throws {
        try db.query(
            """
            UPDATE run SET state = 'queued', due_at = $2, attempts = attempts - $3, lease_worker = NULL,
                lease_expires_at = NULL
            WHERE sequence = $1
            """, [.int(sequence), .time(due), .int(counts ? 0 : 1)])
        if announces { try RunAnnouncing.announce(sequence, due: due, db) }
    }

    /// Keeps events whose positions are not there yet.
    ///
    /// - Throws: ``WorkspaceError/eventGap(run:expected:actual:)``.
    func append(_ events: [StoredRunEvent], of lease: RunLease, _ db: PostgresConnection) throws {
        guard !events.isEmpty else { return }
        let last = try db.int(
            "SELECT max(position) FROM run_event WHERE run_sequence = $1", [.int(sequence)])
        var next = last.map { Int($0) + 1 } ?? 0
        var added: [PostgresConnection.Statement] = []
        for event in events where event.position >= next {
            guard event.position == next else {
                throw WorkspaceError.eventGap(run: lease.run, expected: next, actual: event.position)
            }
            added.append(
                .init(
                    "INSERT INTO run_event (run_sequence, position, event) VALUES ($1, $2, $3)",
                    [.int(sequence), .count(event.position), .bytes(event.event)]))
            next += 1
        }
        try db.pipeline(added)
    }
}
