import HTTPTypes
import Identity

extension CallerReader {
    /// The session of a handshake's cookie, to hold on to for as long as the connection is open; `nil` without a cookie.
    func held(by request: APIRequest) -> HeldSession? {
        guard let signIn = identity.signIn else { return nil }
        return SessionCookie(signIn.configuration).value(in: request).map { signIn.hold(cookie: $0) }
    }

    /// Whoever has signed in with this browser; `nil` without a session, and with one that has ended: its browser asks
    /// as anybody, and is told to sign in where that is needed.
    func session(_ request: APIRequest) async throws(RequestFault) -> Found? {
        guard let signIn = identity.signIn,
            let cookie = SessionCookie(signIn.configuration).value(in: request)
        else { return nil }
        let known: (caller: VerifiedCaller, next: String?)?
        do {
            if let session = request.session {
                known = try await signIn.caller(holding: session).map { ($0, nil) }
            } else {
                known = try await signIn.caller(cookie: cookie, isRenewed: !request.isMessage)
            }
        } catch {
            throw .identityUnavailable(reason: "the sessions could not be read.")
        }
        guard let known else { return nil }
        // A browser sends the cookie with whatever page asks it to; what changes something must be asked by our own.
        if request.method != .get, request.method != .head { try OriginCheck.requireOwn(request) }
        var found = found(known.caller)
        found.cookie = known.next.map { SessionCookie(signIn.configuration).header($0) }
        return found
    }
}
