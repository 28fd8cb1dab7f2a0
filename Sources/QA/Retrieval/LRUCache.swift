/// A dictionary that forgets what was not used for longest.
struct LRUCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: (value: Value, lastUse: UInt64)] = [:]
    private var clock: UInt64 = 0
    private let limit: Int

    /// - Parameter limit: entries at most, 1 or more.
    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { entries.count }

    /// Takes a value out, so that whoever changes it owns it alone; ``put(_:for:)`` brings it back.
    mutating func take(_ key: Key) -> Value? {
        entries.removeValue(forKey: key)?.value
    }

    /// - Complexity: O(1), or O(limit) when something must go.
    mutating func put(_ value: Value, for key: Key) {
        clock += 1
        if entries.count >= limit, entries[key] == nil,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        {
            entries[oldest] = nil
        }
        entries[key] = (value, clock)
    }

    mutating func removeAll() {
        entries.removeAll()
    }
}
