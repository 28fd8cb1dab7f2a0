import CLibPQ
import Foundation
import Synchronization

extension PostgresConnection {
    /// One session of a server, told from every other one that ever had its number.
    struct Identity: Sendable, Hashable {
        var process: Int64
        var startedAt: String
    }

    /// Asks the server what it calls this session.
    func identify() throws {
        let row = try query(
            """
            SELECT pid::bigint, backend_start::text FROM pg_stat_get_activity(pg_backend_pid())
            """
        ).first
        guard let row, let startedAt = try row.optionalText(1) else { return }
        identity = Identity(process: try row.int(0), startedAt: startedAt)
    }

    /// What a transaction leaves behind when it is kept, so that it can be found out whether it was.
    struct CommitMark: Sendable, Hashable {
        var id: Data
        /// Quoted, with its schema.
        var table: String

        init(table: String) {
            var bytes = UUID().uuid
            id = Swift.withUnsafeBytes(of: &bytes) { Data($0) }
            self.table = table
        }
    }

    /// Keeps the transaction of a write.
    ///
    /// The mark is written with the transaction, where that has changed anything, in the same trip to the server.
    ///
    /// - Parameter tellsPosition: whether to ask, in the same trip, how far the server's log reaches afterwards.
    /// - Returns: the position in the log, if it was asked for and told.
    /// - Throws: ``PostgresError/outcomeUnknown(server:reason:)`` when the connection ended meanwhile; anything else
    ///   means that nothing was kept.
    func commit(_ mark: CommitMark?, tellsPosition: Bool) throws -> Int64? {
        warnings.clear()
        let answer: String
        do {
            answer = try commitPart(mark, tellsPosition: tellsPosition)
        } catch let error as PostgresError where error.endsConnection || isBroken {
            throw PostgresError.outcomeUnknown(server: server, reason: error.reason)
        }
        // A transaction that failed without a word is rolled back by its COMMIT, which is no error to a server.
        guard answer == "COMMIT" else {
            if isBroken {
                throw PostgresError.outcomeUnknown(server: server, reason: Self.reason(of: connection))
            }
            throw PostgresError.connectionLost(
                server: server, reason: "the transaction was rolled back instead of committed")
        }
        // Kept here, and maybe on no standby: whoever stopped the wait for them did not ask whether that will do.
        // Nor is this session used again: what became of its write is asked by another one, which ends it.
        if let warning = warnings.text {
            _ = lost(warning)
            throw PostgresError.outcomeUnknown(server: server, reason: warning)
        }
        return tellsPosition ? position() : nil
    }

    private func commitPart(_ mark: CommitMark?, tellsPosition: Bool) throws -> String {
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        if let mark { try send(mark) }
        guard PQsendQueryParams(connection, "COMMIT", 0, nil, nil, nil, nil, 0) == 1,
            PQpipelineSync(connection) == 1
        else { throw lost() }
        if tellsPosition {
            guard
                PQsendQueryParams(
                    connection, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint", 0, nil, nil, nil, nil,
                    0)
                    == 1, PQpipelineSync(connection) == 1
            else { throw lost() }
        }
        var refusal: PostgresError?
        var answer = ""
        for _ in 0..<(mark == nil ? 1 : 2) {
            while let result = try nextResult(within: commitTimeout) {
                defer { PQclear(result) }
                refusal = refusal ?? fault(of: result)
                answer = PQcmdStatus(result).map { String(cString: $0) } ?? ""
            }
        }
        if let sync = try nextResult(within: commitTimeout) { PQclear(sync) }
        if let refusal {
            leavePipeline(withPosition: tellsPosition)
            throw refusal
        }
        if !tellsPosition { leavePipeline(withPosition: false) }
        return answer
    }

    private func send(_ mark: CommitMark) throws {
        let sql = """
            INSERT INTO \(mark.table) (id) SELECT $1 WHERE pg_current_xact_id_if_assigned() IS NOT NULL
            """
        let sent = mark.id.withUnsafeBytes { raw in
            // `raw` is never empty: an identifier has 16 bytes; libpq copies them before it returns.
            PQsendQueryParams(
                connection, sql, 1, [PostgresType.bytea],
                [raw.baseAddress?.assumingMemoryBound(to: CChar.self)], [Int32(raw.count)], [1], 0)
        }
        guard sent == 1 else { throw lost() }
    }

    /// The position that was asked for with the commit. What was kept stays kept, whatever becomes of this answer.
    private func position() -> Int64? {
        var position: Int64?
        do {
            while let result = try nextResult(within: commitTimeout) {
                defer { PQclear(result) }
                if PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) == 1,
                    let text = PQgetvalue(result, 0, 0)
                {
                    position = Int64(String(cString: text))
                }
            }
            if let sync = try nextResult(within: commitTimeout) { PQclear(sync) }
        } catch {
            return nil
        }
        if PQexitPipelineMode(connection) != 1 { _ = lost() }
        return position
    }

    /// Reads what is still to come, so that the session can be used again.
    private func leavePipeline(withPosition: Bool) {
        if withPosition { _ = position() } else if PQexitPipelineMode(connection) != 1 { _ = lost() }
    }
}

/// What a server remarks while it keeps a transaction.
///
/// The one remark of weight is that it was told not to wait for its standbys any longer.
final class CommitWarnings: Sendable {
    private let state = Mutex<String?>(nil)

    var text: String? { state.withLock { $0 } }
    func clear() { state.withLock { $0 = nil } }

    func note(_ result: OpaquePointer) {
        func field(_ code: Int32) -> String {
            PQresultErrorField(result, code).map { String(cString: $0) } ?? ""
        }
        // `WARNING` of class 01000, whatever the server's language.
        guard field(millrace_pq_diag_sqlstate()) == "01000" else { return }
        let text = field(millrace_pq_diag_message())
        state.withLock { $0 = text }
    }
}
