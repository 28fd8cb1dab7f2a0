import Backends
import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(2))) struct `Indexes that are told what another process stores` {
    private static let topic = "corpus"

    private static func notices(_ channel: String) throws -> RedisNotices {
        let redis = try RedisServer.shared()
        let pool = RedisPool(
            RedisSettings(
                host: redis.host, port: redis.port, password: { redis.password },
                connectTimeout: .seconds(10), commandTimeout: .seconds(10)))
        return RedisNotices(pool, name: channel, teller: UUID().uuidString.lowercased())
    }

    private static func take(_ pages: [TestPage], _ bench: JobBench) async throws {
        let events =
            [SourceEvent.space(Space(key: "OPS", name: "Operations"))] + pages.map(\.event)
            + [.listed(spaceKey: "OPS")]
        let source = ScriptedSource { _ in ListedSource(events: events) }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        #expect(await jobs.runNext(of: source)?.state == .finished)
    }

    @Test func `hold what comes and lose what goes though they look once an hour`() async throws {
        let (schema, channel) = (try TestSchema(), RedisServer.freshPrefix())
        let (telling, hearing) = (try Self.notices(channel), try Self.notices(channel))
        let writing = PostgresCorpus(
            PostgresPool(schema.settings, size: 4), onContentChange: { telling.tellSoon(Self.topic) })
        try await writing.open()
        let writer = try JobBench(store: writing)
        let reader = try JobBench(store: try await schema.corpus())
        let follower = IndexFollower(
            store: reader.store, vectors: reader.index, words: reader.words,
            model: reader.embedder.model.name, logger: JobBench.logger, pause: .seconds(3_600))
        let looks = Mutex(0)
        hearing.follow(Self.topic) {
            follower.lookAgain()
            looks.withLock { $0 += 1 }
        }
        let tasks = [Task { await hearing.run() }, Task { await follower.run() }]
        func until(_ condition: () async throws -> Bool) async throws {
            while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
        }
        try await until { looks.withLock { $0 } > 0 }
        try await Self.take([TestPage(id: "1", body: "<p>The wheel turns.</p>")], writer)
        try await until { try reader.found("wheel").count == 1 }
        try await Self.take([TestPage(id: "1", version: 2, body: "<p>The dam holds.</p>")], writer)
        try await until { try reader.found("dam").count == 1 && reader.found("wheel").isEmpty }
        try await until { try await reader.isLevel }
        for task in tasks {
            task.cancel()
            await task.value
        }
    }
}
