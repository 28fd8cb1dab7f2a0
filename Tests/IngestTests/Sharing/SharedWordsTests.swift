import Backends
import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import TestSupport
import Testing
import Text
import TextIndex

@testable import Ingest

@Suite(.timeLimit(.minutes(2))) struct `Words that all processes share` {
    /// One of several processes over one database, without an index of words of its own.
    private struct Sharer {
        let bench: JobBench
        let words: PostgresTextStore

        init(_ schema: TestSchema) async throws {
            let store = try await PostgresTextStore.open(
                PostgresPool(schema.settings, size: 3), content: "passages")
            words = store
            let index = WordIndex(store, isLevelUpTo: store.level) { sequence in
                try store.save(upTo: Int64(clamping: sequence))
            }
            bench = try JobBench(store: try await schema.corpus(), words: index)
        }

        func take(_ pages: TestPage...) async throws {
            let events =
                [SourceEvent.space(Space(key: "OPS", name: "Operations"))] + pages.map(\.event)
                + [.listed(spaceKey: "OPS")]
            let source = ScriptedSource { _ in ListedSource(events: events) }
            let jobs = bench.jobs(source)
            try await jobs.submit(source: "wiki", scope: .site)
            #expect(await jobs.runNext(of: source)?.state == .finished)
        }

        func level() async throws -> (added: Int, removed: Int, renewed: Int) {
            try await TextIndexSync.level(
                store: bench.store, index: bench.words, model: bench.embedder.model.name)
        }

        func found(_ word: String) async throws -> Int {
            try await WordIndex.waiting { [bench] in try bench.found(word).count }
        }

        var areLevel: Bool {
            get async throws {
                let stored = try await bench.store.chunkIDs(model: bench.embedder.model.name)
                return Set(try await bench.words.ids()) == stored
            }
        }
    }

    @Test func `hold what one process stores, once, and lose what goes`() async throws {
        let schema = try TestSchema(.v18)
        let (writer, reader) = (try await Sharer(schema), try await Sharer(schema))
        let follower = reader.bench.follower()
        try await follower.follow()
        try await writer.take(
            TestPage(id: "1", body: "<p>The wheel turns.</p>"), TestPage(id: "2", body: "<p>The race.</p>"))
        #expect(try await reader.found("wheels") == 1, "before anybody has followed")
        try await writer.words.refresh()
        let revision = writer.words.revision
        #expect(try await follower.follow() > 0)
        try await writer.words.refresh()
        #expect(writer.words.revision == revision, "what is there is not written again")
        #expect(try await reader.areLevel)
        try await writer.take(TestPage(id: "1", version: 2, body: "<p>The dam holds.</p>"))
        #expect(try await reader.found("wheel") == 0)
        #expect(try await reader.found("race") == 0)
        #expect(try await reader.found("dam") == 1)
        try await follower.follow()
        #expect(try await reader.areLevel)
    }

    @Test func `are levelled by any process with what nobody has taken in`() async throws {
        let schema = try TestSchema(.v16)
        let one = try await Sharer(schema)
        try await one.take(
            TestPage(id: "1", body: "<p>The wheel turns.</p>", labels: ["water"]),
            TestPage(id: "2", body: "<p>The race.</p>"))
        // Of a process that was killed between the database's commit and the words.
        let place = DocumentPlace(spaceKey: "OPS", ancestors: [], labels: ["grain"])
        try await one.bench.store.update([DocumentUpdate(id: "1", place: place)])
        _ = try await one.bench.store.removeDocuments(["2"])
        #expect(try await one.found("race") == 1)
        let other = try await Sharer(schema)
        let change = try await other.level()
        #expect(change.added == 0 && change.removed == 1 && change.renewed == 1)
        #expect(try await one.found("race") == 0)
        #expect(try await one.found("water") == 0)
        #expect(try await one.found("grain") == 1)
        #expect(try await other.areLevel)
    }

    @Test func `go on from the change that another process noted`() async throws {
        let schema = try TestSchema(.v18)
        let one = try await Sharer(schema)
        #expect(one.words.level == nil)
        try await one.take(TestPage(id: "1", body: "<p>The wheel turns.</p>"))
        _ = try await one.level()
        let other = try await Sharer(schema)
        #expect(other.words.level == (try await other.bench.store.changeSequence()))
        let change = try await other.level()
        #expect(change == (0, 0, 0))
    }
}
