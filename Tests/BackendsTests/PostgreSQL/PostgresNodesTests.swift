import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Processes that share a PostgreSQL and what they must agree on` {
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    private func corpus() -> PostgresCorpus { PostgresCorpus(server.pool(schema: schema)) }

    private func node(
        _ id: String, version: String = "0.1.0", width: String = "128", model: String = "e5",
        role: String = "serve"
    ) -> NodeAnnouncement {
        NodeAnnouncement(
            id: id, role: role, version: version,
            facts: AgreedFacts(
                ["search": ["search.ef_search": width], "embedding": ["embedding.model": model]], salt: "one")
        )
    }

    private final class Heard: Sendable {
        private let news = Mutex<[NodeWatch.News]>([])

        var all: [NodeWatch.News] { news.withLock { $0 } }
        func tell(_ new: NodeWatch.News) { news.withLock { $0.append(new) } }
    }

    private func watch(_ node: NodeAnnouncement) -> (watch: NodeWatch, heard: Heard) {
        let heard = Heard()
        return (NodeWatch(corpus(), node: node) { heard.tell($0) }, heard)
    }

    @Test func `tell in what the others differ, once each, by name and never by value`() async throws {
        let (one, heardByOne) = watch(node("1"))
        let (other, heardByOther) = watch(node("2", width: "64", role: "work"))
        let (same, heardBySame) = watch(node("3"))
        for _ in 0..<3 { for watch in [one, other, same] { await watch.look() } }
        let drift = NodeDrift(
            node: "2", role: "work", version: "0.1.0", isOtherVersion: false,
            names: ["search": ["search.ef_search"]])
        #expect(heardByOne.all == [.differs(drift)])
        #expect(heardBySame.all == [.differs(drift)])
        #expect(heardByOther.all.count == 2)
        #expect(one.standing.nodes.map(\.id) == ["1", "2", "3"] && one.standing.drifts == [drift])
        let stored = try await corpus().pool.transaction(.snapshot) { try $0.texts("SELECT facts FROM node") }
        #expect(
            stored.count == 3 && !stored.joined().contains("\"128\"") && stored.joined().contains("ef_search")
        )
    }

    @Test func `tell of another version, and when a node has become alike or is gone`() async throws {
        let (one, heard) = watch(node("1"))
        let (old, _) = watch(node("2", version: "0.2.0", width: "64"))
        await old.look()
        await one.look()
        #expect(heard.all.count == 1 && one.standing.drifts.first?.isOtherVersion == true)
        // It is started anew with the same settings, of another version still.
        let (renewed, _) = watch(node("2", version: "0.2.0"))
        await renewed.look()
        await one.look()
        #expect(one.standing.drifts.map(\.names) == [[:]] && heard.all.count == 2)
        let (alike, _) = watch(node("2"))
        await alike.look()
        await one.look()
        #expect(one.standing.drifts.isEmpty)
        guard case .settled(let last) = heard.all.last else {
            Issue.record("\(heard.all)")
            return
        }
        #expect(last.node == "2" && heard.all.count == 3)
    }

    @Test func `are there as long as they announce themselves`() async throws {
        let registry = corpus()
        _ = try await registry.announce(node("gone"), for: .milliseconds(1))
        while try await registry.nodes().contains(where: { $0.id == "gone" }) {}
        #expect(try await registry.announce(node("1"), for: .seconds(60)).isEmpty)
        #expect(try await registry.announce(node("2"), for: .seconds(60)).map(\.id) == ["1"])
        try await registry.withdraw("1")
        #expect(try await registry.nodes().map(\.id) == ["2"])
        let task = Task { [watch = watch(node("3")).watch] in await watch.run() }
        try await until { try await registry.nodes().map(\.id) == ["2", "3"] }
        task.cancel()
        await task.value
        #expect(try await registry.nodes().map(\.id) == ["2"])
    }

    @Test func `go on without the database, and say once that nobody is known`() async throws {
        let own = try PostgresServer(.v16)
        let heard = Heard()
        let watch = NodeWatch(PostgresCorpus(own.pool(patience: .milliseconds(50))), node: node("1")) {
            heard.tell($0)
        }
        own.stop()
        for _ in 0..<2 { await watch.look() }
        #expect(heard.all.count == 1)
        guard case .unknown = heard.all.first else {
            Issue.record("\(heard.all)")
            return
        }
        #expect(watch.standing.nodes.map(\.id) == ["1"])
    }

    @Test func `of two versions at once tell each other's version, over one schema`() async throws {
        var settings = server.pool(schema: schema).settings
        settings.productVersion = "0.2.0"
        let steps = PostgresSchema.steps + [SchemaStep("moods", "CREATE TABLE mood (id bigint PRIMARY KEY)")]
        let newer = PostgresCorpus(PostgresPool(settings, size: 2), steps: steps)
        let heard = (Heard(), Heard())
        let today = NodeWatch(corpus(), node: node("1")) { heard.0.tell($0) }
        let tomorrow = NodeWatch(newer, node: node("2", version: "0.2.0")) { heard.1.tell($0) }
        await today.look()
        await tomorrow.look()
        await today.look()
        #expect(heard.0.all == [.differs(drift("2", "0.2.0"))])
        #expect(heard.1.all == [.differs(drift("1", "0.1.0"))])
    }

    private func drift(_ node: String, _ version: String) -> NodeDrift {
        NodeDrift(node: node, role: "serve", version: version, isOtherVersion: true, names: [:])
    }
}
