/// The best matches so far: a heap whose first entry is the worst of them.
struct TopMatches {
    struct Entry {
        var score: Int32
        var id: UInt64

        /// Whether this comes after `other` in the result: equal scores go by id.
        @inline(__always)
        func isWorse(than other: Entry) -> Bool {
            score != other.score ? score < other.score : id > other.id
        }
    }

    private let limit: Int
    private(set) var entries: [Entry] = []
    /// The least score that can still get in; some of that score may.
    private(set) var least: Int32 = 1

    /// - Parameter least: what does not score as much is no match.
    init(limit: Int, least: Int32) {
        (self.limit, self.least) = (limit, least)
        entries.reserveCapacity(min(limit, 4096))
    }

    /// How many may get in at most.
    var capacity: Int { limit }

    /// Says that at least ``capacity`` matches that were or will be offered score `score` or more.
    mutating func raise(to score: Int32) { least = max(least, score) }

    mutating func insert(score: Int32, id: UInt64) {
        let entry = Entry(score: score, id: id)
        if entries.count < limit {
            entries.append(entry)
            rise(entry)
        } else {
            guard entries[0].isWorse(than: entry) else { return }
            sink(entry)
        }
        if entries.count == limit { least = max(least, entries[0].score) }
    }

    /// Brings `entry`, which is the last, to its place.
    private mutating func rise(_ entry: Entry) {
        entries.withUnsafeMutableBufferPointer { entries in
            var place = entries.count - 1
            while place > 0 {
                let parent = (place - 1) / 2
                guard entry.isWorse(than: entries[parent]) else { break }
                entries[place] = entries[parent]
                place = parent
            }
            entries[place] = entry
        }
    }

    /// Puts `entry` in the place of the first.
    private mutating func sink(_ entry: Entry) {
        entries.withUnsafeMutableBufferPointer { entries in
            var place = 0
            while true {
                var child = 2 * place + 1
                guard child < entries.count else { break }
                if child + 1 < entries.count, entries[child + 1].isWorse(than: entries[child]) { child += 1 }
                guard entries[child].isWorse(than: entry) else { break }
                entries[place] = entries[child]
                place = child
            }
            entries[place] = entry
        }
    }

    /// The best first.
    func sorted() -> [Entry] {
        // Sorted as plain numbers, of which the lower half says whose score it is; then those of equal scores by id.
        var keys = entries.enumerated().map { UInt64(UInt32(bitPattern: ~$1.score)) << 32 | UInt64($0) }
        keys.sort()
        var sorted = keys.map { entries[Int(UInt32(truncatingIfNeeded: $0))] }
        var first = 0
        while first < sorted.count {
            var next = first + 1
            while next < sorted.count, sorted[next].score == sorted[first].score { next += 1 }
            if next - first > 1 { sorted[first..<next].sort { $0.id < $1.id } }
            first = next
        }
        return sorted
    }
}
