import Backends
import Corpus
import Flow
import Foundation
import Identity
import Ingest
import JSONValue
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import FlowService
@testable import Server

/// One of several processes over a workspace: it hears what the others tell.
private final class NoticeNode: Sendable {
    let notices: RedisNotices
    private let topic: String
    private let looks = Mutex(0)
    private let listening = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter channel: of all the processes of a test.
    init(_ redis: RedisServer, channel: String, topic: String) {
        let pauses = Duration.milliseconds(10)...(.milliseconds(40))
        let pool = RedisPool(
            RedisSettings(
                host: redis.host, port: redis.port, password: { [password = redis.password] in password },
                connectTimeout: .seconds(10), commandTimeout: .seconds(10)), pauses: pauses)
        notices = RedisNotices(
            pool, name: channel, teller: UUID().uuidString.lowercased(), pauses: pauses)
        self.topic = topic
    }

    deinit { listening.withLock { $0 }?.cancel() }

    /// Begins to hear, and returns once it does. What was missed until then has been looked for.
    func listen(_ look: @escaping @Sendable () -> Void) async throws {
        notices.follow(topic) { [weak self] in
            look()
            self?.looks.withLock { $0 += 1 }
        }
        listening.withLock { $0 = Task { [notices] in await notices.run() } }
        try await until { looked(1) }
    }

    func looked(_ count: Int) -> Bool { looks.withLock { $0 } >= count }
    func tell() { notices.tellSoon(topic) }
}

/// Asks again and again; the suite's time limit ends it.
private func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}

/// Whoever keeps something of the database looks once an hour here: what it knows sooner, it was told.
@Suite(.timeLimit(.minutes(2))) struct `A change that one process tells another` {
    private static let hour = Duration.seconds(3_600)
    private let channel = RedisServer.freshPrefix()

    private func pair(_ topic: String, _ redis: RedisServer) -> (one: NoticeNode, other: NoticeNode) {
        (
            NoticeNode(redis, channel: channel, topic: topic),
            NoticeNode(redis, channel: channel, topic: topic)
        )
    }

    private func keys(_ store: SQLiteWorkspace, _ node: NoticeNode) -> APIKeys {
        // At one moment: nothing grows old.
        APIKeys(
            store: store, freshness: Self.hour, now: { Date(timeIntervalSince1970: 1_800_000_000) },
            onChange: { await node.notices.tell("keys") })
    }

    private func isRefused(_ secret: APIKeySecret, _ keys: APIKeys) async throws -> Bool {
        do {
            _ = try await keys.verify(secret)
            return false
        } catch IdentityError.keyRevoked {
            return true
        }
    }

    @Test func `ends a key that was revoked`() async throws {
        let (one, other) = pair("keys", try RedisServer.shared())
        let store = try SQLiteWorkspace.inMemory(now: { Date(timeIntervalSince1970: 1_800_000_000) })
        let (here, there) = (keys(store, one), keys(store, other))
        try await other.listen { there.forget() }
        let (secret, key) = try await here.create(
            KeyRequest(name: "bot", principals: [.user("bot")], scopes: ["search"]), by: "test")
        #expect(try await !isRefused(secret, there))
        try await here.revoke(key: key.id, by: "test")
        try await until { try await isRefused(secret, there) }
    }

    @Test func `is not needed for a key to end, and a Redis that is gone holds nobody up`() async throws {
        let redis = try RedisServer()
        let (one, other) = pair("keys", redis)
        let store = try SQLiteWorkspace.inMemory(now: { Date(timeIntervalSince1970: 1_800_000_000) })
        let (here, there) = (keys(store, one), keys(store, other))
        try await other.listen { there.forget() }
        let (secret, key) = try await here.create(
            KeyRequest(name: "bot", principals: [.user("bot")], scopes: ["search"]), by: "test")
        #expect(try await !isRefused(secret, there))
        redis.kill()
        try await here.revoke(key: key.id, by: "test")
        #expect(try await isRefused(secret, here))
        // Nobody could tell; whoever looks by itself finds it.
        let looking = APIKeys(
            store: store, freshness: .zero, now: { Date(timeIntervalSince1970: 1_800_000_000) })
        #expect(try await isRefused(secret, looking))
        #expect(try await !isRefused(secret, there))
        // Once it is heard again, what may have been missed is looked for.
        redis.start()
        try await until { try await isRefused(secret, there) }
    }

    @Test func `shows another version of a flow`() async throws {
        let (one, other) = pair("flows", try RedisServer.shared())
        var configuration = FlowServiceConfiguration()
        configuration.trust = Self.hour
        let fixture = try await ServerFixture()
        let base = fixture.flows.service
        func service(_ node: NoticeNode) -> FlowService {
            FlowService(
                store: base.store, catalog: base.catalog, settingsFlows: base.settingsFlows,
                scopes: fixture.corpus, configuration: configuration, logger: fixture.log.logger,
                onLibraryChange: { node.tell() })
        }
        let (here, there) = (service(one), service(other))
        try await other.listen { there.forgetPlans() }
        let owner = Owner(Reader([.user("ada")]))
        func saying(_ text: String) -> FlowDefinition {
            FlowDefinition(
                name: "Saying",
                graph: FlowGraph(
                    components: [
                        .init(id: "text", type: "TextInput", parameters: ["text": .string(text)]),
                        .init(id: "out", type: "ChatOutput"),
                    ],
                    edges: [
                        .init(from: PortReference("text", "message"), to: PortReference("out", "message"))
                    ], outputs: ["answer": PortReference("out", "message")]))
        }
        let flow = try await here.create(FlowDraft(saying("one")), for: owner).flow
        func version() async throws -> Int {
            try await there.runnable(flow.id, .latest, for: owner).identity.version
        }
        // The change before may still be on its way, and the plan be looked for anew.
        try await until { other.looked(2) }
        #expect(try await version() == 1)
        _ = try await here.save(saying("two"), note: "", asVersionOf: flow.id, for: owner)
        try await until { try await version() == 2 }
    }

    @Test func `has sources known, changed and forgotten`() async throws {
        let (one, other) = pair("sources", try RedisServer.shared())
        let (here, there) = (try await JobFixture(), try await JobFixture())
        let seal = VariableSeal(SealKeys())
        func sources(_ fixture: JobFixture, _ node: NoticeNode) -> RuntimeSources {
            RuntimeSources(
                store: here.workspace, jobs: fixture.jobs, corpus: fixture.base.corpus, seal: seal,
                logger: fixture.base.log.logger, followingPause: Self.hour, onChange: { node.tell() },
                checkedAddress: { $0 }
            ) { _, _ in throw CancellationError() }
        }
        let (own, others) = (sources(here, one), sources(there, other))
        try await other.listen { others.lookAgain() }
        let following = Task { await others.followOthers() }
        let source = try await own.create(
            SourceDefinition(
                name: "Wiki", kind: .cloud, baseURL: "https://wiki.example.org/wiki", signIn: .bearer),
            secret: "x", by: "test")
        func name() -> String? { others.stored(source.id)?.definition.name }
        try await until { name() == "Wiki" }
        _ = try await own.change(
            source.id, if: .any, fields: ["name"], isEnabled: nil, secret: nil, by: "test"
        ) { $0.name = "Handbook" }
        try await until { name() == "Handbook" }
        try await own.deleteKeepingDocuments(source.id, if: .any, by: "test")
        try await until { name() == nil }
        following.cancel()
        await following.value
    }
}
