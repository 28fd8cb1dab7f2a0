import AWSServices
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Backends

@Suite struct `Ids in a query of OpenSearch` {
    /// Which of the numbers around it a part admits, read as OpenSearch reads its query.
    private func admitted(_ part: OpenSearchIDFilter, among numbers: some Sequence<Int64>) -> Set<Int64> {
        let (listed, excluded) = (Set(part.listed), Set(part.excluded))
        return Set(
            numbers.filter { number in
                (listed.contains(number) || part.ranges.contains { $0.contains(number) })
                    && !excluded.contains(number)
            })
    }

    @Test(arguments: [0.001, 0.05, 0.3, 0.5, 0.7, 0.99, 1])
    func `are those of the set, each in one part`(share: Double) {
        var numbers = SeededGenerator(seed: 191)
        let all = Int64(-3_000)..<Int64(60_000)
        let set = all.filter { _ in Double.random(in: 0..<1, using: &numbers) < share }
        let parts = OpenSearchIDFilter.parts(of: set.map { UInt64(bitPattern: $0) })
        var seen: Set<Int64> = []
        for part in parts {
            let found = admitted(part, among: (-5_000)..<65_000)
            #expect(found.count == part.count && seen.isDisjoint(with: found), "seed 191")
            seen.formUnion(found)
            #expect(part.listed.count + part.excluded.count <= OpenSearchIDFilter.mostNumbers)
            #expect(part.ranges.count <= OpenSearchIDFilter.mostRanges)
        }
        #expect(seen == Set(set), "seed 191")
    }

    @Test func `that follow each other are one range, whatever few are missing`() {
        let ids = (1...100_000 as ClosedRange<UInt64>).filter { $0 % 1_000 != 0 }
        let parts = OpenSearchIDFilter.parts(of: ids)
        #expect(parts.count == 1)
        #expect(parts[0].ranges == [1...99_999])
        #expect(parts[0].listed.isEmpty)
        #expect(parts[0].excluded == (1...99).map { $0 * 1_000 })
    }

    @Test func `that lie far apart are listed`() {
        let parts = OpenSearchIDFilter.parts(of: [5, 1_000_000, .max, 7])
        #expect(parts.count == 1)
        #expect(parts[0].listed == [-1, 5, 7, 1_000_000])
        #expect(parts[0].query == .terms(field: "id", [-1, 5, 7, 1_000_000]))
    }

    @Test func `that are too many for one request are several`() {
        // Every third of them: neither listing nor leaving out is short.
        let ids = stride(from: UInt64(0), to: 600_000, by: 3)
        let parts = OpenSearchIDFilter.parts(of: Array(ids))
        #expect(parts.count >= 4)
        #expect(parts.map(\.count).reduce(0, +) == 200_000)
    }

    @Test func `are so many in a part as are wanted at most`() {
        let parts = OpenSearchIDFilter.parts(of: Array(0..<25_000), mostIDs: 10_000)
        #expect(parts.allSatisfy { $0.count <= 10_000 })
        #expect(parts.map(\.count).reduce(0, +) == 25_000)
        let single = OpenSearchIDFilter.parts(of: Array(0..<40), mostIDs: 7)
        #expect(single.allSatisfy { $0.count <= 7 })
        #expect(single.map(\.count).reduce(0, +) == 40)
    }

    @Test func `at both ends of all numbers are no fault`() {
        let ids =
            (0..<40).map { UInt64(bitPattern: Int64.max - $0) }
            + (0..<40).map { UInt64(bitPattern: Int64.min + $0) }
        let parts = OpenSearchIDFilter.parts(of: ids)
        #expect(parts.count == 1)
        #expect(parts[0].ranges == [Int64.min...(Int64.min + 39), (Int64.max - 39)...Int64.max])
        #expect(OpenSearchIDFilter.parts(of: []).isEmpty)
    }
}
