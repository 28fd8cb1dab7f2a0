import Synchronization

/// Which row ("slot") holds which id, readable while one thread writes.
///
/// From slot to id it is an array; from id to slot a hash table with linear probing whose buckets hold slot
/// numbers, so that a lookup compares `ids[bucket]`. A slot is *live* while searches may return it; it is so
/// unless hidden, so that a table read from a file needs no pass over its slots.
final class SlotTable: Sendable {
    static let none = UInt32.max
    private static let tombstone = UInt32.max - 1
    /// The most slots a table can have; candidates keep one bit of a slot number for themselves.
    static let largestCapacity = Int(Int32.max) - 1

    let capacity: Int
    private let idOfSlot: AlignedBuffer<UInt64>
    private let hidden: AtomicWords
    let buckets: AtomicWords
    /// What was replaced while searches ran that have this table, or another of the same slots.
    let replacements: ReplacementJournal
    private let liveCount: Atomic<Int>
    private let tombstones: Atomic<Int>
    private let slotEnd: Atomic<Int>
    private let dead: Atomic<Int>

    convenience init(capacity: Int) {
        self.init(
            ids: AlignedBuffer(count: capacity), hidden: AtomicWords(count: capacity, repeating: 0),
            bucketsFor: capacity)
    }

    /// A table of parts, whose first `count` slots are live.
    ///
    /// - Parameters:
    ///   - ids: one a slot.
    ///   - hidden: one a slot, zeros.
    ///   - buckets: as a table of these ids had them.
    init(
        ids: AlignedBuffer<UInt64>, hidden: AtomicWords, buckets: AtomicWords, count: Int,
        replacements: ReplacementJournal = ReplacementJournal()
    ) {
        precondition(
            ids.count == hidden.count && buckets.count.nonzeroBitCount == 1, "\(buckets.count) buckets")
        capacity = ids.count
        (idOfSlot, self.hidden, self.buckets) = (ids, hidden, buckets)
        self.replacements = replacements
        liveCount = Atomic(count)
        slotEnd = Atomic(count)
        tombstones = Atomic(0)
        dead = Atomic(0)
    }

    private convenience init(
        ids: AlignedBuffer<UInt64>, hidden: AtomicWords, bucketsFor count: Int,
        replacements: ReplacementJournal = ReplacementJournal()
    ) {
        let buckets = AtomicWords(count: Self.bucketCount(count), repeating: Self.none)
        self.init(ids: ids, hidden: hidden, buckets: buckets, count: 0, replacements: replacements)
    }

    /// A table with room for `capacity` slots and the content of `other`, without its tombstones. Of the same
    /// capacity, it shares everything but the buckets.
    ///
    /// - Parameter expected: ids that will soon be added.
    convenience init(rebuilding other: SlotTable, capacity: Int, expecting expected: Int = 0) {
        let end = other.end
        if capacity == other.capacity {
            self.init(
                ids: other.idOfSlot, hidden: other.hidden,
                bucketsFor: min(capacity, (other.count + expected) * 3 / 2),
                replacements: other.replacements)
        } else {
            self.init(capacity: capacity)
            idOfSlot.copyPrefix(of: other.idOfSlot, elements: end)
            hidden.copyPrefix(of: other.hidden, count: end)
        }
        for slot in 0..<UInt32(end) where isLive(slot) {
            buckets.publish(slot, at: find(id(of: slot)).free)
        }
        liveCount.store(other.count, ordering: .relaxed)
        dead.store(other.dead.load(ordering: .relaxed), ordering: .relaxed)
        slotEnd.store(end, ordering: .releasing)
    }

    /// Live slots.
    var count: Int { liveCount.load(ordering: .acquiring) }
    /// One past the highest slot ever used.
    var end: Int { slotEnd.load(ordering: .acquiring) }
    /// Slots that are still linked and live no longer, as far as the writer of this table counted.
    var deadCount: Int { dead.load(ordering: .relaxed) }
    var hasDead: Bool { deadCount > 0 }
    /// Whether `added` further ids would fill more than three quarters of the buckets. Probing slows down as
    /// they fill, and never ends once they are full.
    func isCrowded(adding added: Int = 0) -> Bool {
        (count + tombstones.load(ordering: .relaxed) + added) * 4 > buckets.count * 3
    }

    /// The id of a slot that is or was live.
    @inline(__always)
    func id(of slot: UInt32) -> UInt64 {
        assert(slot < capacity, "slot \(slot) of \(capacity)")
        return idOfSlot.base[Int(slot)]
    }

    /// Whether searches may return the slot.
    @inline(__always)
    func isLive(_ slot: UInt32) -> Bool { hidden[Int(slot)] == 0 }

    /// The live slot of `id`.
    func slot(of id: UInt64) -> UInt32? {
        guard let bucket = find(id).bucket else { return nil }
        let slot = buckets[bucket]
        // Between `find` and here the writer may have removed it, and given the bucket to another id.
        return slot < Self.tombstone && self.id(of: slot) == id ? slot : nil
    }

    /// The id of every live slot, each once.
    func liveIDs() -> [UInt64] {
        let ids = whileNothingMoves { liveSlots().map(id) }
        return replacements.count == 0 ? ids : Array(Set(ids))
    }

    /// What `look` returns once no id has moved to another slot meanwhile; after some tries, whatever it does.
    func whileNothingMoves<Result>(_ look: () -> Result) -> Result {
        for _ in 1..<HNSWIndex.looks {
            let before = replacements.count
            let result = look()
            if replacements.count == before { return result }
        }
        return look()
    }

    /// Every live slot, ascending.
    func liveSlots() -> [UInt32] {
        (0..<UInt32(end)).filter(isLive)
    }

    // MARK: For the writer

    /// Records the id of a slot that no reader can name.
    func prepare(_ slot: UInt32, id: UInt64) {
        precondition(slot < capacity, "slot \(slot) of \(capacity)")
        idOfSlot.base[Int(slot)] = id
        hidden.publish(1, at: Int(slot))
        guard slot >= end else { return }
        for skipped in end..<Int(slot) { hidden.publish(1, at: skipped) }
        slotEnd.store(Int(slot) + 1, ordering: .releasing)
    }

    /// Makes a prepared slot the one its id is found in.
    ///
    /// - Returns: the slot that held the id before, which is live no longer.
    @discardableResult
    func activate(_ slot: UInt32) -> UInt32? {
        let (found, free) = find(id(of: slot))
        if let found {
            // First of all: whoever sees both slots live must see too that something is being replaced.
            dead.add(1, ordering: .relaxed)
            hidden.publish(0, at: Int(slot))
            replacements.append(slot)
            let old = buckets[found]
            buckets.publish(slot, at: found)
            hidden.publish(1, at: Int(old))
            return old
        }
        hidden.publish(0, at: Int(slot))
        if buckets[free] == Self.tombstone { tombstones.subtract(1, ordering: .relaxed) }
        buckets.publish(slot, at: free)
        liveCount.add(1, ordering: .releasing)
        return nil
    }

    /// Takes an id out.
    ///
    /// - Returns: the slot it had, which is live no longer; `nil` if it had none.
    func deactivate(_ id: UInt64) -> UInt32? {
        guard let bucket = find(id).bucket else { return nil }
        let slot = buckets[bucket]
        buckets.publish(Self.tombstone, at: bucket)
        hidden.publish(1, at: Int(slot))
        tombstones.add(1, ordering: .relaxed)
        dead.add(1, ordering: .relaxed)
        liveCount.subtract(1, ordering: .releasing)
        return slot
    }

    /// Notes that `count` slots, live no longer, are not linked any more either.
    func bury(_ count: Int) { dead.subtract(count, ordering: .relaxed) }

    /// The bucket of `id`, and the first bucket where it could be put.
    private func find(_ id: UInt64) -> (bucket: Int?, free: Int) {
        let mask = buckets.count - 1
        var bucket = Int(truncatingIfNeeded: Self.mix(id)) & mask
        var free: Int?
        while true {
            let slot = buckets[bucket]
            if slot == Self.none { return (nil, free ?? bucket) }
            if slot == Self.tombstone {
                free = free ?? bucket
            } else if idOfSlot.base[Int(slot)] == id {
                return (bucket, bucket)
            }
            bucket = (bucket + 1) & mask
        }
    }

    /// Buckets of a table for `capacity` slots.
    static func bucketCount(_ capacity: Int) -> Int {
        var count = 16
        while count < capacity * 2 { count *= 2 }
        return count
    }

    /// Spreads ids over the buckets: the finaliser of MurmurHash3.
    private static func mix(_ id: UInt64) -> UInt64 {
        var hash = id
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }
}
