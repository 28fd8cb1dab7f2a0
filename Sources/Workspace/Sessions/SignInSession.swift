import Corpus
import Foundation

/// Somebody who has signed in with a browser, from then until they sign out or the session ends.
public struct SignInSession: Hashable, Sendable {
    /// What people call it; it opens nothing, and stays the same when the cookie changes.
    public var id: String
    /// SHA-256 of what the browser's cookie holds.
    public var digest: Data
    public var tenant: String
    public var principals: Set<Principal>
    /// Names of what they may do; `nil` for what everybody signed in may.
    public var scopes: Set<String>?
    public var createdAt: Date
    public var expiresAt: Date
    /// When the cookie was last changed for another.
    public var rotatedAt: Date

    public init(
        id: String = UUID().uuidString.lowercased(), digest: Data, tenant: String = Owner.defaultTenant,
        principals: Set<Principal>, scopes: Set<String>?,
        createdAt: Date, expiresAt: Date, rotatedAt: Date
    ) {
        self.id = id
        self.digest = digest
        self.tenant = tenant
        self.principals = principals
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.rotatedAt = rotatedAt
    }
}

/// Sessions that were ended, for whoever remembers any.
public struct EndedSessions: Hashable, Sendable {
    public var count: Int
    /// Those of their cookies, and of the ones before, which were good for a moment still.
    public var digests: Set<Data>

    public init(count: Int = 0, digests: Set<Data> = []) {
        self.count = count
        self.digests = digests
    }
}

/// Keeps sessions of people who have signed in.
public protocol SessionStore: Sendable {
    /// Keeps a new session, and forgets those that have ended.
    func add(_ session: SignInSession) async throws(WorkspaceError)

    /// The session whose cookie has this digest, or had it until less than `grace` ago.
    ///
    /// - Returns: `nil` for none, and for one that has ended.
    func session(
        digest: Data, at time: Date, grace: Duration
    ) async throws(WorkspaceError) -> SignInSession?

    /// Gives a session another cookie.
    ///
    /// - Returns: `false` when another request did so meanwhile.
    func rotate(session digest: Data, to next: Data, at time: Date) async throws(WorkspaceError) -> Bool

    /// Ends a session; one that is not there is ended already.
    @discardableResult
    func end(session digest: Data) async throws(WorkspaceError) -> EndedSessions

    /// A tenant's sessions that have not ended, newest first.
    func sessions(of tenant: String, at time: Date, limit: Int) async throws(WorkspaceError)
        -> [SignInSession]

    /// Ends somebody else's session, which is told in the audit log.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    @discardableResult
    func end(
        session id: String, of tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions

    /// Ends every session that stands for a principal.
    func endSessions(
        of principal: Principal, tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions
}
