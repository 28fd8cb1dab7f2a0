import Corpus
import Foundation
import Logging
import Synchronization
import Workspace

/// Makes API keys, and tells whose they are.
///
/// A key that was checked is not looked up again for ``freshness``: so long may one that another process revoked still
/// open this one, unless that is told here (``forget()``). What this process revokes ends at once.
public final class APIKeys: Sendable {
    /// How long a look into the database counts.
    public static let freshness = Duration.seconds(2)
    static let cacheLimit = 10_000
    /// How exactly the time of a key's last use is known.
    static let useInterval: TimeInterval = 60

    private struct Known {
        var key: APIKey
        var checkedAt: Date
    }

    private struct State {
        var known: [Data: Known] = [:]
        /// Grows with each ``forget()``: what was begun to be read before may be from before a change.
        var generation = 0
    }

    private let store: any APIKeyStore
    private let freshness: Duration
    private let onChange: @Sendable () async -> Void
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - freshness: how long a look into the database counts.
    ///   - onChange: called after a key was revoked or given a successor, for other processes to be told of it.
    public init(
        store: any APIKeyStore, freshness: Duration = APIKeys.freshness,
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger = Logger(label: "millrace.keys"),
        onChange: @escaping @Sendable () async -> Void = {}
    ) {
        self.store = store
        self.freshness = freshness
        self.onChange = onChange
        self.now = now
        self.logger = logger
    }

    /// Whose key it is.
    ///
    /// - Throws: ``IdentityError``, or ``WorkspaceError`` when the database does not answer.
    public func verify(_ secret: APIKeySecret) async throws -> VerifiedCaller {
        let key = try await key(of: secret)
        switch key.state(at: now()) {
        case .active: break
        case .expired: throw IdentityError.keyExpired(id: key.id)
        case .revoked: throw IdentityError.keyRevoked(id: key.id)
        }
        noteUse(of: key)
        return VerifiedCaller(
            proof: .apiKey(id: key.id), reader: Reader(key.principals), owner: key.owner,
            scopes: key.scopes, requestsPerMinute: key.requestsPerMinute,
            concurrentRuns: key.concurrentRuns)
    }

    private func key(of secret: APIKeySecret) async throws -> APIKey {
        let digest = secret.digest
        let time = now()
        let (cached, generation) = state.withLock { ($0.known[digest], $0.generation) }
        if let cached, time.timeIntervalSince(cached.checkedAt) < freshness / .seconds(1) {
            return cached.key
        }
        guard let key = try await store.key(digest: digest) else {
            state.withLock { $0.known[digest] = nil }
            throw IdentityError.unknownKey
        }
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.known.count >= Self.cacheLimit { state.known.removeAll(keepingCapacity: true) }
            // What was revoked here while the database was read stays revoked.
            guard state.known[digest]?.key.revokedAt == nil else { return }
            state.known[digest] = Known(key: key, checkedAt: time)
        }
        return key
    }

    /// Looks every key up anew from now on: another process has changed some.
    public func forget() {
        state.withLock { state in
            state.known.removeAll(keepingCapacity: true)
            state.generation += 1
        }
    }

    /// A new key.
    ///
    /// - Parameter actor: who makes it, for the audit log.
    /// - Returns: the secret, which nobody can ask for again, and what is kept of it.
    public func create(
        _ request: KeyRequest, tenant: String = Owner.defaultTenant, by actor: String
    ) async throws(WorkspaceError) -> (secret: APIKeySecret, key: APIKey) {
        let secret = APIKeySecret()
        let time = now()
        let key = APIKey(
            id: secret.id, tenant: tenant, lineage: secret.id, digest: secret.digest, name: request.name,
            principals: request.principals, scopes: request.scopes, createdAt: time, createdBy: actor,
            expiresAt: request.lifetime.map { time.addingTimeInterval($0 / .seconds(1)) },
            requestsPerMinute: request.requestsPerMinute, concurrentRuns: request.concurrentRuns)
        let act = AuditAct(actor: actor, act: "key.created", object: key.id, details: Self.details(of: key))
        try await store.add(key, replacing: nil, told: act)
        return (secret, key)
    }

    /// Another secret for what a key may do. The old one is good for `overlap` more, so that its holders can change
    /// over one after another.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)`` for a key that is not there or not in force.
    public func rotate(
        key id: String, tenant: String = Owner.defaultTenant, overlap: Duration, by actor: String
    ) async throws(WorkspaceError) -> (secret: APIKeySecret, key: APIKey) {
        let time = now()
        guard let old = try await store.keys(of: tenant).first(where: { $0.id == id }),
            old.state(at: time) == .active
        else { throw .notFound(kind: "key", id: id) }
        let secret = APIKeySecret()
        var key = old
        key.id = secret.id
        key.digest = secret.digest
        key.createdAt = time
        key.createdBy = actor
        key.lastUsedAt = nil
        // As long a life as the old one had.
        key.expiresAt = old.expiresAt.map {
            time.addingTimeInterval($0.timeIntervalSince(old.createdAt))
        }
        let end = time.addingTimeInterval(overlap / .seconds(1))
        let act = AuditAct(
            actor: actor, act: "key.rotated", object: id,
            details: ["successor": key.id, "good_until": end.formatted(.iso8601)])
        try await store.add(key, replacing: (id, end), told: act)
        state.withLock { $0.known[old.digest] = nil }
        await onChange()
        return (secret, key)
    }

    /// Ends a key at once.
    @discardableResult
    public func revoke(
        key id: String, tenant: String = Owner.defaultTenant, by actor: String
    ) async throws(WorkspaceError) -> APIKey {
        let act = AuditAct(actor: actor, act: "key.revoked", object: id)
        let key = try await store.revoke(key: id, of: tenant, at: now(), told: act)
        let time = now()
        state.withLock { $0.known[key.digest] = Known(key: key, checkedAt: time) }
        await onChange()
        return key
    }

    /// A tenant's keys, newest first.
    public func list(tenant: String = Owner.defaultTenant) async throws(WorkspaceError) -> [APIKey] {
        try await store.keys(of: tenant)
    }

    private static func details(of key: APIKey) -> [String: String] {
        var details = [
            "name": key.name, "scopes": key.scopes.sorted().joined(separator: ","),
            "principals": key.principals.sorted().map(\.description).joined(separator: ","),
        ]
        if let end = key.expiresAt { details["expires_at"] = end.formatted(.iso8601) }
        return details
    }

    /// Once a minute and key at most; nobody waits for it, and it may fail.
    private func noteUse(of key: APIKey) {
        let time = now()
        if let last = key.lastUsedAt, time.timeIntervalSince(last) < Self.useInterval { return }
        let isFirst = state.withLock { state -> Bool in
            guard var entry = state.known[key.digest] else { return false }
            if let last = entry.key.lastUsedAt, time.timeIntervalSince(last) < Self.useInterval {
                return false
            }
            entry.key.lastUsedAt = time
            state.known[key.digest] = entry
            return true
        }
        guard isFirst else { return }
        Task { [store, logger] in
            do {
                try await store.noteUse(ofKey: key.id, at: time)
            } catch {
                logger.debug("a key's use could not be noted", metadata: ["millrace.reason": "\(error)"])
            }
        }
    }
}
