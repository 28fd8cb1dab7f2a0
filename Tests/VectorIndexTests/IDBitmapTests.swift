import Testing
import VectorIndex

@Suite struct `An id bitmap` {
    @Test func `of nothing holds nothing`() {
        let empty = IDBitmap([])
        #expect(empty.isEmpty)
        #expect(!empty.contains(0))
        #expect(!empty.contains(.max))
        #expect(empty.ids() == [])
    }

    @Test(
        arguments: [
            [0], [.max], [0, .max], [63, 64, 65], [5, 5, 5], [1 << 40, (1 << 40) + 1], [1, 1 << 60, 77],
        ] as [[UInt64]])
    func `holds its ids and not those beside them`(ids: [UInt64]) {
        let bitmap = IDBitmap(ids)
        let truth = Set(ids)
        #expect(bitmap.count == truth.count)
        #expect(bitmap.ids() == truth.sorted())
        for id in ids {
            for near in [id &- 64, id &- 1, id, id &+ 1, id &+ 64] {
                #expect(bitmap.contains(near) == truth.contains(near), "id \(near)")
            }
        }
    }

    @Test(arguments: [UInt64(3000), 1 << 20, 1 << 50])
    func `agrees with a set on random ids, dense or far apart`(range: UInt64) {
        var numbers = SeededNumbers(seed: 31)
        let ids = (0..<1000).map { _ in UInt64.random(in: 0..<range, using: &numbers) }
        let bitmap = IDBitmap(ids)
        let truth = Set(ids)
        #expect(bitmap.ids() == truth.sorted(), "seed 31")
        for _ in 0..<5000 {
            let id = UInt64.random(in: 0..<range * 2, using: &numbers)
            #expect(bitmap.contains(id) == truth.contains(id), "seed 31")
        }
    }
}
