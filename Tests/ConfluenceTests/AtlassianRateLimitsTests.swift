import Foundation
import Testing

@testable import Confluence
@testable import Transport

@Suite struct `Pace by Atlassian's rate-limit headers` {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func head(_ status: Int = 200, _ headers: [String: String]) -> HTTPResponseHead {
        HTTPResponseHead(status: status, headers: headers.map { (name: $0.key, value: $0.value) })
    }

    private func waits(_ pace: RequestPace, count: Int = 4) -> [Double] {
        var pace = pace
        return (0..<count).map { _ in pace.reserve(now: now).timeIntervalSince(now) }
    }

    private func note(_ head: HTTPResponseHead, in pace: inout RequestPace) {
        pace.note(head, advice: AtlassianRateLimits.advice(of: head, now: now), now: now)
    }

    @Test func `an answer without such headers advises nothing`() {
        #expect(AtlassianRateLimits.advice(of: head(200, [:]), now: now) == nil)
        #expect(AtlassianRateLimits.advice(of: head(429, ["Retry-After": "30"]), now: now) == nil)
    }

    @Test func `what is left of an allowance is spread until its renewal`() {
        var pace = RequestPace()
        let near = ["X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "10"]
        note(head(200, near.merging(["X-RateLimit-Reset": "2027-01-15T08:00:20Z"]) { $1 }), in: &pace)
        #expect(waits(pace) == [0, 2, 4, 6])
        // Plenty again: as fast as one likes.
        note(head(200, ["X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "90"]), in: &pace)
        #expect(waits(pace) == [0, 0, 0, 0])
    }

    @Test func `an allowance that is used up waits for its renewal`() {
        var pace = RequestPace()
        let headers = [
            "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "2027-01-15T08:01Z",
        ]
        note(head(200, headers), in: &pace)
        #expect(waits(pace, count: 2) == [60, 60])
    }

    @Test func `Data Center's bucket is drawn from as fast as it fills`() {
        var pace = RequestPace()
        let headers = [
            "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "3", "X-RateLimit-FillRate": "5",
            "X-RateLimit-Interval-Seconds": "10",
        ]
        note(head(200, headers), in: &pace)
        #expect(waits(pace) == [0, 2, 4, 6])
    }

    @Test func `a bare warning slows down for a while`() {
        var pace = RequestPace()
        note(head(200, ["X-RateLimit-NearLimit": "true"]), in: &pace)
        let step = AtlassianRateLimits.cautiousInterval
        for (wait, wanted) in zip(waits(pace, count: 3), [0, step, 2 * step]) {
            #expect(abs(wait - wanted) < 1e-6)
        }
        let later = now.addingTimeInterval(AtlassianRateLimits.cautiousPeriod + 1)
        #expect(pace.reserve(now: later) == later)
        #expect(pace.reserve(now: later) == later)
    }

    @Test(arguments: [
        ["Retry-After": "99999999999999999999"], ["Retry-After": "-5"], ["Retry-After": "soon"],
        ["X-RateLimit-Remaining": "nan", "X-RateLimit-Reset": "inf"],
        ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999-12-31T23:59:59Z"],
        [
            "X-RateLimit-Remaining": "-7", "X-RateLimit-Limit": "0", "X-RateLimit-FillRate": "0",
            "X-RateLimit-Interval-Seconds": "1e300",
        ],
        [
            "X-RateLimit-NearLimit": "true", "X-RateLimit-FillRate": "1e-300",
            "X-RateLimit-Interval-Seconds": "9",
        ],
    ])
    func `no header makes anybody wait longer than the longest wait`(headers: [String: String]) {
        var pace = RequestPace()
        note(head(429, headers), in: &pace)
        #expect((0...PaceAdvice.longestSeconds).contains(pace.reserve(now: now).timeIntervalSince(now)))
        #expect((0...PaceAdvice.longestSeconds).contains(pace.reserve(now: now).timeIntervalSince(now)))
    }

    @Test(arguments: [
        ("2027-01-15T08:00:20Z", 20.0), ("2027-01-15T08:01Z", 60), ("2027-01-15T10:00:20+02:00", 20),
        ("15", 15), ("1800000009", 9),
    ])
    func `every form of a renewal's moment is read`(text: String, seconds: Double) {
        #expect(AtlassianRateLimits.moment(text, now: now)?.timeIntervalSince(now) == seconds)
    }
}
