import TestSupport
import Testing

@testable import Notifications

@Suite struct `The schedule of attempts` {
    @Test func `goes on for three days, each wait a little longer at random`() {
        let schedule = WebhookSchedule.standard
        #expect(schedule.attempts == 10)
        var numbers = SeededGenerator(seed: 1)
        var whole = Duration.zero
        for attempt in 1..<schedule.attempts {
            let least = schedule.waits[attempt - 1]
            let waits = (0..<100).compactMap { _ in schedule.wait(after: attempt, using: &numbers) }
            #expect(waits.count == 100)
            #expect(waits.allSatisfy { $0 >= least && $0 <= least * 1.1 }, "attempt \(attempt)")
            #expect(Set(waits).count > 1, "those that failed together do not come back together")
            whole += least
        }
        #expect(whole >= .seconds(72 * 3_600))
        #expect(schedule.wait(after: schedule.attempts, using: &numbers) == nil)
        #expect(schedule.wait(after: .max, using: &numbers) == nil)
    }

    @Test func `waits as long as the receiver asks, within a limit, and never less than by itself`() throws {
        let schedule = WebhookSchedule.standard
        var numbers = SeededGenerator(seed: 2)
        #expect(schedule.wait(after: 1, retryAfter: .seconds(120), using: &numbers) == .seconds(120))
        #expect(
            schedule.wait(after: 1, retryAfter: .seconds(1_000_000_000), using: &numbers) == .seconds(86_400))
        let own = try #require(schedule.wait(after: 2, retryAfter: .seconds(1), using: &numbers))
        #expect(own >= .seconds(300))
    }
}
