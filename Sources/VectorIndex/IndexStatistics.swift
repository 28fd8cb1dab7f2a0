/// What a store holds, and what that costs.
public struct IndexStatistics: Sendable, Equatable {
    /// Vectors that searches can find.
    public let count: Int
    /// Vectors removed or replaced whose room is not free yet.
    public let deadCount: Int
    /// Layers of the graph; 0 without vectors.
    public let layerCount: Int
    /// The numbers that walks compare.
    public let format: VectorFormat
    /// Bytes of memory a vector takes: codes, links, ids and hash table, and its full vector unless that is
    /// mapped from the snapshot. Spare room not counted.
    public let bytesPerVector: Int
    /// Bytes of the snapshot file; 0 without one.
    public let snapshotByteCount: Int
    /// Bytes of the log.
    public let logByteCount: Int
    /// Changes in the log: what the next opening makes again.
    public let logRecordCount: Int
    /// The caller's generation last saved.
    public let generation: UInt64

    /// Makes figures; stores do this.
    public init(
        count: Int, deadCount: Int, layerCount: Int, format: VectorFormat, bytesPerVector: Int,
        snapshotByteCount: Int, logByteCount: Int, logRecordCount: Int, generation: UInt64
    ) {
        (self.count, self.deadCount, self.layerCount) = (count, deadCount, layerCount)
        (self.format, self.bytesPerVector) = (format, bytesPerVector)
        (self.snapshotByteCount, self.logByteCount) = (snapshotByteCount, logByteCount)
        (self.logRecordCount, self.generation) = (logRecordCount, generation)
    }
}

extension StoreWriter {
    func statistics() -> IndexStatistics {
        let index = builder.index
        let used = index.slots.end
        let hasOwnRows = index.layout.format != .float32 && index.watch == nil
        let rowBytes = hasOwnRows ? 4 * index.matrix.rowLength : 0
        // Block and head, id, level, start of the upper links, and the word that says whether it is live.
        let headBytes = index.layout.hasHeads ? IndexImage.headBytes : 0
        let slotBytes = index.layout.stride + headBytes + rowBytes + 8 + 1 + 4 + 4
        let shared = 4 * builder.upperEnd + 4 * index.slots.buckets.count
        return IndexStatistics(
            count: index.slots.count, deadCount: builder.dead.count,
            layerCount: index.graph.entry.map { $0.level + 1 } ?? 0, format: index.layout.format,
            bytesPerVector: used == 0 ? 0 : slotBytes + shared / used,
            snapshotByteCount: files?.snapshotByteCount ?? 0, logByteCount: files?.log.byteCount ?? 0,
            logRecordCount: Int(files?.log.recordCount ?? 0), generation: files?.generation ?? 0)
    }

    /// Reads the snapshot and the log anew.
    func verify() throws(VectorIndexError) {
        try verifySnapshot()
        try files?.log.verify()
    }

    /// Reads the snapshot anew.
    func verifySnapshot() throws(VectorIndexError) {
        guard let ledger = builder.index.watch?.ledger else { return }
        if let first = try ledger.verifyAll().first { throw ledger.error(for: first) }
    }
}
