import Concurrency
import Foundation

/// One event of a `text/event-stream` (WHATWG HTML §9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// The event's type; `message` where the server names none.
    public var name: String
    /// The `data` lines, joined by line ends. What is not UTF-8 stands as U+FFFD.
    public var data: String
    /// The last id that the stream told, with this event or before it; empty for none.
    public var lastID: String

    public init(name: String = "message", data: String, lastID: String = "") {
        self.name = name
        self.data = data
        self.lastID = lastID
    }
}

/// Why a stream of events cannot be read on. A retry does not help.
public enum ServerSentEventError: Error, Sendable, Equatable {
    /// An event, or one line of the stream, is longer than what is put together.
    case tooLarge(limitBytes: Int)
}

extension ServerSentEventError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let limitBytes):
            """
            The stream holds an event of more than \(limitBytes) bytes. Check that the endpoint answers with \
            server-sent events, or raise the limit.
            """
        }
    }
}

/// The bytes of a stream to its events, however they are cut into pieces.
///
/// Lines end with LF, CR or both. Comments, fields of unknown names and events without data are passed over,
/// as the standard has it; so is an event that the end of the stream cuts off, for it may lack lines. `retry`
/// says how long to wait before reconnecting, which nobody here does.
///
/// - Complexity: O(*n*) in the bytes of the stream.
public struct ServerSentEventDecoder: Sendable {
    private let limitBytes: Int
    /// What came and is not read yet begins at `offset`.
    private var bytes: [UInt8] = []
    private var offset = 0
    /// Up to where no line end was found.
    private var searched = 0
    /// The last line ended with a CR: an LF behind it belongs to it, in whichever piece it comes.
    private var skipsLineFeed = false
    private var isAtStart = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var lastID = ""
    private var failure: ServerSentEventError?

    /// - Parameter limitBytes: of one event's data, and of one line.
    public init(limitBytes: Int = 8 << 20) {
        precondition(limitBytes > 0, "limitBytes \(limitBytes)")
        self.limitBytes = limitBytes
    }

    /// Takes the next bytes of the stream, of any length.
    public mutating func append(_ piece: Data) {
        if offset > 0 {
            bytes.removeFirst(offset)
            searched -= offset
            offset = 0
        }
        bytes += piece
    }

    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: ``ServerSentEventError/tooLarge(limitBytes:)``, and from then on at each call.
    public mutating func next() throws(ServerSentEventError) -> ServerSentEvent? {
        if let failure { throw failure }
        do throws(ServerSentEventError) {
            return try nextEvent()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func nextEvent() throws(ServerSentEventError) -> ServerSentEvent? {
        while let line = try nextLine() {
            guard line.isEmpty else {
                try read(line)
                continue
            }
            defer {
                name = ""
                data = []
                hasData = false
            }
            guard hasData else { continue }
            return ServerSentEvent(
                name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self),
                lastID: lastID)
        }
        return nil
    }

    /// The next whole line without its end.
    private mutating func nextLine() throws(ServerSentEventError) -> ArraySlice<UInt8>? {
        if skipsLineFeed, offset < bytes.count {
            skipsLineFeed = false
            if bytes[offset] == UInt8(ascii: "\n") { offset += 1 }
            searched = max(searched, offset)
        }
        let end = bytes[searched...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard (end ?? bytes.count) - offset <= limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
        guard let end else {
            searched = bytes.count
            return nil
        }
        var line = bytes[offset..<end]
        skipsLineFeed = bytes[end] == UInt8(ascii: "\r")
        offset = end + 1
        searched = offset
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        return line
    }

    private mutating func read(_ line: ArraySlice<UInt8>) throws(ServerSentEventError) {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            guard data.count + value.count < limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): lastID = String(decoding: value, as: UTF8.self)
        default: break
        }
    }
}

extension HTTPStreamedResponse {
    /// The body as server-sent events, no faster than they are read. Dropping the sequence ends the exchange.
    ///
    /// The sequence can be read once, as the body. It throws the body's ``TransportError`` or
    /// ``ServerSentEventError``, and ends where the body ends.
    ///
    /// - Parameter limitBytes: of one event's data, and of one line.
    public func serverSentEvents(limitBytes: Int = 8 << 20) -> PulledSequence<ServerSentEvent> {
        PulledSequence { [body] in
            var pieces = body.makeAsyncIterator()
            var decoder = ServerSentEventDecoder(limitBytes: limitBytes)
            return {
                while true {
                    if let event = try decoder.next() { return event }
                    guard let piece = try await pieces.next() else { return nil }
                    decoder.append(piece)
                }
            }
        }
    }
}
