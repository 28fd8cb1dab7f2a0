/// How far the primary's log reached, and when: a replica that has come as far as it was then is as late as that is ago.
///
/// By one clock, this process's, and without asking a replica when it last heard of something: one that is cut off, or
/// whose primary writes nothing, would answer the same.
struct PositionHistory: Sendable {
    private var samples: [(time: ContinuousClock.Instant, position: Int64)] = []
    /// Of the primary's log, as far as it is known.
    private(set) var timeline: String?
    /// What the last look found.
    private(set) var lag: Duration?
    private static let limit = 128

    /// Notes how far it reached at `time`, which is no earlier than those before.
    mutating func note(_ position: Int64, of timeline: String, at time: ContinuousClock.Instant) {
        if let last = samples.last, position < last.position || timeline != self.timeline {
            // Another server is the primary by now, with less in its log, or with other things.
            samples = []
        }
        self.timeline = timeline
        samples.append((time, position))
        if samples.count > Self.limit { samples.removeFirst(Self.limit / 2) }
    }

    /// How late a replica is that has come to `position`.
    ///
    /// - Returns: at least so much where it has come to none of what is known; `nil` where nothing is known.
    func lag(at position: Int64, now: ContinuousClock.Instant) -> Duration? {
        guard let first = samples.first else { return nil }
        return now - (samples.last { $0.position <= position } ?? first).time
    }

    mutating func update(at position: Int64, now: ContinuousClock.Instant) -> Duration? {
        // One that has not come as far as the first look is late by nobody knows how much, at first.
        guard samples.count > 1 || samples.contains(where: { $0.position <= position }) else { return nil }
        lag = lag(at: position, now: now)
        return lag
    }
}
