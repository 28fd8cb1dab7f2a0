import Synchronization

/// Who links to whom on which layer; knows no distances.
///
/// The up to `2 M` links of layer 0 lie in the slot's block, beside its codes. The few slots that reach higher
/// have a run of `M` words for each further layer in an arena of their own. A list ends at its first
/// `SlotTable.none`, and nothing else follows. One thread writes; readers may see a list half changed, but every word they see is a
/// slot that was, or is now, a neighbour.
final class HNSWGraph: Sendable {
    static let highestLevel = 31

    let M: Int
    let blocks: BlockStore
    private let upper: AtomicWords
    /// Where a slot's run in the arena begins. Written before the slot can be reached.
    private let upperStart: AlignedBuffer<UInt32>
    /// The highest layer of each slot. Written before the slot can be reached.
    private let levels: AlignedBuffer<UInt8>
    /// Entry slot in the high half, its level in the low; all ones while the graph is empty.
    private let entryWord: Atomic<UInt64>

    /// An empty graph over blocks.
    ///
    /// - Parameter upperCapacity: words in the arena; see ``upperWords(level:)``.
    convenience init(blocks: BlockStore, upperCapacity: Int) {
        self.init(
            blocks: blocks, upper: AtomicWords(count: upperCapacity, repeating: SlotTable.none),
            upperStart: AlignedBuffer(count: blocks.capacity), levels: AlignedBuffer(count: blocks.capacity),
            entry: nil)
    }

    /// A graph of parts, one element a slot in each but the arena.
    init(
        blocks: BlockStore, upper: AtomicWords, upperStart: AlignedBuffer<UInt32>,
        levels: AlignedBuffer<UInt8>, entry: (slot: UInt32, level: Int)?
    ) {
        M = blocks.layout.linkLimit / 2
        (self.blocks, self.upper, self.upperStart, self.levels) = (blocks, upper, upperStart, levels)
        entryWord = Atomic(Self.word(entry))
    }

    /// A graph over `blocks`, which begin as those of `other`, with a larger arena.
    convenience init(growing other: HNSWGraph, blocks: BlockStore, slots: Int, upperCapacity: Int) {
        self.init(blocks: blocks, upperCapacity: upperCapacity)
        upper.copyPrefix(of: other.upper, count: min(other.upper.count, upperCapacity))
        upperStart.copyPrefix(of: other.upperStart, elements: slots)
        levels.copyPrefix(of: other.levels, elements: slots)
        setEntry(other.entry)
    }

    var capacity: Int { blocks.capacity }

    /// Words in the arena.
    var upperCapacity: Int { upper.count }

    /// The most links a slot may have on `layer`.
    @inline(__always)
    func limit(layer: Int) -> Int { layer == 0 ? 2 * M : M }

    /// Words a slot of this level takes from the arena.
    func upperWords(level: Int) -> Int { level * M }

    /// An arena that random levels of `capacity` slots will rarely outgrow: each slot has 1 / (*M* − 1)
    /// further layers on average.
    static func likelyUpperWords(M: Int, capacity: Int) -> Int {
        capacity * M / (M - 1) * 5 / 4 + 256 * M
    }

    /// Where every search begins.
    var entry: (slot: UInt32, level: Int)? {
        let word = entryWord.load(ordering: .acquiring)
        return word == .max ? nil : (UInt32(word >> 32), Int(word & 0xff))
    }

    func level(of slot: UInt32) -> Int { Int(levels.base[Int(slot)]) }

    /// Copies the links of `slot` on `layer` into a buffer of at least ``limit(layer:)`` words.
    @inline(__always)
    func copyLinks(of slot: UInt32, layer: Int, into links: UnsafeMutablePointer<UInt32>) -> Int {
        if layer == 0 {
            return blocks.copyLinks(of: slot, into: links)
        }
        return upper.copy(from: start(of: slot, layer: layer), limit: M, until: SlotTable.none, into: links)
    }

    /// The links of `slot` on `layer`.
    func links(of slot: UInt32, layer: Int) -> [UInt32] {
        let limit = limit(layer: layer)
        return Array(unsafeUninitializedCapacity: limit) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            count = copyLinks(of: slot, layer: layer, into: base)
        }
    }

    // MARK: For the writer

    /// Makes an unreachable slot an unlinked vertex of this level whose arena run begins at `upperStart`.
    func prepare(_ slot: UInt32, level: Int, upperStart start: Int) {
        precondition(
            slot < capacity && start + upperWords(level: level) <= upper.count, "slot \(slot), level \(level)"
        )
        levels.base[Int(slot)] = UInt8(level)
        upperStart.base[Int(slot)] = UInt32(start)
        for layer in 0...level {
            setLinks([], of: slot, layer: layer)
        }
    }

    /// Where the slot's run in the arena begins.
    func upperStart(of slot: UInt32) -> Int { Int(upperStart.base[Int(slot)]) }

    /// Replaces the links of `slot` on `layer`.
    func setLinks(_ links: [UInt32], of slot: UInt32, layer: Int) {
        let limit = limit(layer: layer)
        precondition(
            links.count <= limit && layer <= level(of: slot), "\(links.count) links on layer \(layer)")
        if layer == 0 { return blocks.setLinks(links, of: slot) }
        let start = start(of: slot, layer: layer)
        for (offset, link) in links.enumerated() {
            upper.publish(link, at: start + offset)
        }
        for offset in links.count..<limit { upper.publish(SlotTable.none, at: start + offset) }
    }

    func setEntry(_ entry: (slot: UInt32, level: Int)?) {
        entryWord.store(Self.word(entry), ordering: .releasing)
    }

    private static func word(_ entry: (slot: UInt32, level: Int)?) -> UInt64 {
        entry.map { UInt64($0.slot) << 32 | UInt64($0.level) } ?? .max
    }

    @inline(__always)
    private func start(of slot: UInt32, layer: Int) -> Int {
        Int(upperStart.base[Int(slot)]) + (layer - 1) * M
    }
}
