import Corpus
import Workspace

/// Somebody whose credentials were checked.
public struct VerifiedCaller: Sendable, Hashable {
    /// How it was checked.
    public enum Proof: Sendable, Hashable {
        case apiKey(id: String)
        case token(issuer: String)
        /// A proxy that the settings trust has checked it.
        case proxy(address: String)
        /// A browser's session, begun by signing in at the issuer.
        case session
    }

    public var proof: Proof
    /// Whom the caller stands for.
    public var reader: Reader
    /// Whose conversations, runs and files the caller's are.
    public var owner: Owner
    /// Names of what the caller may do; `nil` for what everybody signed in may.
    public var scopes: Set<String>?
    /// Requests a minute; `nil` for the server's own limit.
    public var requestsPerMinute: Int?
    /// Questions, searches and flows side by side; `nil` for the server's own limit.
    public var concurrentRuns: Int?

    public init(
        proof: Proof, reader: Reader, owner: Owner, scopes: Set<String>?, requestsPerMinute: Int? = nil,
        concurrentRuns: Int? = nil
    ) {
        self.proof = proof
        self.reader = reader
        self.owner = owner
        self.scopes = scopes
        self.requestsPerMinute = requestsPerMinute
        self.concurrentRuns = concurrentRuns
    }
}
