import Corpus
import Crypto
import Foundation
import Workspace

/// Sessions of people who have signed in, looked up in a Redis before the database, which has the truth.
///
/// A session lies there for ``lifetime``, under a keyed hash (HMAC-SHA256) of its cookie's digest, and sealed
/// (``PackedResult``) together with when it was read. So whoever may read the Redis finds neither a cookie nor who has
/// signed in, and whoever may write to it makes nobody a session: what was not sealed here, lies under another's key, or
/// is older than ``lifetime``, counts for nothing.
///
/// Whatever ends a session or changes its cookie leaves a mark under its key first, for longer than any session lies
/// there: while it does, the database is asked. Nobody puts a session in the place of a mark, however early they read it.
/// So a session that was ended is gone for every process when that is acknowledged; if the Redis could not be told, within
/// ``lifetime``.
public final class RedisSessions: SessionStore {
    /// How long what was read of the database counts: less than the grace of a cookie that was changed.
    public static let lifetime = Duration.seconds(15)
    /// How far the clocks of processes may be apart.
    static let skew: TimeInterval = 5
    private static let mark = RedisWord.bytes(Data("E".utf8))

    private let base: any SessionStore
    private let pool: RedisPool
    private let prefix: String
    private let patience: Duration
    private let naming: SymmetricKey
    private let sealing: Data
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - base: the database.
    ///   - prefix: what every key begins with.
    ///   - secret: 16 bytes or more that all processes have which share sessions, and nobody else.
    ///   - patience: how long a look waits for the server before the database is asked.
    public init(
        _ base: any SessionStore, _ pool: RedisPool, prefix: String, secret: Data,
        patience: Duration = .milliseconds(50), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.base = base
        self.pool = pool
        self.prefix = prefix
        self.patience = patience
        self.now = now
        let key = SymmetricKey(data: secret)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("millrace shared sessions \(purpose)".utf8),
                outputByteCount: 32)
        }
        naming = derived("names")
        sealing = derived("values").withUnsafeBytes { Data($0) }
    }

    // MARK: Looking

    public func session(
        digest: Data, at time: Date, grace: Duration
    ) async throws(WorkspaceError) -> SignInSession? {
        let key = key(digest)
        let reply = try? await pool.send(RedisCommand(["GET", .text(key)], key: key), within: patience)
        if let value = reply?.data, let kept = opened(value, under: key, digest), kept.expiresAt > time {
            return kept
        }
        let readAt = now()
        let found = try await base.session(digest: digest, at: time, grace: grace)
        // Under the cookie before, it is the database that knows how long that one is good.
        if let found, found.digest == digest, reply != nil {
            Task { await keep(found, readAt) }
        }
        return found
    }

    public func sessions(
        of tenant: String, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> [SignInSession] {
        try await base.sessions(of: tenant, at: time, limit: limit)
    }

    // MARK: Changing

    public func add(_ session: SignInSession) async throws(WorkspaceError) {
        let readAt = now()
        try await base.add(session)
        await keep(session, readAt)
    }

    public func rotate(
        session digest: Data, to next: Data, at time: Date
    ) async throws(WorkspaceError) -> Bool {
        await mark([digest])
        return try await base.rotate(session: digest, to: next, at: time)
    }

    @discardableResult
    public func end(session digest: Data) async throws(WorkspaceError) -> EndedSessions {
        await mark([digest])
        let ended = try await base.end(session: digest)
        // Anew, as the database may have taken its time.
        await mark(ended.digests.union([digest]))
        return ended
    }

    @discardableResult
    public func end(
        session id: String, of tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let ended = try await base.end(session: id, of: tenant, told: act)
        await mark(ended.digests)
        return ended
    }

    public func endSessions(
        of principal: Principal, tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let ended = try await base.endSessions(of: principal, tenant: tenant, told: act)
        await mark(ended.digests)
        return ended
    }

    // MARK: In the Redis

    /// Sessions of one go.
    private static let markLimit = 256

    /// Has the database asked for these from now on. Goes to its end, as the change of the database does, also for a
    /// caller who has gone meanwhile.
    private func mark(_ digests: Set<Data>) async {
        await Task { await sendMarks(of: digests) }.value
    }

    private func sendMarks(of digests: Set<Data>) async {
        let milliseconds = Self.lifetime.wholeMilliseconds + Int(2_000 * Self.skew)
        let commands = digests.map { digest in
            let key = key(digest)
            return RedisCommand(["SET", .text(key), Self.mark, "PX", .int(milliseconds)], key: key)
        }
        for start in stride(from: 0, to: commands.count, by: Self.markLimit) {
            let part = commands[start..<min(start + Self.markLimit, commands.count)]
            // What cannot be told ends by itself.
            _ = try? await pool.send(Array(part))
        }
    }

    /// - Parameter time: when it was known to be so.
    private func keep(_ session: SignInSession, _ time: Date) async {
        let key = key(session.digest)
        guard let plain = try? JSONEncoder().encode(Kept(session, readAt: time)),
            let value = PackedResult.packed(plain, under: key, with: sealing)
        else { return }
        _ = try? await pool.evaluate(
            Self.keeping, key: key, [.bytes(value), .int(Self.lifetime.wholeMilliseconds), Self.mark],
            within: pool.settings.commandTimeout)
    }

    private func opened(_ value: Data, under key: String, _ digest: Data) -> SignInSession? {
        guard let plain = PackedResult.opened(value, under: key, with: sealing),
            let kept = try? JSONDecoder().decode(Kept.self, from: plain), kept.digest == digest
        else { return nil }
        let age = now().timeIntervalSince(kept.readAt)
        guard age >= -Self.skew, age < Self.lifetime / .seconds(1) else { return nil }
        return kept.session
    }

    func key(_ digest: Data) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: digest, using: naming)
        return "\(prefix):session:\(code.map { String(format: "%02x", $0) }.joined())"
    }

    private static let keeping = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[3] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """)

    /// A session as it is sealed.
    private struct Kept: Codable {
        var id: String
        var digest: Data
        var tenant: String
        var principals: [String]
        var scopes: [String]?
        var createdAt: Date
        var expiresAt: Date
        var rotatedAt: Date
        var readAt: Date

        init(_ session: SignInSession, readAt: Date) {
            id = session.id
            digest = session.digest
            tenant = session.tenant
            principals = session.principals.map(\.description).sorted()
            scopes = session.scopes?.sorted()
            createdAt = session.createdAt
            expiresAt = session.expiresAt
            rotatedAt = session.rotatedAt
            self.readAt = readAt
        }

        /// `nil` where a principal is of another version.
        var session: SignInSession? {
            let known = principals.compactMap(Principal.init)
            guard known.count == principals.count else { return nil }
            return SignInSession(
                id: id, digest: digest, tenant: tenant, principals: Set(known), scopes: scopes.map(Set.init),
                createdAt: createdAt, expiresAt: expiresAt, rotatedAt: rotatedAt)
        }
    }
}
