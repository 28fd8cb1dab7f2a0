/// Times, counted in buckets of fixed bounds. Any thread adds one without waiting and without allocating.
final class LatencyHistogram: Sendable {
    /// Upper bounds in seconds; a time equal to one belongs to it. What is longer than the last has a bucket too.
    static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    private static let limits = bounds.map { UInt64(($0 * 1e9).rounded()) }

    private let buckets: [EventCounter]
    private let nanoseconds = EventCounter()

    init() {
        buckets = (0...Self.bounds.count).map { _ in EventCounter() }
    }

    /// - Parameter duration: one below zero counts as zero.
    func add(_ duration: Duration) {
        let time = Self.nanoseconds(of: duration)
        var place = 0
        while place < Self.limits.count, time > Self.limits[place] { place += 1 }
        buckets[place].add()
        nanoseconds.add(time)
    }

    /// What was counted so far. Its parts are read one after the other, so a time that comes meanwhile may be in one
    /// and not in the other.
    var reading: Reading {
        Reading(counts: buckets.map(\.value), seconds: Double(nanoseconds.value) / 1e9)
    }

    private static func nanoseconds(of duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLarge) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return overflow || isTooLarge ? .max : sum
    }
}

extension LatencyHistogram {
    /// What a histogram had counted at one moment.
    struct Reading: Sendable, Hashable {
        /// Times in each bucket alone, the last one without an upper bound.
        var counts: [UInt64]
        /// Their sum.
        var seconds: Double

        static let none = Reading(counts: Array(repeating: 0, count: bounds.count + 1), seconds: 0)

        var count: UInt64 { counts.reduce(0, &+) }

        static func + (first: Reading, second: Reading) -> Reading {
            Reading(
                counts: zip(first.counts, second.counts).map { $0 &+ $1 },
                seconds: first.seconds + second.seconds)
        }

        /// What came since `earlier`.
        func since(_ earlier: Reading) -> Reading {
            Reading(
                counts: zip(counts, earlier.counts).map { $0 &- $1 }, seconds: seconds - earlier.seconds)
        }

        /// The time in seconds below which the share `quantile` of all times lies, taken as spread evenly within its
        /// bucket, as Prometheus' `histogram_quantile` does; `nil` when there are none.
        ///
        /// - Parameter quantile: 0…1.
        func quantile(_ quantile: Double) -> Double? {
            let total = count
            guard total > 0 else { return nil }
            let rank = quantile * Double(total)
            var below = 0.0
            for (place, count) in counts.enumerated() where count > 0 {
                let upTo = below + Double(count)
                defer { below = upTo }
                guard upTo >= rank else { continue }
                // Nothing is known of how far beyond the last bound the others lie.
                guard place < bounds.count else { return bounds[bounds.count - 1] }
                let lower = place == 0 ? 0 : bounds[place - 1]
                return lower + (bounds[place] - lower) * (rank - below) / Double(count)
            }
            return bounds[bounds.count - 1]
        }
    }
}
