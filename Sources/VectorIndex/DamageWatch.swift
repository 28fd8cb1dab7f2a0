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

    init(_ snapshot: Snapshot, layout: BlockLayout) {
        ledger = snapshot.ledger
        fileSlots = Int(snapshot.header.count)
        blockStride = layout.stride
        rowBytes = snapshot.byteCount(of: .rows) / max(fileSlots, 1)
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

    /// Makes sure of a slot's full vector.
    @inline(__always)
    func checkRow(of slot: UInt32) throws(VectorIndexError) {
        if ledger.allVerified || slot >= fileSlots || rowBytes == 0 { return }
        let start = Int(slot) * rowBytes
        try ledger.verify(.rows, start..<start + rowBytes)
    }

    /// Makes sure of all blocks, so that nobody need ask again.
    func checkAllBlocks() throws(VectorIndexError) {
        guard mustCheckBlocks else { return }
        try ledger.verify(.blocks, 0..<fileSlots * blockStride)
        blocksAreSound.store(true, ordering: .relaxed)
    }
}
