import Foundation

/// How fast a server lets itself be asked, as its answers tell.
///
/// A refusal (429, 503) closes the gate for all requests until the moment it names. Before it comes to that, what
/// an answer advises spaces requests out.
struct RequestPace: Sendable {
    private var opensAt = Date.distantPast
    private var interval: TimeInterval = 0
    private var intervalEnds = Date.distantPast
    private var nextStart = Date.distantPast

    /// Reserves a start for a request that is ready now.
    mutating func reserve(now: Date) -> Date {
        var start = max(now, opensAt)
        guard interval > 0, start < intervalEnds else { return start }
        start = max(start, nextStart)
        nextStart = start.addingTimeInterval(interval)
        return start
    }

    /// When the gate opens, for a request whose reserved start has come.
    func opening(now: Date) -> Date { max(now, opensAt) }

    /// - Parameter advice: `nil` where the answer says nothing; what was advised before stays good.
    mutating func note(_ head: HTTPResponseHead, advice: PaceAdvice?, now: Date) {
        if head.status == 429 || head.status == 503,
            let wait = RetryPolicy.retryAfter(head["Retry-After"], now: now)
        {
            close(for: Double(wait.wholeMilliseconds) / 1000, now: now)
        }
        switch advice {
        case nil: break
        case .unlimited: interval = 0
        case .spaced(let everySeconds, let forSeconds, let closedSeconds):
            if closedSeconds > 0 { close(for: closedSeconds, now: now) }
            pace(every: everySeconds, for: forSeconds, now: now)
        }
    }

    private mutating func close(for seconds: TimeInterval, now: Date) {
        opensAt = max(opensAt, now.addingTimeInterval(min(max(0, seconds), PaceAdvice.longestSeconds)))
    }

    private mutating func pace(every seconds: TimeInterval, for period: TimeInterval, now: Date) {
        interval = min(seconds, PaceAdvice.longestSeconds)
        intervalEnds = now.addingTimeInterval(min(period, PaceAdvice.longestSeconds))
        // Reservations made at a slower pace do not hold up this one.
        nextStart = min(nextStart, now.addingTimeInterval(interval))
    }
}
