import Corpus
import Synchronization
import VectorIndex

/// Ranked passages, ids and scores alone, by everything that bears on them.
///
/// Its key is made inside the snapshot that the request is served from, with the access classes that the caller
/// satisfies in it; texts are never kept, and load in that snapshot, as they do without a cache.
final class RetrievalCache: Sendable {
    /// Which of the rankings of one ``QuestionAnswering``; its settings are the same for all requests.
    enum Ranking: String, Sendable, Hashable {
        case dense, relevant, keyword, hybrid
    }

    struct Key: Hashable, Sendable {
        var ranking: Ranking
        var text: String
        /// Not told by ``text`` alone: a part of a question has its own.
        var vector: [Float]?
        var filter: ChunkFilter
        var limit: Int
        /// Exactly what the caller satisfies: principals say less, as rules change without them.
        var classes: Set<AccessClassID>
        var revision: CorpusRevision

        var byteCount: Int {
            text.utf8.count + 4 * (vector?.count ?? 0) + 16 * classes.count + filter.byteCount
        }
    }

    /// What a request finds that is ready to wait.
    enum Claim: Sendable {
        case known([RankedPassage])
        /// The request ranks, and must call ``settle(_:_:)``.
        case granted
        /// Another request ranks the same now. Nobody waits within a snapshot: it keeps a thread, and the database from
        /// tidying up.
        case taken(Promise<Void>)
    }

    /// How rankings are shared with other processes; `nil` for not at all.
    let sharing: ResultSharing?
    private let cache: BoundedCache<Key, [RankedPassage]>
    private let revisions: CorpusRevisions
    private let claims = Mutex<[Key: Promise<Void>]>([:])

    init(_ limit: CacheLimit, _ revisions: CorpusRevisions, sharing: ResultSharing? = nil) {
        cache = BoundedCache(limit)
        self.revisions = revisions
        self.sharing = sharing
    }

    var statistics: CacheStatistics { cache.statistics }

    /// - Returns: `nil` while an index is being changed, when nothing may be kept.
    func key(
        _ ranking: Ranking, _ query: RetrievalQuery, in snapshot: any AccessSnapshot
    ) throws(CorpusError) -> Key? {
        guard let revision = try revisions.revision(in: snapshot) else { return nil }
        return Key(
            ranking: ranking, text: query.text, vector: query.vector, filter: query.filter,
            limit: query.limit, classes: snapshot.classes, revision: revision)
    }

    func known(_ key: Key) -> [RankedPassage]? { cache.value(for: key, at: key.revision) }

    /// Keeps what was ranked, unless an index changed under it.
    ///
    /// - Returns: whether none did.
    @discardableResult
    func keep(_ ranked: [RankedPassage], for key: Key) -> Bool {
        guard revisions.areStill(at: key.revision) else { return false }
        let bytes = key.byteCount + ranked.count * MemoryLayout<RankedPassage>.stride
        cache.insert(ranked, for: key, bytes: bytes, at: key.revision)
        return true
    }

    func countMiss() { cache.countMisses() }

    // MARK: One ranking for all who ask at once

    func claim(_ key: Key) -> Claim {
        let claim = claims.withLock { claims -> Claim in
            // Under the lock: what was settled a moment ago is kept before its claim goes.
            if let known = cache.value(for: key, at: key.revision) { return .known(known) }
            if let promise = claims[key] { return .taken(promise) }
            claims[key] = Promise()
            return .granted
        }
        switch claim {
        case .known: break
        case .granted: cache.countMisses()
        case .taken: cache.countShared()
        }
        return claim
    }

    /// Keeps what a claim came to, and tells those who wait; a failure is told and not kept.
    ///
    /// - Returns: whether it was kept.
    @discardableResult
    func settle(_ key: Key, _ result: Result<[RankedPassage], any Error>) -> Bool {
        let isKept = if case .success(let ranked) = result { keep(ranked, for: key) } else { false }
        claims.withLock { $0.removeValue(forKey: key) }?.settle(result.map { _ in })
        return isKept
    }

    /// Gives a claim up: those who wait rank for themselves.
    func abandon(_ key: Key) {
        claims.withLock { $0.removeValue(forKey: key) }?.settle(.success(()))
    }
}

extension ChunkFilter {
    /// What it takes in memory, roughly.
    var byteCount: Int {
        let words = spaces.union(labels).union(authors).union(insights.values.joined())
        return words.reduce(64) { $0 + $1.utf8.count + 32 }
    }
}
