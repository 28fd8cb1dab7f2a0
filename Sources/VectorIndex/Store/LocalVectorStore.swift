import Foundation
import Synchronization

/// Approximate nearest neighbours in this process, by an HNSW graph over quantized vectors; kept on disk as a
/// snapshot and a log.
///
/// Searches run beside each other and beside a writer, and wait for neither. With a directory, a change that
/// has returned survives a crash at any moment; the files are nevertheless derived data, so damaged ones are
/// rebuilt by storing the vectors again.
///
/// With a filter, the search picks the cheapest way that finds what is admitted: it compares every admitted
/// vector if they are few, walks from one to the next if they are some, and walks as usual if they are most.
///
/// Opening costs milliseconds at any size: the snapshot is mapped, not read. Its parts are checked when they
/// are first used.
public final class LocalVectorStore: VectorStore {
    /// What *near* means.
    public let metric: Metric
    /// How the graph is built, and how wide searches look by default.
    public let parameters: HNSWParameters
    private let checks: VectorChecks
    private let ledger: EraLedger<HNSWIndex>
    private let scratches: ScratchPool
    private let writer: Guarded<StoreWriter>
    private let savedGeneration: Atomic<UInt64>

    /// Opens the index in `directory`, which nobody else can open until this store is gone; without files
    /// there, or without a directory, begins empty.
    ///
    /// - Throws: ``VectorIndexError/inUse(directory:)`` if somebody has it open;
    ///   ``VectorIndexError/damaged(file:reason:)`` if its files cannot be trusted, and other errors if they
    ///   are of another version or were built with other settings. In each case but the first
    ///   ``reset(directory:)`` and storing the vectors again helps.
    public convenience init(
        directory: URL?, dimension: Int, metric: Metric, parameters: HNSWParameters = .standard
    ) throws(VectorIndexError) {
        try self.init(
            directory: directory, dimension: dimension, metric: metric, parameters: parameters, disk: .system)
    }

    /// - Parameter disk: through which everything is written. For tests.
    init(
        directory: URL?, dimension: Int, metric: Metric, parameters: HNSWParameters, disk: Disk
    ) throws(VectorIndexError) {
        checks = try VectorChecks(dimension: dimension, metric: metric, format: parameters.format)
        (self.metric, self.parameters) = (metric, parameters)
        let layout = BlockLayout(format: parameters.format, dimension: dimension, M: parameters.M)
        var index = HNSWIndex(layout: layout, metric: metric, capacity: 0)
        var (upperEnd, lock, loader) = (0, DirectoryLock?.none, IndexLoader?.none)
        if let directory {
            lock = try DirectoryLock(directory, disk: disk)
            try lock?.removeLeftovers(in: directory, disk: disk)
            loader = try IndexLoader(
                directory: directory, layout: layout, metric: metric, parameters: parameters)
            if let loader { (index, upperEnd) = try loader.index() }
        }
        ledger = EraLedger(index)
        scratches = ScratchPool(kernel: index.kernel)
        var writer = StoreWriter(
            checks: checks, parameters: parameters, ledger: ledger, index: index, upperEnd: upperEnd,
            draws: loader?.snapshot.header.draws ?? 0, scratches: scratches)
        if let directory, let lock {
            try writer.open(directory, disk: disk, lock: lock, snapshot: loader?.snapshot)
        }
        savedGeneration = Atomic(writer.files?.generation ?? 0)
        self.writer = Guarded(writer)
    }

    /// Deletes the index in `directory`, if there is one, so that the next store opened there begins empty.
    ///
    /// - Throws: ``VectorIndexError/inUse(directory:)`` if somebody has it open.
    public static func reset(directory: URL) throws(VectorIndexError) {
        let lock = try DirectoryLock(directory)
        try lock.removeLeftovers(in: directory)
        for name in [Snapshot.name, IndexLog.name] {
            try Disk.system.remove(directory.appendingPathComponent(name).path)
        }
    }

    /// Floats of each vector.
    public var dimension: Int { checks.dimension }

    /// Vectors that are there now.
    public var count: Int { ledger.read { $0.slots.count } }

    /// The generation last saved; 0 if there is none.
    public var generation: UInt64 { savedGeneration.load(ordering: .acquiring) }

    /// Stores vectors in place of those of their ids; with a directory they are on disk when it returns.
    ///
    /// - Throws: ``VectorIndexError`` for a vector that the index cannot hold, and where the log cannot be written; nothing
    ///   is stored then.
    /// - Complexity: some O(`efConstruction` · log ``count``) distances a vector.
    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        let scales = try checks.scales(of: entries)
        if entries.isEmpty { return }
        let ticket = try writer.withLock { writer throws(VectorIndexError) in
            try writer.upsert(entries, scales: scales)
        }
        try ticket?.wait()
    }

    /// Removes vectors; ids that are not there are passed over. Their room is used again later.
    ///
    /// - Throws: ``VectorIndexError`` where the log cannot be written; nothing is removed then.
    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        if ids.isEmpty { return }
        let ticket = try writer.withLock { writer throws(VectorIndexError) in try writer.remove(ids) }
        try ticket?.wait()
    }

    /// Whether a vector is there now.
    public func contains(_ id: UInt64) -> Bool {
        ledger.read { $0.slots.slot(of: id) != nil }
    }

    /// The ids of all vectors, of one moment.
    public func ids() -> [UInt64] {
        ledger.read { $0.slots.liveIDs() }
    }

    public func search(
        _ query: [Float], k: Int, efSearch: Int? = nil, filter: VectorFilter? = nil
    ) throws(VectorIndexError) -> [Neighbor] {
        try checks.check(k: k, efSearch: efSearch)
        let scale = try checks.scale(of: query)
        let ef = efSearch ?? max(parameters.efSearch, k)
        return try ledger.read { index throws(VectorIndexError) in
            try scratches.withScratch { scratch throws(VectorIndexError) in
                scratch.setQuery(query, scale: scale, kernel: index.kernel)
                let found = index.search(k: k, ef: ef, filter: filter, scratch: scratch)
                if let damage = scratch.damage { throw damage }
                return found
            }
        }
    }

    /// Lends the index of this moment, and a scratch, to `body`; what is removed meanwhile keeps its room until then.
    func reading<R: Sendable, E: Error>(
        _ body: (HNSWIndex, SearchScratch) throws(E) -> R
    ) throws(E) -> R {
        try ledger.read { index throws(E) in
            try scratches.withScratch { scratch throws(E) in try body(index, scratch) }
        }
    }

    /// Whether a part of the index is read from its snapshot when it is touched.
    var isMapped: Bool { ledger.read { $0.watch != nil } }

    /// Notes that everything stored so far belongs to the caller's generation `generation`, which
    /// ``generation`` gives back after the next opening, so that the caller sees what is missing.
    ///
    /// - Throws: ``VectorIndexError/noDirectory`` without a directory, or if it cannot be written.
    public func save(generation: UInt64) throws(VectorIndexError) {
        let ticket = try writer.withLock { writer throws(VectorIndexError) in
            try writer.setGeneration(generation)
        }
        try ticket?.wait()
        savedGeneration.store(generation, ordering: .releasing)
    }

    /// Frees the room of what was removed, lays neighbours near each other, and with a directory writes a new
    /// snapshot and empties the log. Searches go on meanwhile, writes wait.
    ///
    /// The store does it by itself when the log has grown long.
    ///
    /// - Throws: if it cannot be written; everything is then as it was.
    /// - Complexity: O(bytes of the index).
    public func compact() throws(VectorIndexError) {
        try writer.withLock { writer throws(VectorIndexError) in try writer.compact() }
    }

    /// Reads all files anew and compares them with their checksums.
    ///
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the first part that is not as written.
    /// - Complexity: O(bytes of the files), some gigabytes a second.
    public func verify() throws(VectorIndexError) {
        try writer.withLock { writer throws(VectorIndexError) in try writer.verify() }
    }

    /// Lends what changes the store to `body`, while nobody else has it.
    func changing<R: Sendable>(
        _ body: (inout StoreWriter) throws(VectorIndexError) -> R
    ) throws(VectorIndexError) -> R {
        try writer.withLock { writer throws(VectorIndexError) in try body(&writer) }
    }

    func noteSaved(_ generation: UInt64) { savedGeneration.store(generation, ordering: .releasing) }

    /// Figures about the store, of one moment.
    public func statistics() -> IndexStatistics {
        writer.withLock { $0.statistics() }
    }

    /// Bytes of memory a vector takes, links and ids included; full vectors count unless they are mapped from
    /// the snapshot.
    public var bytesPerVector: Int { statistics().bytesPerVector }

    /// Slots there is room for. For tests.
    var capacity: Int { ledger.read { $0.capacity } }

    /// What knows which parts of the snapshot were looked at. For tests.
    var damageWatch: DamageWatch? { ledger.read { $0.watch } }

    /// What of the graph is not as it must be; see ``HNSWBuilder/violations()``. For tests.
    func violations() -> [String] {
        writer.withLock { $0.builder.violations() }
    }
}
