import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Backends
@testable import Identity

/// A database that counts how often it is asked for a session, and may be slow to answer.
private final class CountedSessions: SessionStore {
    private let base: SQLiteWorkspace
    private let state = Mutex((looks: 0, waits: false))
    /// Told when a look waits, and what lets it go on.
    let waiting = AsyncStream<Void>.makeStream()
    let goOn = AsyncStream<Void>.makeStream()

    init(_ base: SQLiteWorkspace) {
        self.base = base
    }

    var looks: Int { state.withLock { $0.looks } }
    /// Has the next look wait between what it has read and its answer.
    func holdNext() { state.withLock { $0.waits = true } }

    func session(
        digest: Data, at time: Date, grace: Duration
    ) async throws(WorkspaceError) -> SignInSession? {
        let found = try await base.session(digest: digest, at: time, grace: grace)
        let waits = state.withLock { state in
            defer { state.waits = false }
            state.looks += 1
            return state.waits
        }
        if waits {
            waiting.continuation.yield()
            for await _ in goOn.stream { break }
        }
        return found
    }

    func add(_ session: SignInSession) async throws(WorkspaceError) { try await base.add(session) }

    func rotate(
        session digest: Data, to next: Data, at time: Date
    ) async throws(WorkspaceError) -> Bool {
        try await base.rotate(session: digest, to: next, at: time)
    }

    func end(session digest: Data) async throws(WorkspaceError) -> EndedSessions {
        try await base.end(session: digest)
    }

    func sessions(
        of tenant: String, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> [SignInSession] {
        try await base.sessions(of: tenant, at: time, limit: limit)
    }

    func end(
        session id: String, of tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        try await base.end(session: id, of: tenant, told: act)
    }

    func endSessions(
        of principal: Principal, tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        try await base.endSessions(of: principal, tenant: tenant, told: act)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Sessions that processes share` {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let redis: RedisServer
    private let database: CountedSessions
    private let prefix = RedisServer.freshPrefix()
    private let clock = SetClock(Self.start)
    private let act = AuditAct(actor: "user:eve", act: "session.end", object: "x")

    init() throws {
        try self.init(RedisServer.shared())
    }

    private init(_ redis: RedisServer) throws {
        self.redis = redis
        database = CountedSessions(try SQLiteWorkspace.inMemory())
    }

    private func pool() -> RedisPool {
        RedisPool(
            RedisSettings(
                host: redis.host, port: redis.port, password: { [password = redis.password] in password },
                connectTimeout: .seconds(10), commandTimeout: .seconds(10)),
            pauses: .milliseconds(10)...(.milliseconds(40)))
    }

    /// The sessions as a process has them.
    private func node(secret: String = "sixteen bytes or more") -> RedisSessions {
        RedisSessions(
            database, pool(), prefix: prefix, secret: Data(secret.utf8), patience: .seconds(10),
            now: { [clock] in clock.now })
    }

    private func signIn(_ node: any SessionStore) -> SignIn {
        SignIn(
            SignInConfiguration(
                issuer: TokenIssuer(issuer: "https://issuer.example", audiences: ["millrace"]),
                clientID: "millrace", publicURL: "https://millrace.example"),
            sessions: node, client: UnreachableHTTPClient(), seal: { $0 }, unseal: { $0 },
            now: { [clock] in clock.now })
    }

    /// 43 characters, as cookies have.
    private let cookie = String(repeating: "a", count: 43)

    private func session(_ principals: Principal...) -> SignInSession {
        SignInSession(
            digest: SignIn.digest(cookie), principals: Set(principals), scopes: ["search"],
            createdAt: Self.start, expiresAt: Self.start + 100_000, rotatedAt: Self.start)
    }

    @Test func `are found by another process without the database, as they were kept`() async throws {
        let (one, other) = (node(), node())
        let session = session(.user("ada"), .group("staff"))
        try await one.add(session)
        for _ in 0..<5 {
            let found = try await other.session(
                digest: session.digest, at: clock.now, grace: .seconds(60))
            #expect(found == session)
        }
        #expect(database.looks == 0)
        let caller = try #require(try await signIn(other).caller(cookie: cookie)).caller
        #expect(caller.reader == Reader([.user("ada"), .group("staff")]) && caller.scopes == ["search"])
        #expect(database.looks == 0)
        // Nobody is believed for longer than so without the database.
        clock.now += RedisSessions.lifetime / .seconds(1)
        #expect(
            try await other.session(digest: session.digest, at: clock.now, grace: .seconds(60)) == session)
        #expect(database.looks == 1)
        while try await database.looksOf(one, session.digest, clock.now) > 0 {}
    }

    @Test func `that were ended open nothing in any process, at once, however it was done`() async throws {
        let (one, other) = (node(), node())
        let ends: [(RedisSessions, SignInSession) async throws -> Void] = [
            { try await $0.end(session: $1.digest) },
            { [act] in try await $0.end(session: $1.id, of: $1.tenant, told: act) },
            { [act] in
                _ = try await $0.endSessions(of: .group("staff"), tenant: $1.tenant, told: act)
            },
            { [self] node, _ in try await signIn(node).end(cookie: cookie) },
        ]
        for end in ends {
            // Of an earlier round there is a mark: the database is asked, which is right as well.
            let session = session(.user("ada"), .group("staff"))
            try await one.add(session)
            #expect(try await signIn(other).caller(cookie: cookie) != nil)
            try await end(one, session)
            #expect(try await signIn(other).caller(cookie: cookie) == nil)
            redis.command("DEL", one.key(session.digest))
        }
    }

    @Test func `that were ended are not brought back by who read them before`() async throws {
        let (one, other) = (node(), node())
        let session = session(.user("ada"))
        try await database.add(session)
        database.holdNext()
        let look = Task { [clock] in
            try await other.session(digest: session.digest, at: clock.now, grace: .seconds(60))
        }
        for await _ in database.waiting.stream { break }
        try await one.end(session: session.digest)
        database.goOn.continuation.yield()
        #expect(try await look.value == session, "it was there when this look began")
        for _ in 0..<20 {
            #expect(try await other.session(digest: session.digest, at: clock.now, grace: .zero) == nil)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func `go on under another cookie, and under the one before for as long as the database says`()
        async throws
    {
        let (one, other) = (signIn(node()), signIn(node()))
        try await node().add(session(.user("ada")))
        clock.now += SignIn.rotation + 1
        let next = try #require(try await one.caller(cookie: cookie)?.next)
        for cookie in [cookie, next] {
            #expect(try await other.caller(cookie: cookie)?.caller.reader == Reader([.user("ada")]))
        }
        clock.now += SignIn.grace / .seconds(1) + 1
        #expect(try await other.caller(cookie: cookie) == nil)
        #expect(try await other.caller(cookie: next) != nil)
    }

    @Test func `tell whoever reads the Redis nothing, and take nothing from who writes to it`() async throws {
        let (one, other) = (node(), node())
        let session = session(.user("ada@example.com"))
        try await one.add(session)
        let key = one.key(session.digest)
        #expect(redis.command("KEYS", "\(prefix):*") == key)
        let hex = session.digest.map { String(format: "%02x", $0) }.joined()
        #expect(!key.contains(hex) && !key.contains(cookie))
        #expect((1...15_000).contains(Int(redis.command("PTTL", key)) ?? 0))
        let value = try #require(
            try await pool().send(RedisCommand(["GET", .text(key)], key: key)).data)
        for text in ["ada", session.id, cookie, hex] {
            #expect(value.firstRange(of: Data(text.utf8)) == nil)
        }
        #expect(value.firstRange(of: session.digest) == nil)
        // Somebody else's session under a key of one's own, and one that was sealed with another secret.
        let mine = Data(repeating: 7, count: 32)
        redis.command("COPY", key, one.key(mine))
        #expect(try await other.session(digest: mine, at: clock.now, grace: .zero) == nil)
        let stranger = node(secret: "another sixteen bytes")
        #expect(stranger.key(session.digest) != key)
        redis.command("RENAME", key, stranger.key(session.digest))
        let before = database.looks
        #expect(try await stranger.session(digest: session.digest, at: clock.now, grace: .zero) == session)
        #expect(database.looks == before + 1)
        // A value of before the session ended, put back.
        try await one.end(session: session.digest)
        let set = RedisCommand(["SET", .text(key), .bytes(value)], key: key)
        #expect(try await pool().send(set).text == "OK")
        clock.now += RedisSessions.lifetime / .seconds(1)
        #expect(try await other.session(digest: session.digest, at: clock.now, grace: .zero) == nil)
    }

    @Test func `are the database's while the Redis is gone`() async throws {
        let alone = try Self(RedisServer())
        let (one, other) = (alone.node(), alone.node())
        let session = session(.user("ada"))
        try await one.add(session)
        alone.redis.kill()
        #expect(
            try await other.session(digest: session.digest, at: clock.now, grace: .zero) == session)
        #expect(alone.database.looks == 1)
        try await one.end(session: session.digest)
        #expect(try await other.session(digest: session.digest, at: clock.now, grace: .zero) == nil)
        try await one.add(session)
        #expect(
            try await other.session(digest: session.digest, at: clock.now, grace: .zero) == session)
    }
}

extension CountedSessions {
    /// How often the database was asked for a session that was just looked up.
    fileprivate func looksOf(_ node: RedisSessions, _ digest: Data, _ time: Date) async throws -> Int {
        let before = looks
        _ = try await node.session(digest: digest, at: time, grace: .seconds(60))
        return looks - before
    }
}
