import Foundation

/// What is said over a ``UnixSocket``: a byte that says what it is, four that say how many follow, the most significant
/// first, and those. A sign of life is its one byte alone, which is sent whole or not at all.
enum LocalMessage: Hashable {
    /// Asked; `isLong` where it may go on for minutes.
    case question(Data, isLong: Bool)
    /// The other side is there, and nothing has come of it yet.
    case sign
    /// A part of the reply, more of which follows.
    case part(Data)
    /// The last of the reply.
    case end(Data)

    /// A question with everything that says how it is to be answered, such as a file of questions.
    static let questionLimit = 32 << 20
    static let partLimit = 64 << 20
    static let signOfLife = UInt8(ascii: ".")
    private static let pieceLimit = 1 << 16

    private var kind: UInt8 {
        switch self {
        case .question(_, isLong: false): UInt8(ascii: "q")
        case .question(_, isLong: true): UInt8(ascii: "Q")
        case .sign: Self.signOfLife
        case .part: UInt8(ascii: "p")
        case .end: UInt8(ascii: "e")
        }
    }

    private var body: Data? {
        switch self {
        case .question(let data, _), .part(let data), .end(let data): data
        case .sign: nil
        }
    }

    private var limit: Int {
        if case .question = self { Self.questionLimit } else { Self.partLimit }
    }

    private init?(kind: UInt8) {
        switch kind {
        case UInt8(ascii: "q"): self = .question(Data(), isLong: false)
        case UInt8(ascii: "Q"): self = .question(Data(), isLong: true)
        case Self.signOfLife: self = .sign
        case UInt8(ascii: "p"): self = .part(Data())
        case UInt8(ascii: "e"): self = .end(Data())
        default: return nil
        }
    }

    private func with(_ data: Data) -> LocalMessage {
        switch self {
        case .question(_, let isLong): .question(data, isLong: isLong)
        case .sign: .sign
        case .part: .part(data)
        case .end: .end(data)
        }
    }

    /// - Throws: ``SocketFailure``.
    func write(to socket: UnixSocket) throws(SocketFailure) {
        guard let body else { return try socket.send([kind]) }
        guard body.count <= limit else {
            throw SocketFailure("what was to be said has \(body.count) bytes, of which there may be \(limit)")
        }
        let count = UInt32(body.count)
        try socket.send([kind] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + body)
    }

    /// The next one.
    ///
    /// - Parameters:
    ///   - end: when it must be whole; `nil` to wait for as long as each next byte comes in time.
    ///   - begins: called once its first byte is there.
    /// - Throws: ``SocketFailure``.
    static func read(
        from socket: UnixSocket, until end: ContinuousClock.Instant? = nil, begins: () -> Void = {}
    ) throws(SocketFailure) -> LocalMessage {
        let kind = try bytes(1, from: socket, until: end).first
        guard let message = kind.flatMap({ LocalMessage(kind: $0) }) else { throw .otherLanguage }
        begins()
        guard message.body != nil else { return message }
        let count = try bytes(4, from: socket, until: end).reduce(0) { $0 << 8 | Int($1) }
        guard count <= message.limit else { throw SocketFailure("what was said has \(count) bytes") }
        return message.with(try bytes(count, from: socket, until: end))
    }

    private static func bytes(
        _ count: Int, from socket: UnixSocket, until end: ContinuousClock.Instant?
    ) throws(SocketFailure) -> Data {
        var read = Data()
        while read.count < count {
            if let end, ContinuousClock.now > end { throw SocketFailure("it is too slow") }
            let some = try socket.receive(atMost: min(pieceLimit, count - read.count))
            guard !some.isEmpty else { throw SocketFailure("it hung up") }
            read += some
        }
        return read
    }
}

extension SocketFailure {
    /// The other side is of another version, or something else altogether.
    static let otherLanguage = SocketFailure("it speaks another language")
}
