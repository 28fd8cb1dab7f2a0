import Concurrency
import JSONValue

extension OpenSearch {
    /// All hits of a search in its order, a page at a time, of what is there when reading begins.
    ///
    /// A point in time is made at the first hit and deleted after the last, after an error, and when the reader
    /// stops early. A page is fetched when it is come to. The sequence throws ``OpenSearchError``.
    ///
    /// - Parameters:
    ///   - search: its `size` is a page's, 1 to 10,000; `from` and `searchAfter` are not used.
    ///   - keepAlive: the longest time between two pages: 1 second to 24 hours.
    ///   - tieBreaker: a field whose value no two documents share, by which equal hits are told apart; added to
    ///     the search's sort unless it is there. Sorting by `_id` takes memory on large indexes, and a cluster may
    ///     forbid it; a keyword field of one's own is better, and from OpenSearch 3.3 on `_shard_doc` is best.
    public func hits(
        _ index: String, _ search: OpenSearchSearch, keepAlive: Duration = .seconds(120),
        tieBreaker: String = "_id"
    ) -> PulledSequence<OpenSearchHit> {
        PulledSequence {
            let reader = OpenSearchHitReader(self, index, search, keepAlive, tieBreaker)
            return { try await reader.next() }
        }
    }

    /// Keeps what an index holds now, for searches of several pages.
    ///
    /// - Returns: its id, and an answer that may tell of shards that failed. It is over when `keepAlive` has passed
    ///   since the last search of it.
    func makePointInTime(
        _ index: String, _ keepAlive: String
    ) async throws(OpenSearchError) -> (id: String, Answer) {
        let answer = try await call(
            "point_in_time", "POST", index, "/_search/point_in_time", query: [("keep_alive", keepAlive)],
            permission: "ReadDocument")
        guard let id = answer.json["pit_id"]?.string, !id.isEmpty else {
            throw answer.unexpected("it has no pit_id")
        }
        return (id, answer)
    }

    func deletePointInTime(_ id: String) async throws(OpenSearchError) {
        _ = try await send(
            Call(
                name: "point_in_time", method: "DELETE", path: "/_search/point_in_time",
                body: .json(["pit_id": [.string(id)]]), permission: "ReadDocument"))
    }

    /// A page of a point in time.
    func search(
        pointInTime id: String, _ keepAlive: String, _ search: OpenSearchSearch
    ) async throws(OpenSearchError) -> (OpenSearchPage, Answer) {
        var json = try Self.checked("_search") { () throws(OpenSearchQueryFault) in try search.json() }
        json["pit"] = ["id": .string(id), "keep_alive": .string(keepAlive)]
        let answer = try await send(
            Call(
                name: "_search", path: "/_search", query: Self.parameters(search), body: .json(.object(json)),
                permission: "ReadDocument"))
        return (try page(answer, search), answer)
    }
}

/// Reads the pages of a search; ends its point in time with itself.
private final class OpenSearchHitReader {
    private let client: OpenSearch
    private let index: String
    private var search: OpenSearchSearch
    private let keepAlive: Duration
    private var pointInTime: String?
    private var page: [OpenSearchHit].Iterator = [].makeIterator()
    private var given = 0
    private var isLast = false

    init(
        _ client: OpenSearch, _ index: String, _ search: OpenSearchSearch, _ keepAlive: Duration,
        _ tieBreaker: String
    ) {
        self.client = client
        self.index = index
        self.search = search
        self.keepAlive = keepAlive
        self.search.from = 0
        self.search.searchAfter = []
        if search.sort.isEmpty { self.search.sort = [.score] }
        if !self.search.sort.contains(where: { $0.field == tieBreaker }) {
            self.search.sort.append(OpenSearchSort(tieBreaker))
        }
    }

    deinit {
        guard let pointInTime else { return }
        // Whoever stopped reading does not wait for it; if it fails, the time ends by itself.
        Task { [client] in try? await client.deletePointInTime(pointInTime) }
    }

    func next() async throws -> OpenSearchHit? {
        while true {
            if let hit = page.next() { return hit }
            if isLast { return nil }
            do throws(OpenSearchError) {
                try await readOn()
            } catch {
                isLast = true
                await end()
                throw error
            }
            if isLast { await end() }
        }
    }

    private func readOn() async throws(OpenSearchError) {
        guard (1...OpenSearchSearch.window).contains(search.size) else {
            throw .invalidOperation(
                operation: "_search", reason: "a page has 1 to 10,000 hits, not \(search.size)")
        }
        let seconds = keepAlive.components.seconds
        guard (1...86_400).contains(seconds) else {
            throw .invalidOperation(
                operation: "point_in_time", reason: "it is kept for 1 second to 24 hours, not \(keepAlive)")
        }
        let id: String
        if let pointInTime {
            id = pointInTime
        } else {
            let made = try await client.makePointInTime(index, "\(seconds)s")
            id = made.id
            pointInTime = id
            if !search.allowsPart { try client.checkWhole(made.1) }
        }
        let (found, answer) = try await client.search(pointInTime: id, "\(seconds)s", search)
        // Each answer may name another.
        if let next = found.pointInTime, !next.isEmpty { pointInTime = next }
        given += found.hits.count
        if let total = found.total, found.isTotalExact, search.query.hasPlainTotal, !found.isPart {
            isLast = given >= total
            guard !found.hits.isEmpty || isLast else {
                throw answer.unexpected("its pages end after \(given) of \(total) hits")
            }
        }
        guard let last = found.hits.last else {
            isLast = true
            return
        }
        guard last.sort != search.searchAfter else {
            throw answer.unexpected("a page ends with the same sort values as the one before")
        }
        search.searchAfter = last.sort
        page = found.hits.makeIterator()
    }

    /// Deletes the point in time, also for a task that is cancelled.
    private func end() async {
        guard let id = pointInTime else { return }
        pointInTime = nil
        await Task { [client] in try? await client.deletePointInTime(id) }.value
    }
}
