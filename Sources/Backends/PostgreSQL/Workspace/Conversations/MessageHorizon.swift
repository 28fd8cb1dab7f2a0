import Workspace

/// Up to which number every message of an owner is there for whoever pages through several conversations.
///
/// Numbers are given in order, and transactions that add to different conversations end in any order: a page that went
/// up to the highest number seen would pass over a lower one that is committed a moment later, for good. Who adds
/// messages therefore announces the number that theirs will lie above, by a shared advisory lock: it holds up nobody,
/// and ends when it is known what became of the messages. Who pages asks first for the highest number that is committed,
/// then for what is announced, and then takes the snapshot of the page: whatever was given up to that number is in the
/// snapshot, came to nothing, or lies above an announcement.
///
/// Nothing of it is stored: a database that is restored elsewhere, with other numbers of transactions, has it all the
/// same, and a long transaction of somebody else's holds back nothing. It holds as far as all processes announce: those
/// before it do not.
struct MessageHorizon: Sendable, Equatable {
    /// The highest number that was committed.
    private(set) var end: Int64
    /// Announced by transactions that still run: theirs lie above. Each is below ``end``.
    private(set) var open: Set<Int64>

    /// Up to where a page may go.
    var limit: Int64 { open.min() ?? end }

    /// Keys of two numbers, beside those of ``WorkspaceLock``, which are small: owners have the upper half. Two owners
    /// with one key wait for each other's messages, which costs a moment and nothing else.
    private static let ownerKey = """
        (1073741824 | (hashtext(current_schema() || '.' || $1) & 1073741823))
        """
    /// Of what the statement sees: below whatever is given later, and above nothing that was not announced. To ask the
    /// sequence itself takes rights on it that adding messages does not.
    private static let lastNumber = "coalesce((SELECT max(sequence) FROM message), 0)"
    /// A key has 32 bits with a sign; nobody adds two thousand million messages while a transaction runs.
    private static let span: Int64 = 1 << 31

    /// Announces messages that the transaction is about to add; before the first of them gets its number.
    static func announcement(for owner: Owner) -> PostgresConnection.Statement {
        .init(
            "SELECT pg_advisory_xact_lock_shared(\(ownerKey), (\(lastNumber) & \(span - 1))::integer)",
            [.text(PostgresConnection.digest(of: owner))])
    }

    /// What holds at this moment, whatever snapshot the transaction has. A snapshot taken later has every message up to
    /// ``limit``.
    static func read(for owner: Owner, _ db: PostgresConnection) throws -> MessageHorizon {
        // In this order: who is given a number up to the last one has announced it before.
        let results = try db.pipeline([
            .init("SELECT \(lastNumber)"),
            .init(
                """
                SELECT DISTINCT objid::bigint FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = \(ownerKey)
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """, [.text(PostgresConnection.digest(of: owner))]),
        ])
        let end = try results.first?.first?.int(0) ?? 0
        return MessageHorizon(end: end, announced: try results.last?.rows.map { try $0.int(0) } ?? [])
    }

    /// - Parameter announced: the keys' lower parts.
    init(end: Int64, announced: [Int64]) {
        self.end = end
        open = Set(
            announced.compactMap { part in
                // Whichever number with this remainder is nearest; those above were announced since.
                let above = (part &- end) & (Self.span - 1)
                return above < Self.span / 2 ? nil : end + above - Self.span
            })
    }

    /// Leaves out what has ended since.
    mutating func keep(_ later: MessageHorizon) { open.formIntersection(later.open) }
}

extension PostgresWorkspace {
    /// Up to where a page of an owner's messages may go; it takes its snapshot afterwards.
    ///
    /// What is being added ends within milliseconds, and is waited for, so that who has just been told that a message is
    /// kept finds it. A transaction that takes longer only holds back what lies above it.
    func messageHorizon(for owner: Owner) async throws(WorkspaceError) -> Int64 {
        var horizon = try await read { try MessageHorizon.read(for: owner, $0) }
        let end = ContinuousClock.now + Self.horizonWait
        var pause = Duration.milliseconds(5)
        while !horizon.open.isEmpty, ContinuousClock.now + pause < end {
            // A cancelled wait is none: the page goes as far as it may.
            guard (try? await Task.sleep(for: pause)) != nil else { break }
            horizon.keep(try await read { try MessageHorizon.read(for: owner, $0) })
            pause *= 2
        }
        return horizon.limit
    }

    private static let horizonWait = Duration.milliseconds(200)
}
