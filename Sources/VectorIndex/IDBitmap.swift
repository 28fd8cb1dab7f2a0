/// A set of ids, made to be asked `contains` once for every vector a search meets.
///
/// One bit an id between the smallest and the largest, while that costs at most 512 bits a member (database
/// row ids do); ids further apart than that are kept in a hash set.
///
/// - Complexity: `contains` is O(1), and without a hash in the usual case.
public struct IDBitmap: Sendable {
    private enum Storage: Sendable {
        /// Bit `i` of word `w` stands for id `base + 64 w + i`.
        case dense(base: UInt64, words: [UInt64])
        case sparse(Set<UInt64>)
    }

    private var storage: Storage
    /// Distinct ids in the set.
    public private(set) var count: Int

    /// The set of `ids`; repeats count once.
    ///
    /// - Complexity: O(*n* + words).
    public init(_ ids: some Sequence<UInt64>) {
        let ids = Array(ids)
        guard let low = ids.min(), let high = ids.max() else {
            (storage, count) = (.dense(base: 0, words: []), 0)
            return
        }
        let base = low & ~63
        guard Self.isDense(words: (high - base) / 64, members: ids.count) else {
            let set = Set(ids)
            (storage, count) = (.sparse(set), set.count)
            return
        }
        var words = [UInt64](repeating: 0, count: Int((high - base) / 64) + 1)
        for id in ids {
            words[Int((id - base) / 64)] |= 1 << ((id - base) % 64)
        }
        (storage, count) = (.dense(base: base, words: words), words.reduce(0) { $0 + $1.nonzeroBitCount })
    }

    /// Whether a bit for every id between the ends is worth its memory.
    private static func isDense(words: UInt64, members: Int) -> Bool {
        words <= UInt64(members) * 8 + 1024
    }

    /// Whether the set is empty.
    public var isEmpty: Bool { count == 0 }

    /// Whether `id` is in the set.
    public func contains(_ id: UInt64) -> Bool {
        switch storage {
        case .dense(let base, let words):
            let offset = id &- base
            let word = offset / 64
            return id >= base && word < UInt64(words.count) && words[Int(word)] & (1 << (offset % 64)) != 0
        case .sparse(let set):
            return set.contains(id)
        }
    }

    /// Calls `body` with every id in the set: ascending if the set is dense, in no order otherwise.
    public func forEach(_ body: (UInt64) -> Void) {
        switch storage {
        case .dense(let base, let words):
            for (position, word) in words.enumerated() {
                var rest = word
                while rest != 0 {
                    body(base + UInt64(position) * 64 + UInt64(rest.trailingZeroBitCount))
                    rest &= rest - 1
                }
            }
        case .sparse(let set):
            set.forEach(body)
        }
    }

    /// Every id in the set, ascending.
    public func ids() -> [UInt64] {
        var all: [UInt64] = []
        all.reserveCapacity(count)
        forEach { all.append($0) }
        if case .sparse = storage { all.sort() }
        return all
    }
}

extension IDBitmap {
    /// Adds an id.
    ///
    /// - Returns: whether it was not there.
    /// - Complexity: O(1), amortised, for ids that grow; O(words) for one below every other.
    @discardableResult
    public mutating func insert(_ id: UInt64) -> Bool {
        guard !contains(id) else { return false }
        switch storage {
        case .sparse(var set):
            storage = .sparse([])
            set.insert(id)
            storage = .sparse(set)
            count += 1
            // Bits may be worth it by now; asked each time that the set has doubled, so amortised O(1).
            if count & (count - 1) == 0 { self = IDBitmap(set) }
        case .dense(let base, var words):
            let start = words.isEmpty ? id & ~63 : base
            guard id >= start, Self.isDense(words: (id - start) / 64, members: count + 1) else {
                self = IDBitmap(ids() + [id])
                return true
            }
            let word = Int((id - start) / 64)
            // Taken out first, so that the array has one owner and is changed in place.
            storage = .dense(base: start, words: [])
            if word >= words.count {
                words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
            }
            words[word] |= 1 << (id % 64)
            storage = .dense(base: start, words: words)
            count += 1
        }
        return true
    }

    /// Removes an id.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public mutating func remove(_ id: UInt64) -> Bool {
        guard contains(id) else { return false }
        count -= 1
        switch storage {
        case .sparse(var set):
            storage = .sparse([])
            set.remove(id)
            storage = .sparse(set)
        case .dense(let base, var words):
            storage = .dense(base: base, words: [])
            words[Int((id - base) / 64)] &= ~(1 << (id % 64))
            storage = .dense(base: base, words: words)
        }
        return true
    }

    /// The ids that are in any of `sets`.
    ///
    /// - Complexity: O(words of all sets together).
    public static func union(_ sets: [IDBitmap]) -> IDBitmap {
        let sets = sets.filter { !$0.isEmpty }
        guard sets.count > 1 else { return sets.first ?? IDBitmap([]) }
        let bounds = sets.map(\.bounds)
        let low = bounds.reduce(UInt64.max) { min($0, $1.lowerBound) } & ~63
        let high = bounds.reduce(0) { max($0, $1.upperBound) }
        let members = sets.reduce(0) { max($0, $1.count) }
        guard isDense(words: (high - low) / 64, members: members) else {
            return IDBitmap(sets.flatMap { $0.ids() })
        }
        var words = [UInt64](repeating: 0, count: Int((high - low) / 64) + 1)
        for set in sets {
            switch set.storage {
            case .sparse(let ids):
                for id in ids { words[Int((id - low) / 64)] |= 1 << (id % 64) }
            case .dense(let base, let own):
                let shift = Int((base - low) / 64)
                for position in own.indices { words[shift + position] |= own[position] }
            }
        }
        return IDBitmap(base: low, words: words)
    }

    /// The ids that are in this set and in `other`.
    ///
    /// - Complexity: O(words of the smaller set).
    public func intersection(_ other: IDBitmap) -> IDBitmap {
        guard case .dense(let base, let words) = storage,
            case .dense(let otherBase, let otherWords) = other.storage
        else {
            let (smaller, larger) = count < other.count ? (self, other) : (other, self)
            return IDBitmap(smaller.ids().filter { larger.contains($0) })
        }
        let low = max(base, otherBase)
        guard !words.isEmpty, !otherWords.isEmpty else { return IDBitmap([]) }
        let high = min(bounds.upperBound, other.bounds.upperBound)
        guard low < high else { return IDBitmap([]) }
        let (skip, otherSkip) = (Int((low - base) / 64), Int((low - otherBase) / 64))
        return IDBitmap(
            base: low,
            words: (0...Int((high - low) / 64)).map { words[skip + $0] & otherWords[otherSkip + $0] })
    }

    private init(base: UInt64, words: [UInt64]) {
        storage = .dense(base: base, words: words)
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Of a set that is not empty: no id lies outside.
    private var bounds: ClosedRange<UInt64> {
        switch storage {
        case .dense(let base, let words): base...(base + (UInt64(words.count) * 64 - 1))
        case .sparse(let ids): (ids.min() ?? 0)...(ids.max() ?? 0)
        }
    }
}
