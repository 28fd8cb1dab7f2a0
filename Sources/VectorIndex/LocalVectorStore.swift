import Foundation
import Synchronization

/// Approximate nearest neighbours in this process, by an HNSW graph; kept on disk as one file.
///
/// Searches run beside each other and beside a writer, and wait for neither. What is stored survives the
/// process only once ``save(generation:)`` has returned; the file is derived data, so a missing or damaged
/// one is rebuilt by storing the vectors again.
///
/// With a filter, the search picks the cheapest way that finds what is admitted: it compares every admitted
/// vector if they are few, walks from one to the next if they are some, and walks as usual if they are most.
public final class LocalVectorStore: VectorStore {
    public let metric: Metric
    /// How the graph is built, and how wide searches look by default.
    public let parameters: HNSWParameters
    private let checks: VectorChecks
    private let directory: URL?
    private let ledger: EraLedger<HNSWIndex>
    private let scratches: ScratchPool
    private let writer: Guarded<HNSWBuilder>
    private let savedGeneration: Atomic<UInt64>

    /// Opens the snapshot in `directory`; without one, or without a directory, begins empty.
    ///
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` if the snapshot cannot be trusted, and other
    ///   errors if it was built by another version or with other settings. In each case ``reset(directory:)``
    ///   and storing the vectors again helps.
    public init(
        directory: URL?, dimension: Int, metric: Metric, parameters: HNSWParameters = .standard
    ) throws(VectorIndexError) {
        checks = try VectorChecks(dimension: dimension, metric: metric)
        (self.directory, self.metric, self.parameters) = (directory, metric, parameters)
        let contents =
            if let directory {
                try IndexFile.read(from: directory, dimension: dimension, metric: metric, M: parameters.M)
            } else {
                IndexFile.Contents?.none
            }
        let index =
            contents?.index ?? HNSWIndex(dimension: dimension, metric: metric, M: parameters.M, capacity: 0)
        ledger = EraLedger(index)
        scratches = ScratchPool(stride: index.matrix.stride, M: parameters.M)
        savedGeneration = Atomic(contents?.generation ?? 0)
        writer = Guarded(
            HNSWBuilder(
                parameters: parameters, ledger: ledger, index: index, upperEnd: contents?.upperEnd ?? 0,
                draws: contents?.draws ?? 0))
    }

    /// Deletes the snapshot in `directory`, if there is one, so that the next store opened there begins
    /// empty.
    public static func reset(directory: URL) throws(VectorIndexError) {
        for name in [IndexFile.name, IndexFile.temporaryName] {
            let path = directory.appendingPathComponent(name).path
            guard unlink(path) == 0 || errno == ENOENT else { throw FileDescriptor.failure("delete", path) }
        }
    }

    public var dimension: Int { checks.dimension }

    public var count: Int { ledger.read { $0.slots.count } }

    /// The generation of the snapshot this store was opened from or last saved as; 0 if there is none.
    public var generation: UInt64 { savedGeneration.load(ordering: .acquiring) }

    /// Bytes held in memory for each vector, links and ids included, spare room not.
    public var bytesPerVector: Int {
        let upper = 4 * parameters.M / (parameters.M - 1)
        return 4 * VectorMatrix.stride(dimension: dimension) + 8 * parameters.M + upper + 8 + 4 + 8 + 1 + 4
            + 4
    }

    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        let scales = try checks.scales(of: entries)
        try writer.withLock { builder throws(VectorIndexError) in
            try builder.upsert(entries, scales: scales)
        }
    }

    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        writer.withLock { $0.remove(ids) }
    }

    public func contains(_ id: UInt64) -> Bool {
        ledger.read { $0.slots.slot(of: id) != nil }
    }

    public func ids() -> [UInt64] {
        ledger.read { index in index.slots.liveSlots().map(index.slots.id) }
    }

    public func search(
        _ query: [Float], k: Int, efSearch: Int? = nil, filter: VectorFilter? = nil
    ) throws(VectorIndexError) -> [Neighbor] {
        try checks.check(k: k, efSearch: efSearch)
        let scale = try checks.scale(of: query)
        let ef = efSearch ?? max(parameters.efSearch, k)
        return ledger.read { index in
            scratches.withScratch(capacity: index.capacity) { scratch in
                scratch.setQuery(query, scale: scale)
                return index.search(k: k, ef: ef, filter: filter, scratch: scratch)
            }
        }
    }

    /// Writes everything stored to the directory, replacing the snapshot there in one step. Searches go on
    /// meanwhile, writes wait.
    ///
    /// - Parameter generation: the caller's number for what is now stored; ``generation`` gives it back after
    ///   the next opening, so that the caller sees what is missing.
    /// - Throws: if it cannot be written; the old snapshot is then untouched.
    public func save(generation: UInt64) throws(VectorIndexError) {
        guard let directory else { throw .noDirectory }
        try writer.withLock { builder throws(VectorIndexError) in
            try IndexFile.write(builder.index, draws: builder.draws, generation: generation, to: directory)
            savedGeneration.store(generation, ordering: .releasing)
        }
    }

    /// Slots there is room for. For tests.
    var capacity: Int { ledger.read { $0.capacity } }

    /// What of the graph is not as it must be; see ``HNSWBuilder/violations()``. For tests.
    func violations() -> [String] {
        writer.withLock { $0.violations() }
    }
}
