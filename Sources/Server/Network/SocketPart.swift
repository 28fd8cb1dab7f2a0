import NIOCore
import NIOWebSocket

/// A WebSocket frame as it travels between ``SocketTranslator`` and ``SocketConnection``: as a piece of an HTTP
/// body, one byte of opcode before its payload. An empty piece is a sign of life.
struct SocketPart {
    var opcode: WebSocketOpcode
    var payload: ByteBuffer

    init(_ opcode: WebSocketOpcode, _ payload: ByteBuffer = ByteBuffer()) {
        self.opcode = opcode
        self.payload = payload
    }

    /// `nil` for a sign of life.
    init?(_ piece: ByteBuffer) {
        var piece = piece
        guard let code = piece.readInteger(as: UInt8.self),
            let opcode = WebSocketOpcode(encodedWebSocketOpcode: code)
        else { return nil }
        self.init(opcode, piece)
    }

    /// As a piece of a body.
    var piece: ByteBuffer {
        var piece = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 1)
        piece.writeInteger(UInt8(webSocketOpcode: opcode))
        piece.writeImmutableBuffer(payload)
        return piece
    }

    /// The end, with a code and at most 123 bytes of reason (RFC 6455, section 7.1.5 and 7.1.6).
    static func close(_ code: WebSocketErrorCode, reason: String = "") -> SocketPart {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: code)
        if reason.utf8.count <= 123 { payload.writeString(reason) }
        return SocketPart(.connectionClose, payload)
    }
}
