import VectorIndex

extension PostgresVectorStore {
    /// The `k` nearest of those that `filter` admits.
    ///
    /// Few admitted ids are compared one by one, which is exact. Where more are admitted the index is asked for more
    /// than `k`, by how many it is likely to give in vain, then for four times as many, and so on; what it cannot find
    /// that way is compared. `efSearch` above 1,000 is taken for 1,000, pgvector's largest.
    public func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor] {
        try checks.check(k: k, efSearch: efSearch)
        let vector = try halfPrecision(query)
        let breadth = min(max(efSearch ?? max(options.efSearch, k), 1), Self.breadthLimit)
        switch filter {
        case nil: return try nearest(vector, k: k, breadth: breadth)
        case .allowed(let ids): return try nearest(vector, k: k, breadth: breadth, among: ids)
        case .predicate(let admits):
            return try nearest(vector, k: k, breadth: breadth, admitting: admits)
        }
    }

    private static let breadthLimit = 1_000

    /// The query as it is compared: of length 1 under cosine, and nothing that half precision cannot hold.
    private func halfPrecision(_ query: [Float]) throws(VectorIndexError) -> [Float] {
        let scale = try checks.scale(of: query)
        let limit = checks.largestComponent
        guard scale != 1 || query.allSatisfy({ abs($0) <= limit }) else {
            let norm = query.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            throw .tooLong(id: nil, norm: norm, limit: Double(limit))
        }
        return scale == 1 ? query : query.map { $0 * scale }
    }

    private func nearest(
        _ vector: [Float], k: Int, breadth: Int
    ) throws(VectorIndexError) -> [Neighbor] {
        guard k <= PostgresVectorPlan.walkLimit else { return try compareAll(vector, k: k) }
        let limit = PostgresVectorPlan.rounded(k)
        let found = try walk(vector, limit: limit, breadth: breadth)
        // A walk that ended early has either seen all there is, or lost its way.
        if found.count < min(k, count) { return try compareAll(vector, k: k) }
        return Array(found.prefix(k))
    }

    private func nearest(
        _ vector: [Float], k: Int, breadth: Int, among ids: IDBitmap
    ) throws(VectorIndexError) -> [Neighbor] {
        guard !ids.isEmpty else { return [] }
        let k = min(k, ids.count)
        let plan = PostgresVectorPlan.first(admitted: ids.count, total: count, k: k, breadth: breadth)
        if case .walk(let limit) = plan {
            let found = try walk(vector, k: k, from: limit, breadth: breadth, admits: ids.contains) {
                PostgresVectorPlan.next(
                    after: $0, found: $1, k: k, admitted: ids.count, breadth: breadth)
            }
            if let found { return found }
        }
        return try compare(vector, k: k, ids.ids())
    }

    private func nearest(
        _ vector: [Float], k: Int, breadth: Int, admitting admits: (UInt64) -> Bool
    ) throws(VectorIndexError) -> [Neighbor] {
        let limit = PostgresVectorPlan.rounded(min(k, PostgresVectorPlan.walkLimit) * 2)
        let found = try walk(vector, k: k, from: limit, breadth: breadth, admits: admits) { limit, _ in
            PostgresVectorPlan.next(after: limit)
        }
        if let found { return found }
        let admitted = ids().filter(admits)
        try untold.tell()
        return try compare(vector, k: k, admitted)
    }

    // MARK: By the index

    /// - Parameter next: the limit after one that gave so many admitted ones; `nil` to give up.
    /// - Returns: `nil` when fewer than `k` admitted ones were found.
    private func walk(
        _ vector: [Float], k: Int, from first: Int, breadth: Int, admits: (UInt64) -> Bool,
        next: (_ limit: Int, _ found: Int) -> Int?
    ) throws(VectorIndexError) -> [Neighbor]? {
        var limit = first
        while true {
            let all = try walk(vector, limit: limit, breadth: breadth)
            let admitted = all.filter { admits($0.id) }
            if admitted.count >= k { return Array(admitted.prefix(k)) }
            guard all.count == limit, let wider = next(limit, admitted.count) else { return nil }
            limit = wider
        }
    }

    /// One trip to the server. What the search is to be like is set once in a session, or, where a pooler hands sessions
    /// on, for the statements that go with it, which are one transaction.
    private func walk(
        _ vector: [Float], limit: Int, breadth: Int
    ) throws(VectorIndexError) -> [Neighbor] {
        let breadth = max(breadth, min(limit, Self.breadthLimit))
        let (candidates, tuples) = ("\(breadth)", "\(max(20_000, 4 * limit))")
        let search = PostgresConnection.Statement(table.nearest(limit), [.floats(vector)])
        return try told {
            try reading { [table] db in
                let (wanted, keeps) = ("\(candidates) \(tuples)", db.keepsStatements)
                var statements = [search]
                if db.sessionSettings[Self.walkSettings] != wanted {
                    statements.insert(Self.setting(candidates, tuples, isLocal: !keeps), at: 0)
                }
                let results = try db.pipeline(statements)
                // Of a transaction that failed nothing is set.
                if keeps { db.sessionSettings[Self.walkSettings] = wanted }
                let found = try results.last.map { try Self.neighbors($0, table) } ?? []
                // Behind a pooler that is not known as one the settings may stand in another session.
                if found.count < limit { db.sessionSettings[Self.walkSettings] = nil }
                return found
            }
        }
    }

    private static let walkSettings = "hnsw"

    private static func setting(
        _ candidates: String, _ tuples: String, isLocal: Bool
    ) -> PostgresConnection.Statement {
        .init(
            """
            SELECT set_config('hnsw.ef_search', $1, $3), set_config('hnsw.max_scan_tuples', $2, $3),
                set_config('hnsw.iterative_scan', 'relaxed_order', $3)
            """, [.text(candidates), .text(tuples), .bool(isLocal)])
    }

    // MARK: By comparing

    private func compareAll(_ vector: [Float], k: Int) throws(VectorIndexError) -> [Neighbor] {
        let limit = PostgresVectorPlan.rounded(k)
        let found = try told {
            try reading { [table] db in
                try Self.neighbors(try db.query(table.nearestByComparing(limit), [.floats(vector)]), table)
            }
        }
        return Array(found.prefix(k))
    }

    /// In parts, of which each gives its nearest.
    private func compare(
        _ vector: [Float], k: Int, _ ids: [UInt64]
    ) throws(VectorIndexError) -> [Neighbor] {
        let limit = PostgresVectorPlan.rounded(k)
        // The plan depends on how many ids there are, which a plan for all numbers of them does not know.
        let planning = PostgresConnection.Statement(
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
        return try told {
            try reading { [table] db in
                var nearest: [Neighbor] = []
                for start in stride(from: 0, to: ids.count, by: PostgresVectorPlan.batch) {
                    let part = ids[start..<min(start + PostgresVectorPlan.batch, ids.count)]
                    let search = PostgresConnection.Statement(
                        table.nearestAmong(limit),
                        [.floats(vector), .ints(part.map { Int64(bitPattern: $0) })])
                    guard let rows = try db.pipeline([planning, search]).last else { continue }
                    nearest += try Self.neighbors(rows, table)
                    nearest.sort(by: Self.isNearer)
                    nearest.removeLast(max(0, nearest.count - k))
                }
                return nearest
            }
        }
    }

    /// Rows of id and distance, nearest first: an index may give them somewhat out of order.
    private static func neighbors(
        _ result: PostgresResult, _ table: PostgresVectorTable
    ) throws -> [Neighbor] {
        var neighbors: [Neighbor] = []
        neighbors.reserveCapacity(result.count)
        for row in result.rows {
            neighbors.append(
                Neighbor(
                    id: UInt64(bitPattern: try row.int(0)), distance: table.distance(try row.double(1))))
        }
        neighbors.sort(by: isNearer)
        return neighbors
    }

    private static func isNearer(_ one: Neighbor, _ other: Neighbor) -> Bool {
        one.distance != other.distance ? one.distance < other.distance : one.id < other.id
    }
}
