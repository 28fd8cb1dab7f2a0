import AWSServices
import VectorIndex

extension OpenSearchVectorStore {
    /// The `k` nearest of those that `filter` admits.
    ///
    /// The filter is part of the search itself (“efficient filtering” of both engines), so that none that it refuses
    /// takes the place of one that it admits, and few are compared one by one. A filter that one request cannot say is
    /// cut into parts, whose results are merged. So is a search for more than the 10,000 that OpenSearch gives at once.
    public func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor] {
        try checks.check(k: k, efSearch: efSearch)
        let scale = try checks.scale(of: query)
        let vector = scale == 1 ? query : query.map { $0 * scale }
        let breadth = efSearch ?? options.efSearch
        guard let parts = try parts(filter, k: k) else {
            return try waiting { try await self.nearest(vector, k: k, breadth: breadth, nil) }
        }
        let found = try waiting { try await self.nearest(vector, k: k, breadth: breadth, among: parts) }
        // Rights stand behind a filter: they do not rest on what another server answers.
        if let filter, let stranger = found.first(where: { !filter.admits($0.id) }) {
            throw .refused(
                server: host,
                reason: """
                    \(host), \(index.alias) (vectors.opensearch_url) gave the vector of \(stranger.id), which the \
                    search's filter does not admit. Nothing of its answer is used; look at what stands between.
                    """)
        }
        return found
    }

    /// The most that OpenSearch gives at once (`k` of a query, `index.max_result_window`).
    private static let mostResults = 10_000
    /// Requests of one search that are under way at a time.
    private static let width = 4

    /// - Returns: `nil` for all vectors, in one request.
    private func parts(
        _ filter: VectorFilter?, k: Int
    ) throws(VectorIndexError) -> [OpenSearchIDFilter]? {
        // Each part gives all that it has.
        let mostIDs = k > Self.mostResults ? Self.mostResults : Int.max
        switch filter {
        case nil where k <= Self.mostResults: return nil
        case nil: return OpenSearchIDFilter.parts(of: try storedIDs(), mostIDs: mostIDs)
        case .allowed(let ids): return OpenSearchIDFilter.parts(of: ids.ids(), mostIDs: mostIDs)
        case .predicate(let admits):
            return OpenSearchIDFilter.parts(of: try storedIDs().filter(admits), mostIDs: mostIDs)
        }
    }

    private func nearest(
        _ vector: [Float], k: Int, breadth: Int, among parts: [OpenSearchIDFilter]
    ) async throws -> [Neighbor] {
        var waiting = parts.makeIterator()
        return try await withThrowingTaskGroup(of: [Neighbor].self) { group in
            var nearest: [Neighbor] = []
            for _ in 0..<Self.width {
                guard let part = waiting.next() else { break }
                group.addTask { try await self.nearest(vector, k: k, breadth: breadth, part) }
            }
            while let found = try await group.next() {
                nearest = nearest.isEmpty ? found : (nearest + found).sorted(by: Self.isNearer)
                nearest.removeLast(max(0, nearest.count - k))
                if let part = waiting.next() {
                    group.addTask { try await self.nearest(vector, k: k, breadth: breadth, part) }
                }
            }
            return nearest
        }
    }

    private func nearest(
        _ vector: [Float], k: Int, breadth: Int, _ part: OpenSearchIDFilter?
    ) async throws -> [Neighbor] {
        let size = min(k, Self.mostResults, part?.count ?? .max)
        // As many as the query's own k are kept on the way, by either engine.
        let kept = min(max(size, breadth), Self.mostResults)
        var search = OpenSearchSearch(
            .knn(field: OpenSearchVectorIndex.vectorField, vector: vector, k: kept, filter: part?.query),
            size: size)
        search.source = .none
        let page = try await client.search(index.alias, search)
        var neighbors: [Neighbor] = []
        neighbors.reserveCapacity(page.hits.count)
        for hit in page.hits {
            guard let id = UInt64(hit.id), let score = hit.score else {
                throw OpenSearchError.unexpectedResponse(
                    operation: "_search", reason: "a hit has no number as its id, or no score",
                    requestID: "unknown")
            }
            // Scores are single numbers, written with as few digits as tell them apart.
            neighbors.append(Neighbor(id: id, distance: index.distance(score: Double(Float(score)))))
        }
        neighbors.sort(by: Self.isNearer)
        return neighbors
    }

    private static func isNearer(_ one: Neighbor, _ other: Neighbor) -> Bool {
        one.distance != other.distance ? one.distance < other.distance : one.id < other.id
    }
}
