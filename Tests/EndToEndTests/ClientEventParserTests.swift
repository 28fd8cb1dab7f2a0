import Foundation
import Testing

@testable import MillraceClient

@Suite struct `The client's parser of events` {
    private func events(_ pieces: [some Sequence<UInt8>]) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        return try pieces.flatMap { try parser.events(in: $0) }
    }

    /// A mark at the beginning, all three ends of lines, comments, ids, and characters of one to four bytes.
    private static let sample = Array(
        """
        \u{FEFF}: sign of life

        event: token\r
        data: {"text":"Zürich €1 🚂"}\r
        \r
        :\rid: 7\revent: step\rdata:first\rdata\rdata:  third\r\rdata: unnamed
        retry: 1500
        id: a\u{0}b
        unknown: x

        event: nothing

        id
        data

        data: never ended
        """.utf8)

    private static let expected = [
        ServerSentEvent(name: "token", data: #"{"text":"Zürich €1 🚂"}"#, id: nil),
        ServerSentEvent(name: "step", data: "first\n\n third", id: "7"),
        ServerSentEvent(name: "message", data: "unnamed", id: "7"),
        ServerSentEvent(name: "message", data: "", id: ""),
    ]

    @Test func `tells the events of a stream in one piece`() throws {
        #expect(try events([Self.sample]) == Self.expected)
    }

    @Test func `tells the same wherever the stream is split, and byte by byte`() throws {
        for split in 0...Self.sample.count {
            let found = try events([Self.sample[..<split], Self.sample[split...]])
            #expect(found == Self.expected, "split at \(split)")
        }
        #expect(try events(Self.sample.map { CollectionOfOne($0) }) == Self.expected)
    }

    @Test func `tells an event at its blank line, and does not wait for what follows`() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.events(in: "data: a\r".utf8).isEmpty)
        #expect(try parser.events(in: "\n\r".utf8).map(\.data) == ["a"])
        #expect(try parser.events(in: "\ndata: b\n\n".utf8).map(\.data) == ["b"])
    }

    @Test func `keeps the pause that the server wants, and passes over one that is no number`() throws {
        var parser = ServerSentEventParser()
        _ = try parser.events(in: "retry: 250\nretry: soon\nretry:\nretry: 99999999999999999999\n".utf8)
        #expect(parser.retryMilliseconds == 250)
    }

    @Test func `refuses an event without an end before it fills the memory`() throws {
        var parser = ServerSentEventParser(limitBytes: 20)
        #expect(try parser.events(in: "data: 012345\n\n".utf8).count == 1)
        _ = try parser.events(in: "data: 0123456789\n".utf8)
        #expect(throws: ServerSentEventParser.TooLarge(limitBytes: 20)) {
            _ = try parser.events(in: "data: 0123456789\n".utf8)
        }
    }
}
