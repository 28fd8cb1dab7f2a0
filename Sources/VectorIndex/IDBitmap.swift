/// A fixed set of ids, made to be asked `contains` once for every vector a search meets.
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

    private let storage: Storage
    /// Distinct ids in the set.
    public let count: Int

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
        guard (high - base) / 64 <= UInt64(ids.count) * 8 + 1024 else {
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
