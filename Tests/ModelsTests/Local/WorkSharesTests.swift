import Testing

@testable import Models

@Suite struct `Shares of work` {
    @Test func `who comes alone gets every worker, in nearly equal parts`() {
        let shares = WorkShares(workers: 2)
        let taken = shares.take([60, 20, 50, 40], capacity: 512)
        #expect(taken.map(\.worker) == [0, 1])
        #expect(taken.flatMap(\.items).sorted() == [0, 1, 2, 3])
        #expect(taken.map(\.size).sorted() == [80, 90])
    }

    @Test func `where all are busy work stays together, and goes to who has least`() {
        let shares = WorkShares(workers: 2)
        let first = shares.take([100, 30], capacity: 512)
        #expect(first.map(\.size) == [100, 30])
        let second = shares.take([40, 50, 60], capacity: 512)
        #expect(second.map(\.items.count) == [3] && second[0].worker == first[1].worker)
        #expect(shares.take([10], capacity: 512)[0].worker == first[0].worker)
    }

    @Test func `what is done makes room again`() {
        let shares = WorkShares(workers: 2)
        for _ in 0..<3 {
            let taken = shares.take([60, 60], capacity: 512)
            #expect(Set(taken.map(\.worker)) == [0, 1])
            for share in taken { shares.finish(share) }
        }
    }

    @Test func `little work and one item stay with one worker`() {
        let shares = WorkShares(workers: 4)
        #expect(shares.take([15, 15], capacity: 512).count == 1)
        #expect(WorkShares(workers: 4).take([400], capacity: 512).count == 1)
        #expect(WorkShares(workers: 1).take([100, 100], capacity: 512).count == 1)
        #expect(shares.take([], capacity: 512).isEmpty)
    }

    @Test func `no share is larger than its capacity, and every item is in one`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let sizes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                Int.random(in: 1...256, using: &random)
            }
            let shares = WorkShares(workers: Int.random(in: 1...5, using: &random))
            let taken = shares.take(sizes, capacity: 512)
            #expect(taken.flatMap(\.items).sorted() == Array(sizes.indices))
            for share in taken {
                #expect(share.size == share.items.reduce(0) { $0 + sizes[$1] } && share.size <= 512)
            }
        }
    }
}
