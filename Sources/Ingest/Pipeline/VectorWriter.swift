import Concurrency
import VectorIndex

/// Changes a vector index on a thread that may wait: linking vectors is long arithmetic, and the index's log waits
/// for the disk.
///
/// One thread for all indexes: an index lets one writer in at a time, and a process has one index.
public struct VectorWriter: Sendable {
    private static let executor = BlockingExecutor(label: "millrace.index.write", width: 1)

    let index: any VectorStore

    public init(_ index: any VectorStore) {
        self.index = index
    }

    /// Those of `ids` that are stored: an index on a server is asked over the network.
    func stored(among ids: [UInt64]) async throws(VectorIndexError) -> [UInt64] {
        guard !ids.isEmpty else { return [] }
        return try await Self.waiting { [index] () throws(VectorIndexError) in try index.stored(among: ids) }
    }

    func ids() async throws(VectorIndexError) -> [UInt64] {
        try await Self.waiting { [index] () throws(VectorIndexError) in try index.storedIDs() }
    }

    func remove(_ ids: [UInt64]) async throws(VectorIndexError) {
        guard !ids.isEmpty else { return }
        try await Self.waiting { [index] () throws(VectorIndexError) in try index.remove(ids) }
    }

    func upsert(_ entries: [VectorEntry]) async throws(VectorIndexError) {
        guard !entries.isEmpty else { return }
        try await Self.waiting { [index] () throws(VectorIndexError) in try index.upsert(entries) }
    }

    /// Does what has begun to its end, even when the caller is cancelled: opening, checking, saving an index.
    public static func waiting<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await executor.complete(body)
    }
}
