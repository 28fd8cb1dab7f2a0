import Corpus
import Synchronization
import VectorIndex

/// The passages that a caller may read and a filter lets through, as the indexes take them.
///
/// One set of ids is kept for each access class, and the union of each set of classes that somebody satisfies.
/// All of them follow the corpus's changes, so that a question after a sync costs what changed and not what is
/// there; only a fresh process, or one that missed more changes than are kept, reads every id.
///
/// The database is never read under the lock. Who comes second with the same news finds it done.
public final class ReadableChunks: Sendable {
    private let model: String
    private let state = Mutex(ReadableSets())

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
            let all = try snapshot.accessClasses(model: model)
            state.withLock { $0.replace(with: all, at: now) }
        }
        return now
    }

    /// Every passage that `filter` lets through, whoever may read it.
    private func matching(
        _ filter: ChunkFilter, _ snapshot: any CorpusSnapshot, now: Int64
    ) throws(CorpusError) -> IDBitmap {
        if let stale = state.withLock({ $0.staleDocuments(of: filter, upTo: now) }) {
            let present = try snapshot.chunkIDs(matching: .everything, model: model, inDocuments: stale)
            let matching = try snapshot.chunkIDs(matching: filter, model: model, inDocuments: stale)
            let levelled = state.withLock {
                $0.level(filter, replacing: present, with: matching, at: now)
            }
            if let levelled { return levelled }
        }
        let ids = try snapshot.chunkIDs(matching: filter, model: model, inDocuments: nil)
        let bitmap = IDBitmap(ids.lazy.map(UInt64.init))
        state.withLock { $0.remember(bitmap, for: filter, at: now) }
        return bitmap
    }
}
