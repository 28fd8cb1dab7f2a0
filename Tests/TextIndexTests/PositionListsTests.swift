import Testing

@testable import TextIndex

@Suite struct `Lists of positions` {
    @Test(
        arguments: [
            ([1, 4, 9], [2, 4, 10], [1, 2, 4, 9, 10]), ([], [3, 3], [3, 3]), ([3, 5], [], [3, 5]),
            ([1, 2], [3, 4], [1, 2, 3, 4]), ([7], [7], [7]), ([], [], []), ([5, 5, 6], [1], [1, 5, 6]),
        ] as [([UInt32], [UInt32], [UInt32])])
    func `are made one with each number once`(left: [UInt32], right: [UInt32], both: [UInt32]) {
        var lists = PositionLists()
        lists.appendEmpty(count: 2)
        lists.append(left[...], right[...])
        lists.appendEmpty(count: 1)
        #expect(lists.ends.count == 4)
        #expect(Array(lists.numbers[lists.range(2)]) == both)
        for empty in [0, 1, 3] { #expect(lists.range(empty).isEmpty) }
    }

    @Test func `are near by the distance of each to the nearest of the other`() {
        func nearness(_ left: [UInt32], _ right: [UInt32]) -> Double {
            Nearness.nearness(left.span, right.span)
        }
        #expect(nearness([4], [5]) == 1)
        #expect(nearness([4], [2, 8]) == 0.25)
        #expect(nearness([4, 10], [5]) == 1 + 1.0 / 25)
        #expect(nearness([4], [4]) == 1)
        #expect(nearness([], [4]) == 0 && nearness([4], []) == 0)
    }
}
