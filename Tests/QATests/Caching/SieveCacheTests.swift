import TestSupport
import Testing

@testable import QA

@Suite struct `A bounded cache` {
    private typealias Cache = SieveCache<Int, Int>

    @Test func `never holds more bytes or entries than it may`() {
        let limit = CacheLimit(bytes: 40 * (Cache.overhead + 50), entries: 30)
        var cache = Cache(limit)
        var generator = SeededGenerator(seed: 5)
        var expected: [Int: Int] = [:]
        for round in 0..<20_000 {
            let key = Int.random(in: 0..<200, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                cache.remove(key)
                expected[key] = nil
            case 1..<5:
                // What is found is what was put there last.
                if let value = cache.value(for: key) { #expect(value == expected[key]) }
            default:
                cache.insert(round, for: key, bytes: Int.random(in: 0..<400, using: &generator))
                expected[key] = round
            }
            #expect(cache.bytes <= limit.bytes)
            #expect(cache.count <= limit.entries)
        }
        #expect(cache.evictions > 0)
        for key in 0..<200 { cache.remove(key) }
        #expect(cache.count == 0)
        #expect(cache.bytes == 0)
    }

    @Test func `makes room by bytes`() {
        let cost = Cache.overhead + 1_000
        var cache = Cache(CacheLimit(bytes: 4 * cost, entries: 100))
        for key in 0..<5 { cache.insert(key, for: key, bytes: 1_000) }
        #expect(cache.count == 4)
        #expect(cache.bytes == 4 * cost)
        #expect(cache.evictions == 1)
        #expect(cache.value(for: 0) == nil)
    }

    @Test func `keeps what is asked again and again while others pass by once`() {
        var cache = Cache(CacheLimit(bytes: 1 << 20, entries: 8))
        for key in 0..<4 { cache.insert(key, for: key, bytes: 8) }
        for passer in 100..<1_000 {
            for key in 0..<4 { #expect(cache.value(for: key) == key) }
            cache.insert(passer, for: passer, bytes: 8)
        }
    }

    @Test func `a value too large for it drives nothing out, and takes the place of none`() {
        var cache = Cache(CacheLimit(bytes: 100 * Cache.overhead, entries: 100))
        cache.insert(1, for: 1, bytes: 10)
        cache.insert(2, for: 2, bytes: 50 * Cache.overhead)
        cache.insert(3, for: 3, bytes: .max)
        #expect(cache.count == 1)
        // An older value under its key would be a wrong one.
        cache.insert(4, for: 1, bytes: 50 * Cache.overhead)
        #expect(cache.value(for: 1) == nil)
    }

    @Test func `is emptied by a newer revision, and deaf to an older one`() {
        let cache = BoundedCache<Int, Int>(CacheLimit(bytes: 1 << 20, entries: 10))
        let old = CorpusRevision(changes: 1, vectors: 1, words: 1)
        let new = CorpusRevision(changes: 1, vectors: 2, words: 1)
        cache.insert(1, for: 1, bytes: 8, at: old)
        #expect(cache.value(for: 1, at: old) == 1)
        #expect(cache.value(for: 1, at: new) == nil)
        #expect(cache.statistics.entries == 0)
        #expect(cache.statistics.invalidations == 1)
        cache.insert(1, for: 1, bytes: 8, at: old)
        #expect(cache.value(for: 1, at: old) == nil)
        // Neither of two that lack something of each other holds everything.
        let other = CorpusRevision(changes: 2, vectors: 1, words: 1)
        cache.insert(2, for: 1, bytes: 8, at: other)
        #expect(cache.value(for: 1, at: other) == nil)
    }

    @Test func `an index has no revision while it is changed, and another one afterwards`() {
        struct Refusal: Error {}
        let counter = RevisionCounter()
        let before = counter.revision
        counter.change { #expect(counter.revision == nil) }
        let after = counter.revision
        #expect(before != nil && after != nil && before != after)
        #expect(throws: Refusal.self) { try counter.change { throw Refusal() } }
        #expect(counter.revision != after)
    }
}
