/// Takes a `text/event-stream` apart, in whatever pieces its bytes arrive.
///
/// The grammar is that of the WHATWG HTML standard: lines end with CR, LF or CRLF, a blank line ends an event, a
/// line that begins with a colon is a comment, and one byte order mark may stand first. Bytes are kept until their
/// line is whole and only then read as UTF-8, so no character is ever cut in two. An event that has not ended when
/// the stream does is not one.
struct ServerSentEventParser: Sendable {
    /// An event, or a line, that is larger than the limit.
    struct TooLarge: Error, Hashable {
        var limitBytes: Int
    }

    /// How long the server wants clients to wait before they come again, in milliseconds, where it has said so.
    private(set) var retryMilliseconds: Int?

    /// Bytes that one event may have.
    let limitBytes: Int

    private var line: [UInt8] = []
    private var isFirstLine = true
    /// Whether the byte before was a CR, so that an LF now belongs to it.
    private var endedWithReturn = false
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    init(limitBytes: Int = 16 << 20) {
        self.limitBytes = limitBytes
    }

    /// The events that end within `bytes`.
    ///
    /// - Throws: ``TooLarge``, after which the parser is of no use any more.
    mutating func events(in bytes: some Sequence<UInt8>) throws(TooLarge) -> [ServerSentEvent] {
        var found: [ServerSentEvent] = []
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where followsReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { found.append(event) }
            default:
                guard line.count + data.count < limitBytes else { throw TooLarge(limitBytes: limitBytes) }
                line.append(byte)
            }
        }
        return found
    }

    private mutating func endLine() -> ServerSentEvent? {
        var line = self.line[...]
        defer { self.line.removeAll(keepingCapacity: line.count < 65_536) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        guard colon != line.startIndex else { return nil }
        let field = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        set(String(decoding: field, as: UTF8.self), value)
        return nil
    }

    private mutating func set(_ field: String, _ value: ArraySlice<UInt8>) {
        switch field {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "retry" where value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }:
            if let milliseconds = Int(String(decoding: value, as: UTF8.self)) {
                retryMilliseconds = milliseconds
            }
        default: break
        }
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: data.count < 65_536)
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: id)
    }
}
