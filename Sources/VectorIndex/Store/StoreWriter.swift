import Foundation

/// The one who changes a store: the graph in memory and, if there is a directory, the files behind it.
struct StoreWriter {
    private(set) var builder: HNSWBuilder
    var files: IndexFiles?
    private let checks: VectorChecks
    private let parameters: HNSWParameters
    private let ledger: EraLedger<HNSWIndex>
    private let scratches: ScratchPool
    /// A snapshot that could not be written is tried again once the log is this long.
    private var retryLength = 0

    /// A change that is in the log but may not be on the device.
    struct Ticket {
        let log: IndexLog
        let number: UInt64

        /// Returns once the change is safe.
        func wait() throws(VectorIndexError) {
            try log.commit(through: number)
        }
    }

    /// Vectors of the log that are inserted at once when it is read.
    private static let replayBatch = 4096

    /// - Parameter loader: what was found in the directory.
    init(
        checks: VectorChecks, parameters: HNSWParameters, ledger: EraLedger<HNSWIndex>, index: HNSWIndex,
        upperEnd: Int, draws: UInt64, scratches: ScratchPool
    ) {
        (self.checks, self.parameters, self.ledger) = (checks, parameters, ledger)
        self.scratches = scratches
        builder = HNSWBuilder(
            parameters: parameters, ledger: ledger, index: index, scratches: scratches, upperEnd: upperEnd,
            draws: draws)
    }

    /// Opens the log, and makes the changes that the snapshot does not have.
    mutating func open(
        _ directory: URL, disk: Disk, lock: DirectoryLock, snapshot: Snapshot?
    ) throws(VectorIndexError) {
        var pending = PendingChanges()
        let (builder, dimension) = (builder, checks.dimension)
        files = try IndexFiles(
            directory: directory, disk: disk, lock: lock, snapshot: snapshot, metric: checks.metric,
            dimension: dimension
        ) { record throws(VectorIndexError) in
            switch record {
            case .upsert(let ids, let rows):
                for (position, id) in ids.enumerated() {
                    let row = rows[position * dimension..<(position + 1) * dimension]
                    pending.store(VectorEntry(id: id, vector: Array(row)))
                }
                if pending.storedCount >= Self.replayBatch { try pending.apply(to: builder) }
            case .removal(let ids):
                pending.remove(ids)
            case .generation:
                break
            case .documents:
                throw .damaged(file: directory.path, reason: "its log holds documents, not vectors")
            }
        }
        if !pending.isEmpty { try pending.apply(to: builder) }
    }

    // MARK: Changes

    /// Stores checked vectors.
    mutating func upsert(_ entries: [VectorEntry], scales: [Float]) throws(VectorIndexError) -> Ticket? {
        try makeRoom(for: entries.count)
        let number = try files?.log.appendUpsert(ids: entries.map(\.id)) { position, row in
            let (vector, scale) = (entries[position].vector, scales[position])
            for i in row.indices { row[i] = vector[i] * scale }
        }
        try builder.upsert(entries, scales: scales)
        return finish(number)
    }

    mutating func remove(_ ids: [UInt64]) throws(VectorIndexError) -> Ticket? {
        try builder.begin()
        let number = try files?.log.appendRemoval(of: ids)
        try builder.remove(ids)
        return finish(number)
    }

    mutating func setGeneration(_ generation: UInt64) throws(VectorIndexError) -> Ticket? {
        guard files != nil else { throw .noDirectory }
        let number = try files?.log.appendGeneration(generation)
        files?.generation = generation
        return finish(number, isAtRest: true)
    }

    /// What can refuse a change must do so before the change is in the log.
    private mutating func makeRoom(for count: Int) throws(VectorIndexError) {
        try builder.begin()
        // A mapped index does not grow by being copied into memory, but by being written and mapped again.
        if builder.index.watch != nil, !builder.hasRoom(for: count) { try compact() }
        try builder.reserve(count)
    }

    /// - Parameter isAtRest: whether these changes are the last ones for now.
    private mutating func finish(_ number: UInt64?, isAtRest: Bool = false) -> Ticket? {
        guard let files, let number else { return nil }
        // If the snapshot cannot be written the change is as safe in the log. A later one tries again, but not
        // every one: the attempt costs as much as the index is large.
        let isLong = isAtRest ? files.logIsLongAtRest : files.logIsLong
        if isLong, files.log.byteCount >= retryLength {
            do {
                try compact()
                retryLength = 0
            } catch {
                retryLength = files.log.byteCount * 5 / 4
            }
        }
        return Ticket(log: files.log, number: number)
    }

    // MARK: Compaction

    /// Takes out what is dead, numbers slots so that neighbours are near each other, and frees all other
    /// room; with a directory also on disk.
    mutating func compact() throws(VectorIndexError) {
        builder.bury()
        let index = builder.index
        // What is written anew gets new checksums, which must not make damage look sound; not even damage
        // done since the file was first looked at.
        try verifySnapshot()
        let image = IndexImage(of: index)
        try files?.replaceSnapshot(with: image, draws: builder.draws)
        let (compact, upperEnd) = try reopened() ?? image.inMemory()
        builder = HNSWBuilder(
            parameters: parameters, ledger: ledger, index: compact, scratches: scratches, upperEnd: upperEnd,
            draws: builder.draws)
        ledger.publish(compact)
    }

    private mutating func reopened() throws(VectorIndexError) -> (index: HNSWIndex, upperEnd: Int)? {
        guard let directory = files?.directory else { return nil }
        let loader = try loader(in: directory)
        files?.snapshotByteCount = loader?.snapshot.byteCount ?? 0
        return try loader?.index()
    }

    /// The snapshot in a directory, if it was built with this store's settings.
    func loader(in directory: URL) throws(VectorIndexError) -> IndexLoader? {
        try IndexLoader(
            directory: directory, layout: builder.index.layout, metric: checks.metric, parameters: parameters)
    }

    /// Searches and changes what is on disk from here on.
    ///
    /// - Parameter ready: the same, opened where it lay before.
    mutating func publishStored(draws: UInt64, or ready: (index: HNSWIndex, upperEnd: Int)) {
        // Opened anew, so that errors name the file as it is called now. If that fails the other one is as good.
        let (index, upperEnd) = (try? reopened()) ?? ready
        builder = HNSWBuilder(
            parameters: parameters, ledger: ledger, index: index, scratches: scratches, upperEnd: upperEnd,
            draws: draws)
        ledger.publish(index)
    }
}
