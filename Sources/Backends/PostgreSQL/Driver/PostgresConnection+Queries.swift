import CLibPQ
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

extension PostgresConnection {
    /// One statement with its values, written `$1`, `$2`, ….
    public struct Statement: Sendable {
        public var sql: String
        public var values: [PostgresValue]

        public init(_ sql: String, _ values: [PostgresValue] = []) {
            self.sql = sql
            self.values = values
        }
    }

    /// Runs one statement and waits for all of its rows.
    @discardableResult
    public func query(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresResult {
        let results = try pipeline([Statement(sql, values)])
        guard let result = results.last else { throw lost() }
        return result
    }

    /// Runs several statements with as few waits for the network as possible: all are sent before the first is
    /// answered, in parts that bound what either side has to hold.
    ///
    /// Within a transaction only: what follows a statement that was refused is not carried out, and the transaction is
    /// to be rolled back.
    ///
    /// - Returns: a result each, in their order.
    /// - Throws: ``PostgresError`` of the first that was refused.
    @discardableResult
    public func pipeline(_ statements: [Statement]) throws -> [PostgresResult] {
        var results: [PostgresResult] = []
        results.reserveCapacity(statements.count)
        var start = 0
        while start < statements.count {
            if isFullOfStatements {
                forgetStatements()
                try simple("DEALLOCATE ALL")
            }
            let end = min(start + Self.partLimit, statements.count)
            results += try part(statements[start..<end])
            start = end
        }
        return results
    }

    private static var partLimit: Int { 256 }

    /// A command without values, outside of any pipeline.
    ///
    /// - Returns: what the server calls what it did last, such as `COMMIT`.
    @discardableResult
    package func simple(_ command: String) throws -> String {
        try simple(command, within: patience)
    }

    /// - Parameter each: is shown every result before it goes.
    @discardableResult
    func simple(
        _ command: String, within limit: Duration, _ each: (OpaquePointer) -> Void = { _ in }
    ) throws -> String {
        guard PQsendQuery(connection, command) == 1 else { throw lost() }
        var refusal: PostgresError?
        var answer = ""
        do {
            while let result = try nextResult(within: limit) {
                refusal = refusal ?? fault(of: result)
                answer = PQcmdStatus(result).map { String(cString: $0) } ?? ""
                each(result)
                PQclear(result)
            }
        } catch {
            throw Self.lastWords(refusal) ?? error
        }
        if let refusal { throw refusal }
        return answer
    }

    /// What a server said before it ended the session, which tells more than that it did.
    private static func lastWords(_ refusal: PostgresError?) -> PostgresError? {
        refusal.flatMap { $0.endsConnection ? $0 : nil }
    }

    private func part(_ statements: ArraySlice<Statement>) throws -> [PostgresResult] {
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        // What is prepared in this part, to be kept once the server has agreed.
        var fresh: [String: String] = [:]
        var expected: [Expected] = []
        for statement in statements {
            try send(statement, &fresh, &expected)
        }
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        let (results, refusal) = try receive(expected)
        guard PQexitPipelineMode(connection) == 1 else {
            let error = lost()
            throw Self.lastWords(refusal) ?? error
        }
        if let refusal {
            // Which of them the server still prepared is not known: they get new names the next time.
            if !fresh.isEmpty {
                forgetStatements()
                if !refusal.endsConnection { _ = try? simple("DEALLOCATE ALL") }
            }
            throw refusal
        }
        return results
    }

    /// What the server answers next.
    private enum Expected {
        case prepared(sql: String, name: String)
        case rows
    }

    private func send(
        _ statement: Statement, _ fresh: inout [String: String], _ expected: inout [Expected]
    ) throws {
        let (name, isNew) = fresh[statement.sql].map { ($0, false) } ?? self.statement(statement.sql)
        let types = statement.values.map(\.type)
        if isNew {
            guard PQsendPrepare(connection, name, statement.sql, Int32(types.count), types) == 1 else {
                throw lost()
            }
            expected.append(.prepared(sql: statement.sql, name: name))
            if !name.isEmpty { fresh[statement.sql] = name }
        }
        try sendValues(of: statement, to: name)
        // libpq hands on what it has collected by 64 kB, and the rest with the part's end: what is little goes at once.
        expected.append(.rows)
    }

    private func sendValues(of statement: Statement, to name: String) throws {
        var bytes: [UInt8] = []
        var places: [(offset: Int, length: Int)?] = []
        for value in statement.values {
            guard value != .null else {
                places.append(nil)
                continue
            }
            let offset = bytes.count
            value.append(to: &bytes)
            places.append((offset, bytes.count - offset))
        }
        guard bytes.count < Int(Int32.max) else {
            throw PostgresError.statement(
                server: server,
                PostgresError.Refusal(
                    state: "54000", message: "the values of a statement have \(bytes.count) bytes",
                    detail: "", hint: "", constraint: ""))
        }
        // An empty value needs an address all the same: NULL is what has none.
        bytes.append(0)
        let lengths = places.map { Int32($0?.length ?? 0) }
        let formats = [Int32](repeating: 1, count: places.count)
        let sent = bytes.withUnsafeBytes { raw in
            // Each pointer lies within `raw`, which libpq copies before it returns; lengths are those of the values.
            let pointers = places.map { place in
                place.flatMap { raw.baseAddress?.advanced(by: $0.offset).assumingMemoryBound(to: CChar.self) }
            }
            return PQsendQueryPrepared(
                connection, name, Int32(places.count), pointers, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    /// Reads until the part's end, whatever is refused on the way.
    private func receive(
        _ expected: [Expected]
    ) throws -> (results: [PostgresResult], refusal: PostgresError?) {
        var results: [PostgresResult] = []
        var refusal: PostgresError?
        do {
            for next in expected {
                while let result = try nextResult() {
                    let owned = PostgresResult(owning: result, server: server)
                    if let fault = fault(of: result) {
                        refusal = refusal ?? fault
                    } else if case .prepared(let sql, let name) = next {
                        keep(sql, as: name)
                    } else {
                        results.append(owned)
                    }
                }
            }
            // The mark that ends a part.
            if let mark = try nextResult() { PQclear(mark) }
        } catch {
            throw Self.lastWords(refusal) ?? error
        }
        return (results, refusal)
    }

    /// The next result, or `nil` between two statements.
    ///
    /// A server that is silent may be at work, or gone without a word; the pool finds out by asking it beside.
    func nextResult(within limit: Duration? = nil) throws -> OpaquePointer? {
        let limit = limit ?? patience
        let end = ContinuousClock.now + limit
        var interval = pulseInterval
        while true {
            let flushed = PQflush(connection)
            guard flushed >= 0 else { throw lost() }
            if PQisBusy(connection) == 0 { return PQgetResult(connection) }
            let events = Int16(flushed == 1 ? POLLIN | POLLOUT : POLLIN)
            let next = pulse == nil ? end : min(end, ContinuousClock.now + interval)
            if Self.wait(on: PQsocket(connection), for: events, until: next) {
                guard PQconsumeInput(connection) == 1 else { throw lost() }
                continue
            }
            guard ContinuousClock.now < end else { throw silent(for: limit) }
            if let reason = pulse?() { throw lost(reason) }
            interval = min(interval * 2, .seconds(30))
        }
    }

    func fault(of result: OpaquePointer) -> PostgresError? {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC, PGRES_SINGLE_TUPLE:
            return nil
        case PGRES_PIPELINE_ABORTED:
            return .statement(
                server: server,
                PostgresError.Refusal(
                    state: "25P02", message: "an earlier statement was refused", detail: "", hint: "",
                    constraint: ""))
        default:
            func field(_ code: Int32) -> String {
                PQresultErrorField(result, code).map { String(cString: $0) } ?? ""
            }
            let refusal = PostgresError.Refusal(
                state: field(millrace_pq_diag_sqlstate()), message: field(millrace_pq_diag_message()),
                detail: field(millrace_pq_diag_detail()), hint: field(millrace_pq_diag_hint()),
                constraint: field(millrace_pq_diag_constraint()))
            guard !refusal.state.isEmpty else { return lost() }
            if let limit = PostgresTimeLimit(refusal, statement: statementLimit, lock: lockLimit) {
                return .timeLimit(server: server, limit)
            }
            return .statement(server: server, refusal)
        }
    }
}
