import Synchronization
import VectorIndex

/// An index as one on a server is: for a while it does not answer.
final class SilentVectors: VectorStore {
    private struct State {
        var isSilent = false
        var wasSilent = false
        var upsertCount = 0
    }

    private let base: any VectorStore
    private let state = Mutex(State())

    init(_ base: any VectorStore) { self.base = base }

    var wasSilent: Bool { state.withLock { $0.wasSilent } }
    /// How often something was to be stored.
    var upsertCount: Int { state.withLock { $0.upsertCount } }

    func fallSilent() { state.withLock { ($0.isSilent, $0.wasSilent) = (true, true) } }
    func answer() { state.withLock { $0.isSilent = false } }

    private func check() throws(VectorIndexError) {
        if state.withLock({ $0.isSilent }) {
            throw .unavailable(server: "test", reason: "it does not answer")
        }
    }

    var dimension: Int { base.dimension }
    var metric: Metric { base.metric }
    var count: Int { base.count }

    func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        state.withLock { $0.upsertCount += 1 }
        try check()
        try base.upsert(entries)
    }

    func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        try check()
        try base.remove(ids)
    }

    func contains(_ id: UInt64) -> Bool { base.contains(id) }

    func ids() -> [UInt64] { (try? storedIDs()) ?? [] }

    func storedIDs() throws(VectorIndexError) -> [UInt64] {
        try check()
        return try base.storedIDs()
    }

    func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor] {
        try base.search(query, k: k, efSearch: efSearch, filter: filter)
    }
}
