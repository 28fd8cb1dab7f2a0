import Foundation

/// How fast a server lets itself be asked, as the headers of its answers tell.
///
/// A refusal (429, 503) closes the gate for all requests until the moment it names. Before it comes to that,
/// when less than a fifth of an allowance is left, what is left is spread evenly over the time until it is
/// renewed. The headers are Atlassian's: `X-RateLimit-Limit`, `-Remaining`, `-Reset`, `-NearLimit` (Cloud),
/// `-FillRate` and `-Interval-Seconds` (Data Center's token bucket).
struct RequestPace: Sendable {
    /// No server is waited for longer than this on the strength of a header.
    static let longestWait: TimeInterval = 3600
    /// The pace and its duration when a server says that the limit is near and nothing else.
    static let cautiousInterval: TimeInterval = 0.1
    static let cautiousPeriod: TimeInterval = 10

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

    mutating func note(_ head: HTTPResponseHead, now: Date) {
        if head.status == 429 || head.status == 503,
            let wait = RetryPolicy.retryAfter(head["Retry-After"], now: now)
        {
            close(for: Double(wait.wholeMilliseconds) / 1000, now: now)
        }
        let remaining = head["X-RateLimit-Remaining"].flatMap(Double.init)
        let limit = head["X-RateLimit-Limit"].flatMap(Double.init)
        let saysNear = head["X-RateLimit-NearLimit"]?.lowercased() == "true"
        guard saysNear || remaining != nil else { return }
        let isShort = limit.map { (remaining ?? .infinity) * 5 < $0 } ?? (remaining == 0)
        guard saysNear || isShort else {
            interval = 0
            return
        }
        if let rate = head["X-RateLimit-FillRate"].flatMap(Double.init), rate > 0,
            let seconds = head["X-RateLimit-Interval-Seconds"].flatMap(Double.init), seconds > 0
        {
            pace(every: seconds / rate, for: seconds, now: now)
            if remaining == 0 { close(for: seconds / rate, now: now) }
        } else if let remaining, let reset = Self.moment(head["X-RateLimit-Reset"], now: now), reset > now {
            let left = min(reset.timeIntervalSince(now), Self.longestWait)
            if remaining < 1 { close(for: left, now: now) }
            pace(every: left / max(1, remaining), for: left, now: now)
        } else {
            pace(every: Self.cautiousInterval, for: Self.cautiousPeriod, now: now)
        }
    }

    private mutating func close(for seconds: TimeInterval, now: Date) {
        opensAt = max(opensAt, now.addingTimeInterval(min(max(0, seconds), Self.longestWait)))
    }

    private mutating func pace(every seconds: TimeInterval, for period: TimeInterval, now: Date) {
        interval = min(seconds, Self.longestWait)
        intervalEnds = now.addingTimeInterval(min(period, Self.longestWait))
        // Reservations made at a slower pace do not hold up this one.
        nextStart = min(nextStart, now.addingTimeInterval(interval))
    }

    /// A moment as ISO 8601, with or without seconds, or as seconds since 1970 or from now.
    static func moment(_ text: String?, now: Date) -> Date? {
        guard let text = text?.trimmingASCIISpace(), !text.isEmpty else { return nil }
        if let number = Double(text), number.isFinite, number >= 0 {
            // No allowance is renewed later than in a year, and 1970 is longer ago.
            return number < 31_536_000
                ? now.addingTimeInterval(number) : Date(timeIntervalSince1970: number)
        }
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        let withSeconds = text.wholeMatch(of: /(.*T\d\d:\d\d)(Z|[+-]\d\d:?\d\d)/).map {
            "\($0.1):00\($0.2)"
        }
        for candidate in [text, withSeconds].compactMap(\.self) {
            for style in styles {
                if let date = try? style.parse(candidate) { return date }
            }
        }
        return nil
    }
}
