/// How the server closes a WebSocket (RFC 6455, section 7.4), in a code for programs and words for people.
struct WebSocketClosure: Sendable, Hashable {
    var code: UInt16
    /// At most 123 bytes, which is what a close frame has room for.
    var reason: String

    private init(_ code: UInt16, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The server stops; what ran has ended, or could be taken up again elsewhere.
    static let goingAway = WebSocketClosure(1_001, "the server stops")
    /// Messages are texts.
    static let binary = WebSocketClosure(1_003, "messages are JSON in text frames")
    static let tooManyMessages = WebSocketClosure(1_008, "too many messages a second")
    /// Events were sent as far as the client's window goes, and it said nothing for too long.
    static let unacknowledged = WebSocketClosure(1_008, "no ack for what was sent")
    /// Nothing says who the caller is, or it does not hold.
    static let unauthenticated = WebSocketClosure(4_401, "not authenticated")
    /// The key was revoked, the token expired, or the session ended, after the socket was opened.
    static let noLongerAdmitted = WebSocketClosure(4_403, "what let you in holds no longer")
    static let authenticationTimedOut = WebSocketClosure(4_408, "no authenticate message in time")
}
