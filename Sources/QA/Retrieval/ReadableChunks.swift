import Corpus
import Synchronization
import VectorIndex

/// The chunks a filter lets through, as the vector index takes them.
///
/// Made by one statement and kept until the corpus changes, so that a reader's second question costs a
/// look-up. The least recently used filter goes first.
public final class ReadableChunks: Sendable {
    private struct Entry {
        var generation: Int64
        var bitmap: IDBitmap
        var lastUse: UInt64
    }

    private struct State {
        var entries: [ChunkFilter: Entry] = [:]
        var clock: UInt64 = 0
    }

    /// Filters that are remembered; a bitmap of a million chunks has 125 kB.
    static let limit = 256

    private let corpus: any CorpusStore
    private let model: String
    private let state = Mutex(State())

    public init(corpus: any CorpusStore, model: String) {
        self.corpus = corpus
        self.model = model
    }

    /// The bitmap of every chunk that `filter` lets through now.
    public func bitmap(for filter: ChunkFilter) async throws(CorpusError) -> IDBitmap {
        let generation = try await corpus.generation
        let known = state.withLock { state -> IDBitmap? in
            guard state.entries[filter]?.generation == generation else { return nil }
            state.clock += 1
            state.entries[filter]?.lastUse = state.clock
            return state.entries[filter]?.bitmap
        }
        if let known { return known }
        let found = try await corpus.chunkIDs(matching: filter, model: model)
        let bitmap = IDBitmap(found.ids.lazy.map(UInt64.init))
        state.withLock { state in
            state.clock += 1
            if state.entries.count >= Self.limit, state.entries[filter] == nil,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                state.entries[oldest] = nil
            }
            state.entries[filter] = Entry(
                generation: found.generation, bitmap: bitmap, lastUse: state.clock)
        }
        return bitmap
    }
}
