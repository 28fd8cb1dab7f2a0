import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

@Suite struct `Pace by rate-limit headers` {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func head(_ status: Int = 200, _ headers: [String: String]) -> HTTPResponseHead {
        HTTPResponseHead(status: status, headers: headers.map { (name: $0.key, value: $0.value) })
    }

    private func waits(_ pace: RequestPace, count: Int = 4) -> [Double] {
        var pace = pace
        return (0..<count).map { _ in pace.reserve(now: now).timeIntervalSince(now) }
    }

    @Test func `a server that says nothing is not waited for`() {
        var pace = RequestPace()
        pace.note(head(200, [:]), now: now)
        pace.note(head(500, ["Retry-After": "30"]), now: now)
        #expect(waits(pace) == [0, 0, 0, 0])
    }

    @Test(arguments: [429, 503], ["30", "Fri, 15 Jan 2027 08:00:30 GMT"])
    func `a refusal holds up every request until it is over`(status: Int, retryAfter: String) {
        var pace = RequestPace()
        pace.note(head(status, ["Retry-After": retryAfter]), now: now)
        #expect(waits(pace) == [30, 30, 30, 30])
        // An answer that was on its way does not open the gate again.
        pace.note(head(200, ["X-RateLimit-Remaining": "50", "X-RateLimit-Limit": "100"]), now: now)
        #expect(waits(pace) == [30, 30, 30, 30])
        #expect(pace.opening(now: now.addingTimeInterval(31)) == now.addingTimeInterval(31))
    }

    @Test func `what is left of an allowance is spread until its renewal`() {
        var pace = RequestPace()
        let near = ["X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "10"]
        pace.note(head(200, near.merging(["X-RateLimit-Reset": "2027-01-15T08:00:20Z"]) { $1 }), now: now)
        #expect(waits(pace) == [0, 2, 4, 6])
        // Plenty again: as fast as one likes.
        pace.note(head(200, ["X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "90"]), now: now)
        #expect(waits(pace) == [0, 0, 0, 0])
    }

    @Test func `an allowance that is used up waits for its renewal`() {
        var pace = RequestPace()
        let headers = [
            "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "2027-01-15T08:01Z",
        ]
        pace.note(head(200, headers), now: now)
        #expect(waits(pace, count: 2) == [60, 60])
    }

    @Test func `Data Center's bucket is drawn from as fast as it fills`() {
        var pace = RequestPace()
        let headers = [
            "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "3", "X-RateLimit-FillRate": "5",
            "X-RateLimit-Interval-Seconds": "10",
        ]
        pace.note(head(200, headers), now: now)
        #expect(waits(pace) == [0, 2, 4, 6])
    }

    @Test func `a bare warning slows down for a while`() {
        var pace = RequestPace()
        pace.note(head(200, ["X-RateLimit-NearLimit": "true"]), now: now)
        let step = RequestPace.cautiousInterval
        for (wait, wanted) in zip(waits(pace, count: 3), [0, step, 2 * step]) {
            #expect(abs(wait - wanted) < 1e-6)
        }
        let later = now.addingTimeInterval(RequestPace.cautiousPeriod + 1)
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
        pace.note(head(429, headers), now: now)
        #expect((0...RequestPace.longestWait).contains(pace.reserve(now: now).timeIntervalSince(now)))
        #expect((0...RequestPace.longestWait).contains(pace.reserve(now: now).timeIntervalSince(now)))
    }

    @Test(arguments: [
        ("2027-01-15T08:00:20Z", 20.0), ("2027-01-15T08:01Z", 60), ("2027-01-15T10:00:20+02:00", 20),
        ("15", 15), ("1800000009", 9),
    ])
    func `every form of a renewal's moment is read`(text: String, seconds: Double) {
        #expect(RequestPace.moment(text, now: now)?.timeIntervalSince(now) == seconds)
    }

    @Test func `requests wait their turn on the clock, and one refusal stops them all`() async throws {
        let clock = ManualClock()
        let begin = now
        let start = clock.now
        let url = "http://wiki.example/"
        let replay = ReplayHTTPClient([
            .init(url: url, status: 429, headers: [("Retry-After", "7")]),
            .init(url: url), .init(url: url),
        ])
        let client = PacedHTTPClient(replay, clock: clock) {
            let offset = start.duration(to: clock.now)
            return begin.addingTimeInterval(Double(offset.components.seconds))
        }
        let first = try await client.send(HTTPRequest(url: url))
        #expect(first.head.status == 429 && clock.sleeps.isEmpty)
        _ = try await client.send(HTTPRequest(url: url))
        _ = try await client.send(HTTPRequest(url: url))
        #expect(clock.sleeps == [.seconds(7)])
    }

    @Test func `cancelling ends a wait for the gate`() async throws {
        let url = "http://wiki.example/"
        let replay = ReplayHTTPClient([.init(url: url, status: 429, headers: [("Retry-After", "3600")])])
        let client = PacedHTTPClient(replay)
        _ = try await client.send(HTTPRequest(url: url))
        let task = Task { () -> TransportError? in
            do throws(TransportError) {
                _ = try await client.send(HTTPRequest(url: url))
                return nil
            } catch {
                return error
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(replay.requests.count == 1)
    }
}
