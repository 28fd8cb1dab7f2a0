import GRDB
import VectorIndex

extension OpenCollection {
    /// Candidates of all queries together up to which a search is done where it is asked for. It then takes some
    /// hundred microseconds, of which handing it to another thread and back would be a large share.
    static let quickWidth = 1_024

    /// Whether the searches themselves are so short.
    func isQuick(_ queries: [CollectionQuery]) -> Bool {
        var width = 0
        for query in queries {
            // A filter looks at the database, which may wait for the disk.
            guard query.filter == nil else { return false }
            width += query.width(settings)
        }
        return width <= Self.quickWidth
    }

    /// The nearest for each query, whose fields were checked.
    func search(_ queries: [CollectionQuery]) throws(CollectionError) -> [[Neighbor]] {
        let index = try index()
        var found: [[Neighbor]] = []
        found.reserveCapacity(queries.count)
        for query in queries { found.append(try search(query, index)) }
        return found
    }

    private func search(
        _ query: CollectionQuery, _ index: LocalVectorStore
    ) throws(CollectionError) -> [Neighbor] {
        var filter: VectorFilter?
        if let wanted = query.filter, !wanted.isEmpty {
            let allowed = try allowed(wanted)
            if allowed.isEmpty { return [] }
            filter = .allowed(allowed)
        }
        do {
            return try index.search(query.vector, k: query.k, efSearch: query.width(settings), filter: filter)
        } catch {
            // Everything that it refuses was checked: its files fail, and opening it anew makes them again.
            retire()
            throw .storage(file: database.path, reason: error.description)
        }
    }

    /// The points that a filter admits.
    private func allowed(_ filter: CollectionFilter) throws(CollectionError) -> IDBitmap {
        try database.read { db in
            let sequence = try db.lastSequence()
            if let known = filters.ids(of: filter, at: sequence) { return known }
            let found = try db.slots(filter)
            filters.keep(found, of: filter, at: sequence)
            return found
        }
    }

    /// Whether the database must be asked to tell the results.
    func needsDatabase(_ queries: [CollectionQuery], _ found: [[Neighbor]]) -> Bool {
        queries.contains { $0.parts.needsDatabase }
            || found.contains { $0.contains { $0.id >= PointID.firstMapped } }
    }

    /// The results of searches that need nothing of the database.
    func results(_ queries: [CollectionQuery], _ found: [[Neighbor]]) -> QueryAnswer {
        QueryAnswer(
            metric: settings.metric,
            results: zip(queries, found).map { query, neighbors in
                var results: [ScoredPoint] = []
                results.reserveCapacity(neighbors.count)
                for neighbor in neighbors {
                    let score = settings.score(of: neighbor.distance)
                    if let least = query.scoreThreshold, score < least { break }
                    results.append(ScoredPoint(id: .integer(neighbor.id), score: score))
                }
                return results
            })
    }

    /// The results with their ids, payloads and vectors as the database has them. A point that was removed since the
    /// search is left out.
    func completedResults(
        _ queries: [CollectionQuery], _ found: [[Neighbor]]
    ) throws(CollectionError) -> QueryAnswer {
        try database.read { db in
            var answer = QueryAnswer(metric: settings.metric, results: [])
            var size = AnswerSize()
            for (query, neighbors) in zip(queries, found) {
                var results: [ScoredPoint] = []
                for neighbor in neighbors {
                    let score = settings.score(of: neighbor.distance)
                    if let least = query.scoreThreshold, score < least { break }
                    guard let point = try db.point(at: neighbor.id, query.parts) else { continue }
                    try size.add(point.payload, field: "with_payload")
                    results.append(
                        ScoredPoint(id: point.id, score: score, payload: point.payload, vector: point.vector))
                }
                answer.results.append(results)
            }
            return answer
        }
    }
}
