import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Event streams of AWS` {
    /// Written by botocore's own reader's counterpart: see `scripts/make-event-stream-fixture`.
    private func recorded() throws -> Data { try Fixtures.data("bedrock/converse-stream.bin") }

    private struct Expected: Decodable {
        var headers: [String: String]
        var payload: String
    }

    private func decode(_ pieces: [Data], limitBytes: Int = 16 << 20) throws -> [EventStreamMessage] {
        var decoder = EventStreamDecoder(limitBytes: limitBytes)
        var messages: [EventStreamMessage] = []
        for piece in pieces {
            decoder.append(piece)
            while let message = try decoder.next() { messages.append(message) }
        }
        try decoder.finish()
        return messages
    }

    @Test func `messages equal those that botocore decodes, strings of other header kinds left out`() throws {
        let expected = try Fixtures.jsonLines("bedrock/converse-stream.jsonl", as: Expected.self)
        let messages = try decode([recorded()])
        #expect(messages.count == expected.count)
        for (message, expected) in zip(messages, expected) {
            #expect(message.headers == expected.headers)
            #expect(String(decoding: message.payload, as: UTF8.self) == expected.payload)
        }
    }

    @Test(arguments: [1, 2, 7, 13, 100])
    func `the size of the pieces does not matter`(size: Int) throws {
        let data = try recorded()
        let pieces = stride(from: 0, to: data.count, by: size).map { data[$0..<min($0 + size, data.count)] }
        #expect(try decode(pieces) == decode([data]))
    }

    @Test func `nothing is no message`() throws {
        #expect(try decode([]) == [])
        #expect(try decode([Data()]) == [])
    }

    @Test func `any flipped bit is noticed`() throws {
        let data = try recorded()
        var random = SeededGenerator(seed: 20_260_102)
        for _ in 0..<500 {
            var damaged = data
            let position = Int.random(in: 0..<data.count, using: &random)
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect(throws: EventStreamError.self, "a flipped bit at \(position)") { try decode([damaged]) }
        }
    }

    @Test func `any cut but one between messages is noticed`() throws {
        let data = try recorded()
        var boundaries: Set<Int> = [0]
        var decoder = EventStreamDecoder()
        for position in data.indices {
            decoder.append(data[position...position])
            while try decoder.next() != nil { boundaries.insert(position + 1) }
        }
        for length in 0..<data.count {
            if boundaries.contains(length) {
                #expect(throws: Never.self) { try decode([data.prefix(length)]) }
            } else {
                #expect(throws: EventStreamError.self) { try decode([data.prefix(length)]) }
            }
        }
    }

    @Test func `a message larger than the limit is refused before its bytes are waited for`() throws {
        let data = try recorded()
        var decoder = EventStreamDecoder(limitBytes: 20)
        decoder.append(data.prefix(12))
        #expect(throws: EventStreamError.self) { try decoder.next() }
    }

    @Test func `random bytes are refused, never a crash`() {
        var random = SeededGenerator(seed: 3)
        for length in 12..<200 {
            let bytes = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            #expect(throws: EventStreamError.self) { try decode([bytes]) }
        }
    }
}
