import VectorIndex

extension PostgresVectorStore {
    /// Rows of one statement at most.
    private static let batch = 1_000
    /// Components of one statement at most: four megabytes of them.
    private static let batchComponents = 1 << 20

    /// Stores vectors in one transaction; those that are there already, unchanged, are left alone.
    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        let scales = try checks.scales(of: entries)
        try untold.tell()
        guard !entries.isEmpty else { return }
        // In one order everywhere: two that store the same do not wait for each other in a circle.
        let order = entries.indices.sorted {
            Int64(bitPattern: entries[$0].id) < Int64(bitPattern: entries[$1].id)
        }
        let size = max(1, min(Self.batch, Self.batchComponents / dimension))
        let parts = stride(from: 0, to: order.count, by: size).map { start in
            order[start..<min(start + size, order.count)]
        }
        let table = table
        try change { db in
            var (added, written) = (0, 0)
            for part in parts {
                let ids = part.map { Int64(bitPattern: entries[$0].id) }
                let components = Self.components(of: part, entries, scales)
                let row = try db.query(table.storing, [.ints(ids), .floats(components)]).first
                added += Int(clamping: try row?.int(0) ?? 0)
                written += Int(clamping: try row?.int(1) ?? 0)
            }
            return (added, written > 0)
        }
        buildIndexIfDue()
    }

    private static func components(
        of part: ArraySlice<Int>, _ entries: [VectorEntry], _ scales: [Float]
    ) -> [Float] {
        var components: [Float] = []
        components.reserveCapacity(part.count * (part.first.map { entries[$0].vector.count } ?? 0))
        for place in part {
            let scale = scales[place]
            components += entries[place].vector.lazy.map { $0 * scale }
        }
        return components
    }

    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        try untold.tell()
        guard !ids.isEmpty else { return }
        let numbers = ids.map { Int64(bitPattern: $0) }.sorted()
        let statement = table.removal
        try change { db in
            var removed = 0
            for start in stride(from: 0, to: numbers.count, by: PostgresVectorPlan.batch) {
                let end = min(start + PostgresVectorPlan.batch, numbers.count)
                removed += try db.query(statement, [.ints(Array(numbers[start..<end]))]).changed
            }
            return (-removed, removed > 0)
        }
    }

    /// Makes a change and counts it, in one transaction.
    ///
    /// - Parameter body: gives by how much the number of vectors grew, and whether anything changed.
    private func change(
        _ body: @escaping @Sendable (PostgresConnection) throws -> (growth: Int, isChange: Bool)
    ) throws(VectorIndexError) {
        let name = table.name
        let reading = try told {
            try pool.waitingTransaction(.write) { db in
                let (growth, isChange) = try body(db)
                // Last, as every writer waits here for those before it.
                guard isChange else { return SharedVectorFigures.Reading?.none }
                let found = try db.query(
                    """
                    UPDATE vector_table SET count = count + $2, revision = revision + 1 WHERE name = $1
                    RETURNING count, revision
                    """, [.text(name), .int(Int64(growth))])
                return try found.first.map { try Self.reading($0) }
            }
        }
        figures.take(reading, endsReading: false)
    }
}
