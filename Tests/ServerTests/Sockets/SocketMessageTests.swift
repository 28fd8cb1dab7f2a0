import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `What a client says over a socket` {
    @Test(arguments: [
        ("{", "malformed-json"), ("[]", "invalid-field"), ("null", "invalid-field"), ("{}", "invalid-field"),
        (#"{"type": "shout"}"#, "invalid-field"), (#"{"type": 1}"#, "invalid-field"),
        (#"{"type": "ping", "type": "ping"}"#, "malformed-json"),
        (#"{"type": "ping", "more": 1}"#, "unknown-field"), (#"{"type": "run"}"#, "invalid-field"),
        (#"{"type": "run", "id": ""}"#, "invalid-field"), (#"{"type": "cancel", "id": 1}"#, "invalid-field"),
        (#"{"type": "ack", "id": "a"}"#, "invalid-field"),
        (#"{"type": "ack", "id": "a", "seq": -1}"#, "invalid-field"),
        (#"{"type": "ack", "id": "a", "seq": 1e300}"#, "invalid-field"),
        (#"{"type": "run", "id": "a", "window": 0}"#, "invalid-field"),
        (#"{"type": "run", "id": "a", "window": 1.5}"#, "invalid-field"),
        (#"{"type": "run", "id": "a", "stream": false}"#, "invalid-field"),
        (#"{"type": "subscribe", "id": "a"}"#, "invalid-field"),
        (#"{"type": "subscribe", "id": "a", "run": "r", "from": 99999999999}"#, "invalid-field"),
        (#"{"type": "authenticate", "token": "later"}"#, "invalid-field"),
        (String(repeating: "[", count: 100_000), "malformed-json"),
    ])
    func `is refused in its place, and the socket goes on`(text: String, kind: String) async throws {
        let fixture = try await ServerFixture()
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(#"{"type": "ask", "id": "first", "question": "when do deploys happen"}"#)
        _ = try await talk.untilEnd(of: "first")
        talk.send(text)
        #expect(try await talk.expect("problem").problemKind == kind)
        talk.send(#"{"type": "ping"}"#)
        try await talk.expect("pong")
    }

    @Test(arguments: [
        (#"{"type": "run", "id": "a", "flow": "none"}"#, "unknown-flow"),
        (#"{"type": "run", "id": "a", "flow": "x", "definition": {}}"#, "unknown-field"),
        (#"{"type": "ask", "id": "a", "question": ""}"#, "empty-question"),
        (#"{"type": "ask", "id": "a", "question": "x", "from": 1}"#, "unknown-field"),
        (#"{"type": "subscribe", "id": "a", "run": "../../v1/me?x=#"}"#, "no-such-run"),
    ])
    func `is refused as its operation refuses it`(text: String, kind: String) async throws {
        let fixture = try await ServerFixture()
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(text)
        let messages = try await talk.untilEnd(of: "a")
        #expect(messages.count == 1)
        #expect(messages.last?.problemKind == kind)
        #expect(messages.last?["problem"]?["request_id"]?.text?.hasPrefix("socket-") == true)
    }

    @Test func `closes the socket when it is bytes, or too much`() async throws {
        let fixture = try await ServerFixture()
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        talk.send(Data([1, 2]))
        #expect(await talk.closed() == .binary)
        var limits = SocketConversation.Limits()
        limits.messageBurst = 3
        limits.messagesPerSecond = 1
        let flooding = try await SocketTalk.open(fixture.application(sockets: limits), .ada)
        for _ in 0..<8 { flooding.send(#"{"type": "ping"}"#) }
        #expect(await flooding.closed() == .tooManyMessages)
    }

    @Test func `is counted as the requests that it stands for`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.requestsPerMinute = 3
        let talk = try await SocketTalk.open(fixture.application(), .ada)
        var kinds: [String?] = []
        for number in 0..<3 {
            talk.send(#"{"type": "ask", "id": "\#(number)", "question": "when do deploys happen"}"#)
            kinds.append(try await talk.untilEnd(of: "\(number)").last?.problemKind)
        }
        // The handshake was the first request.
        #expect(kinds == [nil, nil, "rate-limited"])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The window of a stream` {
    @Test func `opens by what is acknowledged, and by no more than was sent`() async throws {
        let window = EventWindow(size: 2, from: 5)
        for number in 5..<7 {
            try await window.room(within: .seconds(30))
            window.sent(number)
        }
        window.acknowledge(through: .max)
        for number in 7..<9 {
            try await window.room(within: .seconds(30))
            window.sent(number)
        }
        await #expect(throws: (any Error).self) { try await window.room(within: .milliseconds(10)) }
    }

    @Test func `is never closed where none was asked for`() async throws {
        let window = EventWindow(size: nil, from: 0)
        for number in 0..<100 {
            try await window.room(within: .zero)
            window.sent(number)
        }
    }

    @Test func `ends its wait with its task`() async throws {
        let window = EventWindow(size: 1, from: 0)
        window.sent(0)
        let waiting = Task { try await window.room(within: .seconds(600)) }
        waiting.cancel()
        await #expect(throws: (any Error).self) { try await waiting.value }
    }

    @Test func `of messages fills up with time, to its brim`() {
        let start = ContinuousClock.now
        var allowance = MessageAllowance(perSecond: 10, burst: 2, now: start)
        let times: [Duration] = [
            .zero, .zero, .zero, .milliseconds(100), .milliseconds(150), .seconds(60), .seconds(60),
            .seconds(60),
        ]
        var taken: [Bool] = []
        for time in times { taken.append(allowance.take(at: start + time)) }
        #expect(taken == [true, true, false, true, false, true, true, false])
    }
}
