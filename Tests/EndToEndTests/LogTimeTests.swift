import Foundation
import Testing

@testable import millrace

@Suite struct `Times of log lines` {
    @Test func `hold the day, and milliseconds`() {
        let times: [(Double, String)] = [
            (1_772_355_909.007, "2026-03-01T09:05:09.007Z"), (1_772_355_909, "2026-03-01T09:05:09.000Z"),
            (1_772_355_909.25, "2026-03-01T09:05:09.250Z"), (1_772_355_910.5, "2026-03-01T09:05:10.500Z"),
            (0, "1970-01-01T00:00:00.000Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
        ]
        for (seconds, text) in times {
            // Half a millisecond more, as a Double holds no thousandths.
            #expect(LogTime.shared.text(of: Date(timeIntervalSince1970: seconds + 0.000_4)) == text)
        }
    }
}
