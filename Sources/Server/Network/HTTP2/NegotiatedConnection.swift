import HummingbirdCore
import NIOCore

/// A connection whose client and server find out which HTTP they speak.
struct NegotiatedConnection: ServerChildChannelValue {
    /// What is spoken.
    enum Spoken: Sendable {
        case http1(HTTP1Channel.Value)
        case http2(HTTP2Streams.Connection)
    }

    let channel: any Channel
    /// Known once TLS's handshake is over (ALPN, RFC 7301); at once where there is no choice.
    let spoken: EventLoopFuture<Spoken>
}
