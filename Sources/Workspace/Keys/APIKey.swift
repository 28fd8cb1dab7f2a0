import Corpus
import Foundation

/// What is kept of an API key: everything but the key itself, of which there is only a digest.
public struct APIKey: Hashable, Sendable {
    /// What people and logs call it; it opens nothing.
    public var id: String
    public var tenant: String
    /// Keys that replaced one another share it, and with it what belongs to them.
    public var lineage: String
    /// SHA-256 of the secret.
    public var digest: Data
    /// For people.
    public var name: String
    /// Whom its holder stands for.
    public var principals: Set<Principal>
    /// What its holder may do: names of scopes.
    public var scopes: Set<String>
    public var createdAt: Date
    /// Who made it, as the audit log names them.
    public var createdBy: String
    /// `nil` for a key without an end.
    public var expiresAt: Date?
    /// `nil` while it holds.
    public var revokedAt: Date?
    /// Within a minute.
    public var lastUsedAt: Date?
    /// `nil` for the server's own limit.
    public var requestsPerMinute: Int?
    /// Questions, searches and flows side by side; `nil` for the server's own limit.
    public var concurrentRuns: Int?

    public init(
        id: String, tenant: String = Owner.defaultTenant, lineage: String, digest: Data, name: String,
        principals: Set<Principal>, scopes: Set<String>, createdAt: Date, createdBy: String,
        expiresAt: Date? = nil, revokedAt: Date? = nil, lastUsedAt: Date? = nil,
        requestsPerMinute: Int? = nil, concurrentRuns: Int? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.lineage = lineage
        self.digest = digest
        self.name = name
        self.principals = principals
        self.scopes = scopes
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.requestsPerMinute = requestsPerMinute
        self.concurrentRuns = concurrentRuns
    }
}

extension APIKey {
    /// Whether it lets anybody in.
    public enum State: String, Sendable, Codable, CaseIterable {
        case active, expired, revoked
    }

    /// How it stands at a time; one that was revoked is never merely expired.
    public func state(at time: Date) -> State {
        if revokedAt != nil { return .revoked }
        if let expiresAt, expiresAt <= time { return .expired }
        return .active
    }

    /// Whose conversations, runs and files its holder's are: the user's that it stands for, else its own and its
    /// successors'. Two applications with equal rights share nothing.
    public var owner: Owner {
        let users = principals.filter { if case .user = $0 { true } else { false } }
        if users.count == 1, let user = users.first {
            return Owner(tenant: tenant, name: user.description)
        }
        return Owner(tenant: tenant, name: "key:\(lineage)")
    }

    /// Refuses what no store keeps.
    public func check() throws(WorkspaceError) {
        try WorkspaceLimits.check(id, as: "key")
        try WorkspaceLimits.check(name, as: "key")
        try WorkspaceLimits.check(tenant, as: "tenant")
        try WorkspaceLimits.check(
            principals.reduce(0) { $0 + $1.description.utf8.count + 1 }, of: "list of principals",
            limit: WorkspaceLimits.textBytes)
    }
}
