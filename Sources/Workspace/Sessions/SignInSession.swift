import Corpus
import Foundation

/// Somebody who has signed in with a browser, from then until they sign out or the session ends.
public struct SignInSession: Hashable, Sendable {
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
        digest: Data, tenant: String = Owner.defaultTenant, principals: Set<Principal>, scopes: Set<String>?,
        createdAt: Date, expiresAt: Date, rotatedAt: Date
    ) {
        self.digest = digest
        self.tenant = tenant
        self.principals = principals
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.rotatedAt = rotatedAt
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
    func end(session digest: Data) async throws(WorkspaceError)
}
