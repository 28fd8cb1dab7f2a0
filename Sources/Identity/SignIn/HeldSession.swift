import Corpus
import Crypto
import Foundation
import Synchronization
import Workspace

/// The session that a long-lived connection was opened with.
///
/// Its cookie is changed for another now and then, which the browser is told with the response to another request; the
/// connection never is. So it follows the session from one cookie to the next, and ends with the session itself.
public final class HeldSession: Sendable {
    /// Of the cookie that the session had when it was last asked for.
    let digest: Mutex<Data>

    init(digest: Data) {
        self.digest = Mutex(digest)
    }
}

extension SignIn {
    /// Holds on to the session of this cookie, if there is any.
    public func hold(cookie: String) -> HeldSession { HeldSession(digest: Self.digest(cookie)) }

    /// Who has a session that is held; `nil` when it has ended.
    ///
    /// It must be asked at least once while the cookie before is good still, a minute after each change.
    public func caller(holding session: HeldSession) async throws(WorkspaceError) -> VerifiedCaller? {
        let known = session.digest.withLock { $0 }
        guard let found = try await self.session(digest: known) else { return nil }
        // Another call may have followed it further meanwhile.
        session.digest.withLock { digest in if digest == known { digest = found.digest } }
        return caller(of: found)
    }
}
