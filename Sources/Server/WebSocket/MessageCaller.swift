import Foundation
import HTTPTypes

/// Whoever sends requests as messages of a WebSocket: by the handshake's word, or by that of the first message.
///
/// A message is no request by itself; it becomes one here, with the handshake's address and whatever in its header says
/// who asks. So the door finds out about each anew, and everything that holds for a request holds for a message: what
/// the caller may do, how often, when it is their turn, what is logged and counted.
struct MessageCaller: Sendable {
    /// The handshake; its header says who asks.
    private let handshake: APIRequest
    private let door: Door
    private let answer: @Sendable (APIRequest) async -> APIResponse
    /// Who it is; `nil` until their first message says so.
    private let found: CallerReader.Found?

    var isKnown: Bool { found != nil }
    var isAnonymous: Bool { found?.isAnonymous ?? true }
    /// Names the handshake in responses and logs.
    var requestID: String { handshake.id }

    /// Whoever asks for the socket. One who brings no credentials, where a caller must be known, is let in to send them
    /// with the first message, if the request is a handshake at all.
    ///
    /// - Throws: ``RequestFault``.
    static func admit(_ routed: RoutedRequest, _ door: Door) async throws(RequestFault) -> MessageCaller {
        var request = routed.request
        // Cookies are no part of what the pages of other sites may do.
        if request.hasAdmittedOrigin { request.headers[values: .cookie] = [] }
        // A session's cookie is not changed for another by this, and when it is by another request, the socket goes on:
        // it lives by the session, not by the cookie that it came with.
        request.isMessage = true
        // Who it is, is found out for each message anew.
        request.found = nil
        request.session = door.callers.held(by: request)
        var named = routed
        named.request = request
        let found: CallerReader.Found?
        do {
            _ = try await door.admit(named, to: nil)
            found = try await door.callers.caller(of: request)
        } catch .unauthenticated(let reason, let challenge, let signIn) {
            guard WebSocketHandshake.key(of: request) != nil,
                credentials.allSatisfy({ request.headers[$0] == nil })
            else { throw .unauthenticated(reason: reason, challenge: challenge, signIn: signIn) }
            found = nil
        }
        return MessageCaller(handshake: request, door: door, answer: routed.answer, found: found)
    }

    /// The same with this key or token instead of whatever the handshake brought.
    ///
    /// - Throws: ``RequestFault``.
    func authenticated(by credential: String) async throws(RequestFault) -> MessageCaller {
        var request = handshake
        for name in Self.credentials + [.cookie, .principals] { request.headers[values: name] = [] }
        request.session = nil
        request.headers[.authorization] = "Bearer \(credential)"
        let found = try await door.callers.caller(of: request)
        // A server that lets anybody in passes over what is no credential of its own; here one was to count.
        guard !found.isAnonymous else {
            throw .unauthenticated(
                reason: "This is neither an API key of this server nor a token that it accepts.",
                challenge: "Bearer realm=\"millrace\"")
        }
        // The messages themselves go to whoever serves their tenant.
        _ = try await door.admit(
            RoutedRequest(request: request, parameters: [:]), to: nil, ofAnyTenant: true)
        return MessageCaller(handshake: request, door: door, answer: answer, found: found)
    }

    private static let credentials: [HTTPField.Name] = [.authorization, .apiKey]

    /// Whether what let the caller in still does, with the same rights; `nil` when that cannot be told now.
    var isStillAdmitted: Bool? {
        get async { await door.callers.isStill(found, callerOf: handshake) }
    }

    /// What the server answers to a request of this caller's.
    ///
    /// - Parameters:
    ///   - body: JSON; empty for none.
    ///   - number: of the request on this socket.
    func respond(
        _ method: HTTPRequest.Method, _ path: String, query: String? = nil, body: Data = Data(),
        headers: HTTPFields = [:], number: Int
    ) async -> APIResponse {
        var request = handshake
        request.method = method
        request.path = path
        request.query = query
        request.body = body
        request.id = "\(handshake.id.prefix(100))-\(number)"
        var kept = HTTPFields()
        for field in handshake.headers where !Self.isOfHandshake(field.name) { kept.append(field) }
        for field in headers { kept.append(field) }
        kept[.contentType] = "application/json"
        request.headers = kept
        return await answer(request)
    }

    /// Whether a header says how the handshake is made and answered, and nothing about who makes it.
    private static func isOfHandshake(_ name: HTTPField.Name) -> Bool {
        let lowered = name.canonicalName
        return handshakeNames.contains(lowered)
            || ["sec-websocket-", "accept", "content-", "if-"].contains { lowered.hasPrefix($0) }
    }

    /// `Sec-Fetch-Site` among them: browsers do not say it of a WebSocket alike, and ``OriginCheck`` then goes by the
    /// origin, which they do.
    private static let handshakeNames: Set<String> = [
        "connection", "expect", "idempotency-key", "keep-alive", "last-event-id", "prefer", "range",
        "sec-fetch-site", "te", "trailer", "transfer-encoding", "upgrade", "x-request-id",
    ]
}
