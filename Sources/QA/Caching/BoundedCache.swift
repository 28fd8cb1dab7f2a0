import Synchronization

/// A ``SieveCache`` for any number of threads, with its figures.
///
/// What was made of the corpus is kept for one revision of it alone: the first request that sees a newer one empties
/// the cache, so that nothing of an older one is ever found, or takes room.
final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var cache: SieveCache<Key, Value>
        var revision: CorpusRevision?
        var figures = CacheStatistics()

        /// Whether `revision` is the newest there is.
        mutating func follow(_ other: CorpusRevision?) -> Bool {
            guard let other else { return true }
            let newest = revision?.joined(other) ?? other
            if newest != revision {
                figures.invalidations += cache.count
                cache.removeAll()
                revision = newest
            }
            return newest == other
        }
    }

    private let state: Mutex<State>

    init(_ limit: CacheLimit) {
        state = Mutex(State(cache: SieveCache(limit)))
    }

    /// - Parameters:
    ///   - revision: what the asking request sees; `nil` for values that no corpus bears on.
    ///   - counts: whether it is a request of its own, and not a second look.
    func value(for key: Key, at revision: CorpusRevision? = nil, counts: Bool = true) -> Value? {
        state.withLock { state in
            let value = state.follow(revision) ? state.cache.value(for: key) : nil
            if counts, value != nil { state.figures.hits += 1 }
            return value
        }
    }

    /// - Parameter bytes: of key and value.
    func insert(_ value: Value, for key: Key, bytes: Int, at revision: CorpusRevision? = nil) {
        state.withLock { state in
            if state.follow(revision) { state.cache.insert(value, for: key, bytes: bytes) }
        }
    }

    func remove(_ key: Key) {
        state.withLock { $0.cache.remove(key) }
    }

    func countHit() { state.withLock { $0.figures.hits += 1 } }

    func countMisses(_ count: Int = 1) { state.withLock { $0.figures.misses += count } }

    func countShared(_ count: Int = 1) { state.withLock { $0.figures.shared += count } }

    var statistics: CacheStatistics {
        state.withLock { state in
            var figures = state.figures
            figures.entries = state.cache.count
            figures.bytes = state.cache.bytes
            figures.evictions = state.cache.evictions
            return figures
        }
    }
}
