import Testing

@testable import VectorIndex

@Suite struct `Sets of ids that change` {
    /// Near each other, far apart, and at both ends of what an id can be: every way a set is kept.
    private static let spreads: [UInt64] = [40, 5_000, 1 << 40, .max]

    private func random(_ count: Int, below limit: UInt64, _ generator: inout SplitMix64) -> [UInt64] {
        (0..<count).map { _ in limit == .max ? .max - generator.next() % 3_000 : generator.next() % limit }
    }

    @Test(arguments: spreads, [1 as UInt64, 2, 3])
    func `ids that come and go one by one make the same set as all at once`(limit: UInt64, seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var bitmap = IDBitmap([])
        var expected: Set<UInt64> = []
        for _ in 0..<2_000 {
            let id = random(1, below: limit, &generator)[0]
            if generator.next() % 3 == 0 {
                #expect(bitmap.remove(id) == (expected.remove(id) != nil), "seed \(seed)")
            } else {
                #expect(bitmap.insert(id) == expected.insert(id).inserted, "seed \(seed)")
            }
        }
        #expect(bitmap.count == expected.count)
        #expect(bitmap.ids() == expected.sorted())
    }

    @Test(arguments: spreads, spreads)
    func `unions and intersections are those of plain sets`(limit: UInt64, other: UInt64) {
        var generator = SplitMix64(state: limit ^ other &+ 7)
        for (many, few) in [(0, 0), (0, 5), (200, 3), (300, 300)] {
            let left = Set(random(many, below: limit, &generator))
            let right = Set(random(few, below: other, &generator))
            let union = IDBitmap.union([IDBitmap(left), IDBitmap(right), IDBitmap([])])
            #expect(union.ids() == left.union(right).sorted())
            #expect(union.count == left.union(right).count)
            let common = IDBitmap(left).intersection(IDBitmap(right))
            #expect(common.ids() == left.intersection(right).sorted())
            #expect(common.count == left.intersection(right).count)
        }
    }

    @Test func `a copy keeps what it had`() {
        var bitmap = IDBitmap([1, 2, 3])
        let copy = bitmap
        bitmap.insert(200)
        bitmap.remove(1)
        #expect(copy.ids() == [1, 2, 3])
        #expect(bitmap.ids() == [2, 3, 200])
    }

    @Test func `ids that grow stay bits`() {
        var bitmap = IDBitmap([])
        for id in 1_000_000..<1_010_000 as Range<UInt64> { bitmap.insert(id) }
        #expect(bitmap.count == 10_000)
        #expect(bitmap.contains(1_000_000) && bitmap.contains(1_009_999) && !bitmap.contains(1_010_000))
    }
}
