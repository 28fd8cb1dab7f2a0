/// Ids of what an index holds, which are unsigned here and signed in PostgreSQL.
extension PostgresConnection {
    /// Those of `ids` that a table has, in their order.
    ///
    /// - Parameters:
    ///   - statement: gives those of an array that are there.
    ///   - batch: ids that are sent in one statement at most.
    func stored(among ids: [UInt64], by statement: String, batch: Int) throws -> [UInt64] {
        let numbers = ids.map { Int64(bitPattern: $0) }
        var found: Set<Int64> = []
        for start in stride(from: 0, to: numbers.count, by: batch) {
            let part = Array(numbers[start..<min(start + batch, numbers.count)])
            found.formUnion(try ints(statement, [.ints(part)]))
        }
        return ids.filter { found.contains(Int64(bitPattern: $0)) }
    }

    /// Every id of a table, ascending as signed numbers.
    ///
    /// - Parameter page: makes the statement that gives so many ids from one on.
    func storedIDs(by page: (_ size: Int) -> String) throws -> [UInt64] {
        let size = 50_000
        let statement = page(size)
        var ids: [UInt64] = []
        var start = Int64.min
        while true {
            let part = try ints(statement, [.int(start)])
            ids += part.lazy.map { UInt64(bitPattern: $0) }
            guard part.count == size, let last = part.last, last < .max else { return ids }
            start = last + 1
        }
    }
}
