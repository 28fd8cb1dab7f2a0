import TestSupport
import Testing
import Workspace

@Suite struct `The wait before a run is tried again` {
    @Test func `doubles up to its limit, and at least half of it is waited`() {
        let backoff = RunBackoff(first: .seconds(1), limit: .seconds(20))
        var numbers = SeededGenerator(seed: 7)
        for (attempts, most) in [
            (1, 1), (2, 2), (3, 4), (5, 16), (6, 20), (64, 20), (.max, 20), (0, 1), (.min, 1),
        ] {
            for _ in 0..<50 {
                let delay = backoff.delay(after: attempts, using: &numbers)
                #expect(delay >= .seconds(most) / 2 && delay <= .seconds(most), "\(attempts): \(delay)")
            }
        }
        #expect(RunBackoff(first: .zero).delay(after: 3) == .zero)
    }
}
