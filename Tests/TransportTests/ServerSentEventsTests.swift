import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Server-sent events` {
    private func events(_ pieces: [Data], limitBytes: Int = 1 << 20) throws -> [ServerSentEvent] {
        var decoder = ServerSentEventDecoder(limitBytes: limitBytes)
        var events: [ServerSentEvent] = []
        for piece in pieces {
            decoder.append(piece)
            while let event = try decoder.next() { events.append(event) }
        }
        return events
    }

    private func events(_ text: String, limitBytes: Int = 1 << 20) throws -> [ServerSentEvent] {
        try events([Data(text.utf8)], limitBytes: limitBytes)
    }

    /// Examples of the standard's own section 9.2.6, and what else it says there.
    private static let known: [(stream: String, events: [ServerSentEvent])] = [
        (
            "data: YHOO\ndata: +2\ndata: 10\n\n",
            [ServerSentEvent(data: "YHOO\n+2\n10")]
        ),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [
                ServerSentEvent(data: "first event", lastID: "1"), ServerSentEvent(data: "second event"),
                ServerSentEvent(data: " third event"),
            ]
        ),
        ("data\n\ndata\ndata\n\ndata:", [ServerSentEvent(data: ""), ServerSentEvent(data: "\n")]),
        ("data:test\n\ndata: test\n\n", [ServerSentEvent(data: "test"), ServerSentEvent(data: "test")]),
        (
            "event: add\ndata: 73\n\ndata: 5\n\nevent: gone\n\ndata: 6\n\n",
            [
                ServerSentEvent(name: "add", data: "73"), ServerSentEvent(data: "5"),
                ServerSentEvent(data: "6"),
            ]
        ),
        ("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", [ServerSentEvent(data: "a")]),
        (
            "id: 7\ndata: a\n\ndata: b\n\nid: x\u{0}y\ndata: c\n\n",
            [
                ServerSentEvent(data: "a", lastID: "7"), ServerSentEvent(data: "b", lastID: "7"),
                ServerSentEvent(data: "c", lastID: "7"),
            ]
        ),
        ("retry: 10\nDATA: a\ndata : b\nunknown: c\n\n", []),
        ("data: a: b\n\n", [ServerSentEvent(data: "a: b")]),
        ("data: Grüße 日本語 😀\n\n", [ServerSentEvent(data: "Grüße 日本語 😀")]),
        ("", []), ("\n\n\n", []), (":\n\n:\n", []),
        ("data: cut off\n", []), ("data: cut off", []),
    ]

    @Test(arguments: known)
    func `are those of the standard, whichever line ends the server writes`(
        stream: String, expected: [ServerSentEvent]
    ) throws {
        for lineEnd in ["\n", "\r\n", "\r"] {
            let text = stream.replacing("\n", with: lineEnd)
            #expect(try events(text) == expected, "\(lineEnd.debugDescription)")
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 7, 64])
    func `are the same however the bytes are cut`(lineEnd: String, size: Int) throws {
        let text = Self.known.map(\.stream).joined(separator: "\n\n").replacing("\n", with: lineEnd)
        let data = Data(text.utf8)
        let pieces = stride(from: 0, to: data.count, by: size).map { data[$0..<min($0 + size, data.count)] }
        let cut = try events(pieces)
        #expect(cut == (try events([data])))
        #expect(cut.count > 12)
    }

    @Test func `come as soon as their blank line is there, though an LF may follow its CR`() throws {
        var decoder = ServerSentEventDecoder()
        decoder.append(Data("data: a\r\n\r".utf8))
        #expect(try decoder.next() == ServerSentEvent(data: "a"))
        decoder.append(Data("\ndata: b\r\n".utf8))
        #expect(try decoder.next() == nil)
        decoder.append(Data("\r\n".utf8))
        #expect(try decoder.next() == ServerSentEvent(data: "b"))
        #expect(try decoder.next() == nil)
    }

    @Test func `keep going over bytes that are no UTF-8`() throws {
        let data = Data("data: a".utf8) + Data([0xFF, 0xC3]) + Data("b\n\ndata: c\n\n".utf8)
        #expect(
            try events([data]) == [ServerSentEvent(data: "a\u{FFFD}\u{FFFD}b"), ServerSentEvent(data: "c")])
    }

    @Test(arguments: [
        "data: 12345678901234567890\n\n", "data: 1234567890123456789",
        "data: 123456789\ndata: 123456789\n\n", ": a comment that is longer\n\n",
    ])
    func `of more bytes than the limit end the stream, and for good`(stream: String) throws {
        var decoder = ServerSentEventDecoder(limitBytes: 18)
        decoder.append(Data("data: a\n\n\(stream)".utf8))
        #expect(try decoder.next() == ServerSentEvent(data: "a"))
        for _ in 0..<2 {
            #expect(throws: ServerSentEventError.tooLarge(limitBytes: 18)) { try decoder.next() }
            decoder.append(Data("\n\ndata: b\n\n".utf8))
        }
    }

    @Test func `are no crash for random bytes`() throws {
        var random = SeededGenerator(seed: 20_261_129)
        // Bytes that mean something in a stream come often, so that every branch is met.
        let alphabet = Array("data:event:id:\r\n\r\n\n\n :\u{0}é".utf8)
        for length in 0..<300 {
            let data = Data(
                (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
            let cut = Int.random(in: 0...length, using: &random)
            #expect(try events([data]) == events([data[..<cut], data[cut...]]))
        }
    }

    @Test func `are read from a response, and end with its failure`() async throws {
        let client = try FaultServer.client()
        let faults = try FaultServer.shared.get()
        let dropped = try await client.stream(faults.request("/drop"))
        await #expect(throws: TransportError.self) {
            for try await _ in dropped.serverSentEvents() {}
        }
        let replay = ReplayHTTPClient([
            .init(url: "https://a.example/", body: Data("data: a\n\ndata: b\n\ndata: c".utf8))
        ])
        let response = try await replay.stream(HTTPRequest(url: "https://a.example/"))
        var told: [String] = []
        for try await event in response.serverSentEvents() { told.append(event.data) }
        #expect(told == ["a", "b"])
    }

    @Test func `longer than the limit say what to do`() async throws {
        let replay = ReplayHTTPClient([
            .init(url: "https://a.example/", body: Data(repeating: UInt8(ascii: "x"), count: 100))
        ])
        let response = try await replay.stream(HTTPRequest(url: "https://a.example/"))
        let error = await #expect(throws: ServerSentEventError.self) {
            for try await _ in response.serverSentEvents(limitBytes: 99) {}
        }
        #expect(error.map { "\($0)" }?.contains("99 bytes") == true)
    }
}
