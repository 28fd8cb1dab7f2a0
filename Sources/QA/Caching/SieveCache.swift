/// A dictionary bounded by bytes and entries that forgets by SIEVE (Zhang et al., “SIEVE is Simpler than LRU”, NSDI
/// 2024).
///
/// Values stand in the order in which they came. A hit only marks a value. Whoever needs room sends a hand from the
/// oldest to the newest, which takes marks away and drops the first value without one. What was asked once goes with
/// the first pass of the hand, what is asked again and again stays: questions are of this kind (few are frequent, most
/// come once), and for it SIEVE keeps more of the right ones than LRU, with less work a hit and no second list.
struct SieveCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Key
        var value: Value
        var bytes: Int
        var isMarked = false
        /// Places in ``entries``; `nil` at either end.
        var newer: Int?
        var older: Int?
    }

    private let limit: CacheLimit
    private var places: [Key: Int] = [:]
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?
    /// Where the hand looks next; `nil` for the oldest.
    private var hand: Int?
    private(set) var bytes = 0
    private(set) var evictions = 0

    /// What an entry takes besides its value: links, place and the dictionary's share.
    static var overhead: Int { MemoryLayout<Entry?>.stride + 2 * MemoryLayout<Key>.stride }
    /// A value that takes more than this share of all bytes is not kept: it would drive out too many others.
    static var largestShare: Int { 4 }

    init(_ limit: CacheLimit) {
        self.limit = limit
    }

    var count: Int { places.count }

    /// - Complexity: O(1).
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        entries[place]?.isMarked = true
        return entries[place]?.value
    }

    /// Keeps a value in place of the one that is there, if it is not too large.
    ///
    /// - Parameter bytes: of key and value, ``overhead`` left out.
    /// - Complexity: O(1) amortized.
    mutating func insert(_ value: Value, for key: Key, bytes: Int) {
        remove(key)
        let (cost, overflow) = max(bytes, 0).addingReportingOverflow(Self.overhead)
        guard !overflow, limit.entries > 0, cost <= limit.bytes / Self.largestShare else { return }
        while count >= limit.entries || self.bytes > limit.bytes - cost {
            guard evict() else { return }
        }
        let entry = Entry(key: key, value: value, bytes: cost, older: newest)
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        if let newest { entries[newest]?.newer = place }
        newest = place
        oldest = oldest ?? place
        places[key] = place
        self.bytes += cost
    }

    mutating func remove(_ key: Key) {
        if let place = places[key] { drop(place) }
    }

    mutating func removeAll() {
        (places, entries, free) = ([:], [], [])
        (newest, oldest, hand) = (nil, nil, nil)
        bytes = 0
    }

    /// Drops the first value without a mark that the hand comes to.
    private mutating func evict() -> Bool {
        while let place = hand ?? oldest, let entry = entries[place] {
            guard entry.isMarked else {
                drop(place)
                evictions += 1
                return true
            }
            // Each step takes a mark away, so that the hand stops within one round.
            entries[place]?.isMarked = false
            hand = entry.newer
        }
        return false
    }

    private mutating func drop(_ place: Int) {
        guard let entry = entries[place] else { return }
        if let newer = entry.newer { entries[newer]?.older = entry.older } else { newest = entry.older }
        if let older = entry.older { entries[older]?.newer = entry.newer } else { oldest = entry.newer }
        if hand == place { hand = entry.newer }
        places[entry.key] = nil
        entries[place] = nil
        free.append(place)
        bytes -= entry.bytes
    }
}
