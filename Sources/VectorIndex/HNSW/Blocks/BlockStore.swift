import CVectorKernels
import Synchronization

/// One block a slot: layer-0 links beside the codes that a walk compares. See ``BlockLayout``.
///
/// A slot's header and codes are written before the slot can be reached and never while it can; its links
/// change under readers, one atomic word at a time.
final class BlockStore: @unchecked Sendable {
    // Sendable proof: the properties never change. Of the memory behind `base`, link words are read and
    // written atomically once a slot can be reached; headers and codes are written only before that.
    let layout: BlockLayout
    let capacity: Int
    let base: UnsafeMutableRawPointer
    /// The blocks as floats: for those whose codes are floats.
    let floats: AlignedBuffer<Float>

    /// What goes with each slot's codes; empty where nothing does.
    let heads: AlignedBuffer<mk_code_header>

    /// Blocks of zeros.
    convenience init(layout: BlockLayout, capacity: Int) {
        self.init(
            layout: layout, capacity: capacity, floats: AlignedBuffer(count: layout.stride / 4 * capacity),
            heads: AlignedBuffer(count: layout.hasHeads ? capacity : 0))
    }

    /// - Parameter floats: memory of at least `capacity` blocks.
    init(
        layout: BlockLayout, capacity: Int, floats: AlignedBuffer<Float>, heads: AlignedBuffer<mk_code_header>
    ) {
        precondition(
            4 * floats.count >= layout.stride * capacity, "\(floats.count) words for \(capacity) blocks")
        precondition(!layout.hasHeads || heads.count >= capacity, "\(heads.count) heads")
        (self.layout, self.capacity, self.floats, self.heads) = (layout, capacity, floats, heads)
        base = UnsafeMutableRawPointer(floats.base)
    }

    /// A larger store that begins with the first `slots` blocks of `other`.
    convenience init(growing other: BlockStore, slots: Int, capacity: Int) {
        self.init(layout: other.layout, capacity: capacity)
        floats.copyPrefix(of: other.floats, elements: slots * layout.stride / 4)
        if layout.hasHeads { heads.copyPrefix(of: other.heads, elements: slots) }
    }

    /// Where a slot's block starts.
    @inline(__always)
    func block(_ slot: UInt32) -> UnsafeMutableRawPointer {
        assert(slot < capacity, "slot \(slot) of \(capacity)")
        return base + Int(slot) * layout.stride
    }

    /// Where a slot's codes start.
    @inline(__always)
    func codes(_ slot: UInt32) -> UnsafeMutableRawPointer { block(slot) + layout.codeOffset }

    /// Copies the layer-0 links of a slot into a buffer of at least `linkLimit` words.
    @inline(__always)
    func copyLinks(of slot: UInt32, into links: UnsafeMutablePointer<UInt32>) -> Int {
        let words = words(slot)
        var count = 0
        while count < layout.linkLimit {
            let link = words[count].load(ordering: .acquiring)
            if link == SlotTable.none { break }
            links[count] = link
            count += 1
        }
        return count
    }

    /// Replaces the layer-0 links of a slot, word by word: a reader meets old links and new ones, nothing
    /// else. No word behind the end is left as it was: a longer list that is written later would show it.
    func setLinks(_ links: [UInt32], of slot: UInt32) {
        precondition(links.count <= layout.linkLimit, "\(links.count) links")
        let words = words(slot)
        for (position, link) in links.enumerated() { words[position].store(link, ordering: .releasing) }
        for position in links.count..<layout.linkLimit {
            words[position].store(SlotTable.none, ordering: .releasing)
        }
    }

    /// Asks for the links of a slot that will soon be expanded.
    @inline(__always)
    func prefetchLinks(of slot: UInt32) {
        BlockKernel.prefetch(block(slot), bytes: 4 * layout.linkLimit)
    }

    /// Asks for the codes of a slot that will soon be compared.
    @inline(__always)
    func prefetchCodes(of slot: UInt32) {
        BlockKernel.prefetch(codes(slot), bytes: layout.codeBytes)
        if layout.hasHeads {
            BlockKernel.prefetch(heads.base + Int(slot), bytes: MemoryLayout<mk_code_header>.stride)
        }
    }

    @inline(__always)
    private func words(_ slot: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        block(slot).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}
