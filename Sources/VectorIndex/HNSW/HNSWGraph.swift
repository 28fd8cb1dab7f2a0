import Synchronization

/// Who links to whom on which layer; knows no distances.
///
/// Layer 0 is one block of `2 M` words a slot: with `M` 16 exactly two cache lines. The few slots that reach
/// higher have a run of `M` words for each further layer in an arena of their own. A list ends at its first
/// `SlotTable.none`. One thread writes; readers may see a list half changed, but every word they see is a
/// slot that was, or is now, a neighbour.
final class HNSWGraph: Sendable {
    static let highestLevel = 31

    let M: Int
    let capacity: Int
    private let level0: AtomicWords
    private let upper: AtomicWords
    /// Where a slot's run in the arena begins. Written before the slot can be reached.
    private let upperStart: AlignedBuffer<UInt32>
    /// The highest layer of each slot. Written before the slot can be reached.
    private let levels: AlignedBuffer<UInt8>
    /// Entry slot in the high half, its level in the low; all ones while the graph is empty.
    private let entryWord: Atomic<UInt64>

    /// - Parameter upperCapacity: words in the arena; see ``upperWords(level:)``.
    init(M: Int, capacity: Int, upperCapacity: Int) {
        self.M = M
        self.capacity = capacity
        level0 = AtomicWords(count: capacity * 2 * M, repeating: SlotTable.none)
        upper = AtomicWords(count: upperCapacity, repeating: SlotTable.none)
        upperStart = AlignedBuffer(count: capacity)
        levels = AlignedBuffer(count: capacity)
        entryWord = Atomic(.max)
    }

    /// A larger graph that begins as `other`.
    convenience init(growing other: HNSWGraph, slots: Int, capacity: Int, upperCapacity: Int) {
        self.init(M: other.M, capacity: capacity, upperCapacity: upperCapacity)
        level0.copyPrefix(of: other.level0, count: slots * 2 * M)
        upper.copyPrefix(of: other.upper, count: min(other.upper.count, upperCapacity))
        upperStart.copyPrefix(of: other.upperStart, elements: slots)
        levels.copyPrefix(of: other.levels, elements: slots)
        entryWord.store(other.entryWord.load(ordering: .acquiring), ordering: .releasing)
    }

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
            return level0.copy(from: Int(slot) * 2 * M, limit: 2 * M, until: SlotTable.none, into: links)
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

    /// Asks for the layer-0 links of a slot that will soon be expanded.
    @inline(__always)
    func prefetchLinks(of slot: UInt32) {
        level0.prefetch(Int(slot) * 2 * M)
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
        let words = layer == 0 ? level0 : upper
        let start = layer == 0 ? Int(slot) * 2 * M : start(of: slot, layer: layer)
        for (offset, link) in links.enumerated() {
            words.publish(link, at: start + offset)
        }
        if links.count < limit { words.publish(SlotTable.none, at: start + links.count) }
    }

    func setEntry(_ entry: (slot: UInt32, level: Int)?) {
        let word = entry.map { UInt64($0.slot) << 32 | UInt64($0.level) }
        entryWord.store(word ?? .max, ordering: .releasing)
    }

    @inline(__always)
    private func start(of slot: UInt32, layer: Int) -> Int {
        Int(upperStart.base[Int(slot)]) + (layer - 1) * M
    }
}
