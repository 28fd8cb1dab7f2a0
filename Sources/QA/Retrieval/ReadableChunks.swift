import Corpus
import Synchronization
import VectorIndex

/// The passages that a caller may read and a filter lets through, as the indexes take them.
///
/// One set of ids is kept for each access class, and the union of each set of classes that somebody satisfies.
/// All of them follow the corpus's changes, so that a question after a sync costs what changed and not what is
/// there; only a fresh process, or one that missed more changes than are kept, reads every id.
///
/// What is found belongs to the caller's snapshot or a newer one: a set may already lack what was just removed and
/// hold what was just added. What is shown is loaded by the caller's own snapshot, which checks it.
public final class ReadableChunks: Sendable {
    private let model: String
    private let state = Mutex(ReadableSets())
    /// Held while every id is read: each caller has its own snapshot and waits for nothing else meanwhile.
    private let beginning = Mutex(())

    /// - Parameter model: the embedding model whose passages are meant.
    public init(model: String) {
        self.model = model
    }

    /// The ids of every passage that `snapshot`'s caller may read and `filter` lets through.
    ///
    /// - Complexity: O(changes since the last call) for a caller whose classes are known, plus O(words) when
    ///   there is a filter.
    public func bitmap(
        for filter: ChunkFilter, in snapshot: any CorpusSnapshot
    ) throws(CorpusError) -> IDBitmap {
        let now = try level(with: snapshot)
        let classes = snapshot.classes
        let readable = state.withLock { $0.readable(classes) }
        guard filter != .everything else { return readable }
        return readable.intersection(try matching(filter, snapshot, now: now))
    }

    /// Follows the corpus up to `snapshot`.
    ///
    /// - Returns: the last change that `snapshot` holds; another one may have brought newer ones.
    private func level(with snapshot: any CorpusSnapshot) throws(CorpusError) -> Int64 {
        let now = try snapshot.changeSequence()
        let known = state.withLock { $0.sequence }
        guard now > known else { return now }
        if known >= 0, let news = try snapshot.changes(after: known, model: model) {
            state.withLock { $0.apply(news, upTo: now) }
        } else {
            try begin(with: snapshot, at: now)
        }
        return now
    }

    /// Reads every id. Whoever comes meanwhile waits and finds it done.
    private func begin(with snapshot: any CorpusSnapshot, at now: Int64) throws(CorpusError) {
        let result = beginning.withLock { _ -> Result<Void, CorpusError> in
            guard now > state.withLock({ $0.sequence }) else { return .success(()) }
            do throws(CorpusError) {
                let all = try snapshot.accessClasses(model: model)
                state.withLock { $0.replace(with: all, at: now) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Every passage that `filter` lets through, whoever may read it.
    private func matching(
        _ filter: ChunkFilter, _ snapshot: any CorpusSnapshot, now: Int64
    ) throws(CorpusError) -> IDBitmap {
        if let stale = state.withLock({ $0.staleDocuments(of: filter, upTo: now) }) {
            let present = try snapshot.chunkIDs(
                matching: .everything, model: model, inDocuments: stale.documents)
            let matching = try snapshot.chunkIDs(matching: filter, model: model, inDocuments: stale.documents)
            let levelled = state.withLock {
                $0.level(filter, replacing: present, with: matching, since: stale.since, at: now)
            }
            if let levelled { return levelled }
        }
        let ids = try snapshot.chunkIDs(matching: filter, model: model, inDocuments: nil)
        let bitmap = IDBitmap(ids.lazy.map(UInt64.init))
        state.withLock { $0.remember(bitmap, for: filter, at: now) }
        return bitmap
    }
}
