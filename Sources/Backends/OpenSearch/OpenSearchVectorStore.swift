import AWSServices
import Concurrency
import Synchronization
import VectorIndex

/// Approximate nearest neighbours by OpenSearch's k-NN plugin, in an index that all processes of a fleet share.
///
/// What is sent is vectors and the numbers of passages, nothing else: no text, and no rights. Vectors are normalised
/// under cosine. Of several processes only the one that stores a document writes its vectors; all of them search.
///
/// A document is found when its shard was refreshed. Each batch of changes ends with a `_refresh` of its own, before
/// the call returns: one for however many requests, at once. `refresh=wait_for` would hold up each of them until
/// the index's interval is over.
///
/// Every call but ``count``, ``revision`` and those that are asynchronous waits for the server: it belongs on a thread
/// that may wait, such as one of a `BlockingExecutor`, and never on the cooperative pool. The calls themselves are made
/// on threads of this store, so that the threads that wait are the only ones. Each call has the client's time limit.
///
/// ``contains(_:)`` and ``ids()`` cannot throw: where the server does not answer they say false and nothing, and the
/// next change throws what happened instead of being made.
public final class OpenSearchVectorStore: VectorStore {
    public let metric: Metric
    public var options: OpenSearchVectorOptions { index.options }
    /// The address's host and port, for messages.
    public let host: String
    let client: OpenSearch
    let index: OpenSearchVectorIndex
    let checks: VectorChecks
    private let figures: SharedVectorFigures
    /// What a call that cannot throw met.
    let untold = UntoldFailure<VectorIndexError>()
    /// Whether something may have been written that is neither found nor counted.
    let isUnfinished = Mutex(false)
    /// Where requests are written and answers are read: that is arithmetic, and nobody else waits for it.
    private static let executor = BlockingExecutor(label: "millrace.opensearch", width: 4)

    public var dimension: Int { checks.dimension }
    /// The alias that stands for the index.
    public var alias: String { index.alias }

    init(
        _ client: OpenSearch, host: String, _ index: OpenSearchVectorIndex, _ checks: VectorChecks,
        _ reading: SharedVectorFigures.Reading
    ) {
        (self.client, self.host, self.index, self.checks) = (client, host, index, checks)
        metric = checks.metric
        figures = SharedVectorFigures(reading, freshness: index.options.freshness)
    }

    // MARK: Figures

    /// Vectors stored: exact as far as this process's own changes go; those of others are counted a moment later.
    public var count: Int { currentFigures.count }

    /// Has the numbers read anew: another process has told of a change.
    public func lookAgain() {
        figures.doubt()
        _ = revision
    }

    /// Grows with every change, whoever makes it; others' are told a moment later.
    public var revision: UInt64 { currentFigures.revision }

    private var currentFigures: SharedVectorFigures.Reading {
        let (reading, isStale) = figures.current()
        if isStale { Task.detached(executorPreference: Self.executor) { try? await self.refresh() } }
        return reading
    }

    /// Reads count and revision anew.
    ///
    /// - Throws: `OpenSearchError`.
    public func refresh() async throws {
        do {
            try await finishUnfinished()
            figures.take(try await Self.figures(client, index), endsReading: true)
        } catch {
            figures.take(nil, endsReading: true)
            throw error
        }
    }

    /// Takes in what a change of our own came to.
    func take(_ reading: SharedVectorFigures.Reading) { figures.take(reading, endsReading: false) }

    /// The revision is the version of the document that tells of changes; the vectors are those that have an id.
    static func figures(
        _ client: OpenSearch, _ index: OpenSearchVectorIndex
    ) async throws -> SharedVectorFigures.Reading {
        let counting = try await client.document(index.alias, OpenSearchVectorIndex.revisionID)
        let count = try await Self.count(client, index)
        return SharedVectorFigures.Reading(
            count: count, revision: UInt64(clamping: counting?.version ?? 0))
    }

    static func count(
        _ client: OpenSearch, _ index: OpenSearchVectorIndex
    ) async throws(OpenSearchError) -> Int {
        try await client.count(index.alias, .exists(field: OpenSearchVectorIndex.idField))
    }

    /// What the index holds and takes on the cluster; this process holds nothing of it.
    ///
    /// - Throws: ``VectorIndexError/unavailable(server:reason:)`` and the like. Waits for the server.
    public func statistics() throws(VectorIndexError) -> IndexStatistics {
        let (count, bytes) = try waiting { [client, index] in
            (try await Self.count(client, index), try await client.storedBytes(index.alias))
        }
        return IndexStatistics(
            count: count, deadCount: 0, layerCount: 0, format: .float32, bytesPerVector: 0,
            snapshotByteCount: bytes, logByteCount: 0, logRecordCount: 0, generation: 0)
    }

    // MARK: Ids

    public func contains(_ id: UInt64) -> Bool {
        untold.keeping(false) { () throws(VectorIndexError) in try stored(among: [id]) == [id] }
    }

    public func stored(among ids: [UInt64]) throws(VectorIndexError) -> [UInt64] {
        guard !ids.isEmpty else { return [] }
        let found = try waiting { [client, index] in
            try await client.stored(index.alias, among: ids.map(OpenSearchVectorIndex.documentID))
        }
        return ids.filter { found.contains(OpenSearchVectorIndex.documentID($0)) }
    }

    /// Every stored id, ascending as signed numbers; read in pages of one moment (a point in time).
    public func ids() -> [UInt64] {
        untold.keeping([]) { () throws(VectorIndexError) in try storedIDs() }
    }

    public func storedIDs() throws(VectorIndexError) -> [UInt64] {
        try waiting { [client, index] in try await Self.storedIDs(client, index) }
    }

    private static func storedIDs(
        _ client: OpenSearch, _ index: OpenSearchVectorIndex
    ) async throws -> [UInt64] {
        let field = OpenSearchVectorIndex.idField
        var search = OpenSearchSearch(.exists(field: field), size: pageSize)
        search.sort = [OpenSearchSort(field)]
        search.source = .none
        search.countsAll = true
        var ids: [UInt64] = []
        for try await hit in client.hits(index.alias, search, tieBreaker: field) {
            guard let id = UInt64(hit.id) else { continue }
            ids.append(id)
        }
        return ids
    }

    private static let pageSize = 10_000

    // MARK: Waiting

    /// Does `work` while the calling thread waits, and tells its failures as those of an index.
    func waiting<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws(VectorIndexError) -> Value {
        let errand = WaitedErrand<Value>()
        Task.detached(executorPreference: Self.executor) {
            do {
                errand.settle(.success(try await work()))
            } catch {
                errand.settle(.failure(error))
            }
        }
        do {
            return try errand.result().get()
        } catch {
            throw VectorIndexError(error, host: host, index: index.alias)
        }
    }
}
