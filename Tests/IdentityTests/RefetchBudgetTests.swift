import Foundation
import Testing

@testable import Identity

@Suite struct `The budget for keys that are looked for again` {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `has a burst, and then one in each pause`() {
        var budget = RefetchBudget()
        let taken = (0..<10).map { _ in budget.take(at: start) }
        #expect(taken.filter { $0 }.count == 4)
        let early = budget.take(at: start + 29)
        let due = budget.take(at: start + 31)
        let next = budget.take(at: start + 31)
        #expect(!early && due && !next)
        // However long nothing is asked, the burst does not grow.
        let late = (0..<10).map { _ in budget.take(at: start + 1_000_000) }
        #expect(late.filter { $0 }.count == 4)
    }

    @Test func `is not filled by a clock that is set back`() {
        var budget = RefetchBudget()
        while budget.take(at: start) {}
        let back = budget.take(at: start - 3_600)
        let soon = budget.take(at: start - 3_600 + 29)
        #expect(!back && !soon)
    }
}
