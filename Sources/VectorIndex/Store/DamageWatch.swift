import Synchronization

/// Looks at the parts of a mapped snapshot before a search uses them; see ``ChunkLedger``.
///
/// Opening checks all small sections, so what remains are blocks and rows. Slots behind the snapshot's were
/// made here and are not looked at.
final class DamageWatch: Sendable {
    let ledger: ChunkLedger
    private let fileSlots: Int
    private let blockStride: Int
    private let rowBytes: Int
    private let blocksAreSound = Atomic(false)
    /// One bit a slot of the file: whether its vector is another one by now.
    private let renewed: AtomicWords

    init(_ snapshot: Snapshot, layout: BlockLayout) {
        ledger = snapshot.ledger
        fileSlots = Int(snapshot.header.count)
        blockStride = layout.stride
        rowBytes = snapshot.byteCount(of: .rows) / max(fileSlots, 1)
        renewed = AtomicWords(count: fileSlots / 32 + 1, repeating: 0)
    }

    /// Whether blocks may be damaged without anybody having seen it.
    @inline(__always)
    var mustCheckBlocks: Bool { !blocksAreSound.load(ordering: .relaxed) && !ledger.allVerified }

    /// Makes sure of the blocks of `count` slots.
    func checkBlocks(of slots: UnsafePointer<UInt32>, count: Int) throws(VectorIndexError) {
        for i in 0..<count where slots[i] < fileSlots {
            let start = Int(slots[i]) * blockStride
            try ledger.verify(.blocks, start..<start + blockStride)
        }
    }

    /// Whether a slot's full vector lies in the file, apart from its codes.
    @inline(__always)
    func hasRow(of slot: UInt32) -> Bool {
        slot < fileSlots && rowBytes > 0 && renewed[Int(slot) / 32] & Self.bit(slot) == 0
    }

    /// Notes that the slot gets another vector than the file's. For the writer, while nobody can reach the
    /// slot.
    func noteRenewal(of slot: UInt32) {
        guard slot < fileSlots else { return }
        renewed.publish(renewed[Int(slot) / 32] | Self.bit(slot), at: Int(slot) / 32)
    }

    private static func bit(_ slot: UInt32) -> UInt32 { 1 << (slot % 32) }

    /// Reads a slot's full vector, which ``hasRow(of:)``, from the file, and makes sure of it.
    ///
    /// Rows are mapped too, but a search that touched the mapping would pull the pages around each row into
    /// the process's memory, until all full vectors were resident.
    ///
    /// - Parameter row: room for the whole row.
    func readRow(of slot: UInt32, into row: AlignedBuffer<Float>) throws(VectorIndexError) {
        let start = Int(slot) * rowBytes
        precondition(rowBytes <= 4 * row.count, "a row of \(rowBytes) bytes into \(row.count) floats")
        try ledger.verify(.rows, start..<start + rowBytes)
        // Bounds: checked above.
        try ledger.read(
            .rows, from: start, into: UnsafeMutableRawBufferPointer(start: row.base, count: rowBytes))
    }

    /// Copies a slot's full vector from the file, of which everything was found sound before.
    ///
    /// - Parameter row: room for exactly one row.
    /// - Returns: whether it did; not if the vector is in memory alone, or the file cannot be read.
    func copyRow(of slot: UInt32, into row: UnsafeMutableRawBufferPointer) -> Bool {
        guard hasRow(of: slot), row.count == rowBytes else { return false }
        return (try? ledger.read(.rows, from: Int(slot) * rowBytes, into: row)) != nil
    }

    /// Makes sure of all blocks, so that nobody need ask again.
    func checkAllBlocks() throws(VectorIndexError) {
        guard mustCheckBlocks else { return }
        try ledger.verify(.blocks, 0..<fileSlots * blockStride)
        blocksAreSound.store(true, ordering: .relaxed)
    }
}
