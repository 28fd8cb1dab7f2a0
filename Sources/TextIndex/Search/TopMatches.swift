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

    mutating func insert(score: Int32, id: UInt64) {
        let entry = Entry(score: score, id: id)
        if entries.count < limit {
            entries.append(entry)
            rise()
        } else {
            guard entries[0].isWorse(than: entry) else { return }
            entries[0] = entry
            sink()
        }
        if entries.count == limit { least = max(least, entries[0].score) }
    }

    private mutating func rise() {
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].isWorse(than: entries[parent]) else { return }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    private mutating func sink() {
        var place = 0
        while true {
            var worst = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && entries[child].isWorse(than: entries[worst]) { worst = child }
            if worst == place { return }
            entries.swapAt(place, worst)
            place = worst
        }
    }

    /// The best first.
    func sorted() -> [Entry] { entries.sorted { $1.isWorse(than: $0) } }
}
