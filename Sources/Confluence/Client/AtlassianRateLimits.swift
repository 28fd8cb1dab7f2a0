import Foundation
import Transport

/// How fast Atlassian's products let themselves be asked, as the headers of their answers tell.
///
/// When less than a fifth of an allowance is left, what is left is spread evenly over the time until it is
/// renewed. The headers are `X-RateLimit-Limit`, `-Remaining`, `-Reset`, `-NearLimit` (Cloud), `-FillRate` and
/// `-Interval-Seconds` (Data Center's token bucket).
public enum AtlassianRateLimits {
    /// The pace and its duration when a server says that the limit is near and nothing else.
    static let cautiousInterval: TimeInterval = 0.1
    static let cautiousPeriod: TimeInterval = 10

    /// What an answer says of the pace, for a `PacedHTTPClient`; `nil` when it says nothing.
    public static func advice(of head: HTTPResponseHead, now: Date) -> PaceAdvice? {
        let remaining = head["X-RateLimit-Remaining"].flatMap(Double.init)
        let limit = head["X-RateLimit-Limit"].flatMap(Double.init)
        let saysNear = head["X-RateLimit-NearLimit"]?.lowercased() == "true"
        guard saysNear || remaining != nil else { return nil }
        let isShort = limit.map { (remaining ?? .infinity) * 5 < $0 } ?? (remaining == 0)
        guard saysNear || isShort else { return .unlimited }
        if let rate = head["X-RateLimit-FillRate"].flatMap(Double.init), rate > 0,
            let seconds = head["X-RateLimit-Interval-Seconds"].flatMap(Double.init), seconds > 0
        {
            let interval = seconds / rate
            return .spaced(
                everySeconds: interval, forSeconds: seconds, closedSeconds: remaining == 0 ? interval : 0)
        }
        if let remaining, let reset = moment(head["X-RateLimit-Reset"], now: now), reset > now {
            let left = min(reset.timeIntervalSince(now), PaceAdvice.longestSeconds)
            return .spaced(
                everySeconds: left / max(1, remaining), forSeconds: left,
                closedSeconds: remaining < 1 ? left : 0)
        }
        return .spaced(everySeconds: cautiousInterval, forSeconds: cautiousPeriod)
    }

    /// A moment as ISO 8601, with or without seconds, or as seconds since 1970 or from now.
    static func moment(_ text: String?, now: Date) -> Date? {
        guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else {
            return nil
        }
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
