import Foundation

/// One message of an `application/vnd.amazon.eventstream` response.
public struct EventStreamMessage: Sendable, Equatable {
    /// Headers with string values (`:message-type`, `:event-type`, …); other kinds are read past.
    public var headers: [String: String]
    public var payload: Data

    public init(headers: [String: String], payload: Data) {
        self.headers = headers
        self.payload = payload
    }

    /// `event`, `exception` or `error`.
    public var messageType: String { headers[":message-type"] ?? "" }
    public var eventType: String { headers[":event-type"] ?? headers[":exception-type"] ?? "" }
}

/// Why a streamed AWS response could not be read on.
public enum EventStreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The message that begins `offset` bytes into the stream has a wrong checksum.
    case damaged(part: String, offset: Int)
    case frameTooLarge(byteCount: Int, limitBytes: Int, offset: Int)
    case malformed(reason: String, offset: Int)
    /// The stream ended within a message.
    case truncated(missingBytes: Int, offset: Int)

    public var description: String {
        let advice = "The response was damaged on its way; a retry can help."
        return switch self {
        case .damaged(let part, let offset):
            "The checksum of the \(part) at byte \(offset) of the event stream is wrong. \(advice)"
        case .frameTooLarge(let byteCount, let limitBytes, let offset):
            """
            The message at byte \(offset) of the event stream claims \(byteCount) bytes; the limit is \
            \(limitBytes).
            """
        case .malformed(let reason, let offset):
            "The message at byte \(offset) of the event stream cannot be read: \(reason). \(advice)"
        case .truncated(let missingBytes, let offset):
            "The event stream ended \(missingBytes) bytes short of the message at byte \(offset). \(advice)"
        }
    }
}

/// Bytes, in pieces of any size, to messages.
///
/// | offset | size | meaning, all numbers big-endian |
/// |---|---|---|
/// | 0 | 4 | length of the whole message, *n* |
/// | 4 | 4 | length of the headers, *h* |
/// | 8 | 4 | CRC-32 of bytes 0..<8 |
/// | 12 | *h* | headers: name length (1), name, value kind (1), value |
/// | 12 + *h* | *n* − *h* − 16 | payload |
/// | *n* − 4 | 4 | CRC-32 of all before it |
public struct EventStreamDecoder: Sendable {
    /// Largest message accepted; AWS itself stops at 16 MiB.
    public let limitBytes: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// Bytes of the stream before `buffer[0]`.
    private var discardedCount = 0

    private static let preludeBytes = 12
    private static let checksumBytes = 4

    public init(limitBytes: Int = 16 << 20) {
        self.limitBytes = limitBytes
    }

    public mutating func append(_ bytes: Data) {
        if start > 0 {
            buffer.removeFirst(start)
            discardedCount += start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message, or `nil` until more bytes are there.
    public mutating func next() throws(EventStreamError) -> EventStreamMessage? {
        guard buffer.count - start >= Self.preludeBytes else { return nil }
        let length = Int(word(at: start))
        let headersLength = Int(word(at: start + 4))
        // Its sum goes on to be the message's: no byte is summed twice.
        var sum = CRC32()
        sum.update(buffer[start..<start + 8])
        guard sum.value == word(at: start + 8) else { throw .damaged(part: "prelude", offset: offset) }
        guard length <= limitBytes else {
            throw .frameTooLarge(byteCount: length, limitBytes: limitBytes, offset: offset)
        }
        guard headersLength <= length - Self.preludeBytes - Self.checksumBytes else {
            throw .malformed(reason: "its headers are longer than itself", offset: offset)
        }
        guard buffer.count - start >= length else { return nil }
        let end = start + length - Self.checksumBytes
        sum.update(buffer[start + 8..<end])
        guard sum.value == word(at: end) else { throw .damaged(part: "message", offset: offset) }
        let payloadStart = start + Self.preludeBytes + headersLength
        let headers = try headers(in: start + Self.preludeBytes..<payloadStart)
        defer { start = end + Self.checksumBytes }
        return EventStreamMessage(headers: headers, payload: Data(buffer[payloadStart..<end]))
    }

    /// Call when no more bytes come.
    ///
    /// - Throws: ``EventStreamError/truncated(missingBytes:offset:)`` when a message is incomplete.
    public func finish() throws(EventStreamError) {
        let rest = buffer.count - start
        guard rest > 0 else { return }
        let needed = rest >= Self.preludeBytes ? Int(word(at: start)) : Self.preludeBytes
        throw .truncated(missingBytes: needed - rest, offset: offset)
    }

    private var offset: Int { discardedCount + start }

    private func word(at index: Int) -> UInt32 {
        buffer[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func headers(in range: Range<Int>) throws(EventStreamError) -> [String: String] {
        var headers: [String: String] = [:]
        var position = range.lowerBound
        while position < range.upperBound {
            let name = try take(Int(buffer[position]), at: position + 1, of: range)
            guard name.endIndex < range.upperBound else {
                throw .malformed(reason: "a header has no value", offset: offset)
            }
            let kind = buffer[name.endIndex]
            let value = try headerValue(kind: kind, at: name.endIndex + 1, of: range)
            if kind == 7 {
                headers[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
            }
            position = value.endIndex
        }
        return headers
    }

    private func headerValue(
        kind: UInt8, at position: Int, of range: Range<Int>
    ) throws(EventStreamError) -> ArraySlice<UInt8> {
        switch kind {
        case 0, 1: return try take(0, at: position, of: range)  // true, false
        case 2: return try take(1, at: position, of: range)  // Int8
        case 3: return try take(2, at: position, of: range)  // Int16
        case 4: return try take(4, at: position, of: range)  // Int32
        case 5, 8: return try take(8, at: position, of: range)  // Int64, time
        case 9: return try take(16, at: position, of: range)  // UUID
        case 6, 7:  // bytes, string
            let length = try take(2, at: position, of: range)
            return try take(length.reduce(0) { $0 << 8 | Int($1) }, at: length.endIndex, of: range)
        default: throw .malformed(reason: "a header has the unknown kind \(kind)", offset: offset)
        }
    }

    private func take(
        _ count: Int, at position: Int, of range: Range<Int>
    ) throws(EventStreamError) -> ArraySlice<UInt8> {
        guard position <= range.upperBound, count <= range.upperBound - position else {
            throw .malformed(reason: "a header reaches past the headers' end", offset: offset)
        }
        return buffer[position..<position + count]
    }
}
