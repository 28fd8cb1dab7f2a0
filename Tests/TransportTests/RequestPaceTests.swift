import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(2))) struct `Pace of requests` {
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
        pace.note(head(200, [:]), advice: nil, now: now)
        pace.note(head(500, ["Retry-After": "30"]), advice: nil, now: now)
        #expect(waits(pace) == [0, 0, 0, 0])
    }

    @Test(arguments: [429, 503], ["30", "Fri, 15 Jan 2027 08:00:30 GMT"])
    func `a refusal holds up every request until it is over`(status: Int, retryAfter: String) {
        var pace = RequestPace()
        pace.note(head(status, ["Retry-After": retryAfter]), advice: nil, now: now)
        #expect(waits(pace) == [30, 30, 30, 30])
        // An answer that was on its way does not open the gate again.
        pace.note(head(200, [:]), advice: .unlimited, now: now)
        #expect(waits(pace) == [30, 30, 30, 30])
        #expect(pace.opening(now: now.addingTimeInterval(31)) == now.addingTimeInterval(31))
    }

    @Test func `what an answer advises holds until another says more`() {
        var pace = RequestPace()
        pace.note(head(200, [:]), advice: .spaced(everySeconds: 2, forSeconds: 20), now: now)
        pace.note(head(200, [:]), advice: nil, now: now)
        #expect(waits(pace) == [0, 2, 4, 6])
        let later = now.addingTimeInterval(21)
        #expect(pace.reserve(now: later) == later)
        #expect(pace.reserve(now: later) == later)
        pace.note(head(200, [:]), advice: .unlimited, now: now)
        #expect(waits(pace) == [0, 0, 0, 0])
    }

    @Test func `a gate that is closed for a while opens at a pace`() {
        var pace = RequestPace()
        let advice = PaceAdvice.spaced(everySeconds: 2, forSeconds: 20, closedSeconds: 10)
        pace.note(head(200, [:]), advice: advice, now: now)
        #expect(waits(pace) == [10, 12, 14, 16])
    }

    @Test func `no advice makes anybody wait longer than the longest wait`() {
        var pace = RequestPace()
        let endless = PaceAdvice.spaced(everySeconds: 1e300, forSeconds: .infinity, closedSeconds: 1e300)
        pace.note(head(200, [:]), advice: endless, now: now)
        for _ in 0..<2 {
            #expect(
                (0...PaceAdvice.longestSeconds).contains(pace.reserve(now: now).timeIntervalSince(now)))
        }
    }

    @Test(arguments: [
        ["Retry-After": "99999999999999999999"], ["Retry-After": "-5"], ["Retry-After": "soon"],
    ])
    func `no header makes anybody wait longer than the longest wait`(headers: [String: String]) {
        var pace = RequestPace()
        pace.note(head(429, headers), advice: nil, now: now)
        #expect((0...PaceAdvice.longestSeconds).contains(pace.reserve(now: now).timeIntervalSince(now)))
        #expect((0...PaceAdvice.longestSeconds).contains(pace.reserve(now: now).timeIntervalSince(now)))
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
        let client = PacedHTTPClient(replay, advice: { _, _ in nil }, clock: clock) {
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
        let client = PacedHTTPClient(replay, advice: { _, _ in nil })
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
