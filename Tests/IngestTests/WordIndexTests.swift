import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Testing
import Text
import TextIndex

@testable import Ingest

@Suite(.timeLimit(.minutes(2))) struct `The index of words` {
    private func found(_ word: String, _ bench: PipelineBench) throws -> Set<Int64> {
        let matches = try bench.words.store.search(TextQuery(QueryAnalysis(word)), limit: 100, filter: nil)
        return Set(matches.map { Int64($0.id) })
    }

    private func chunks(_ id: String, _ bench: PipelineBench) async throws -> Set<Int64> {
        Set(try await bench.store.chunkIDs(ofDocuments: [id], model: bench.embedder.model.name))
    }

    @Test(arguments: StorageEngine.allCases)
    func `it follows what an ingest stores, changes and removes`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([
            TestPage(id: "1", title: "Mill", body: "<p>The wheel turns.</p>"),
            TestPage(id: "2", body: "<p>The race flows.</p>"),
        ])
        #expect(try found("wheels", bench) == (try await chunks("1", bench)))
        #expect(try found("mill", bench) == (try await chunks("1", bench)))
        _ = await bench.run([TestPage(id: "1", title: "Mill", version: 2, body: "<p>The dam holds.</p>")])
        #expect(try found("wheel", bench).isEmpty)
        #expect(try found("race", bench).isEmpty)
        #expect(try found("dam", bench) == (try await chunks("1", bench)))
        let stored = try await bench.store.chunkIDs(model: bench.embedder.model.name)
        #expect(Set(bench.words.store.ids().map { Int64($0) }) == stored)
    }

    @Test(arguments: StorageEngine.allCases)
    func `labels that change without the text are found`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([TestPage(id: "1", body: "<p>The wheel turns.</p>", labels: ["water"])])
        #expect(try found("water", bench) == (try await chunks("1", bench)))
        _ = await bench.run([TestPage(id: "1", body: "<p>The wheel turns.</p>", labels: ["grain"])])
        #expect(try found("water", bench).isEmpty)
        #expect(try found("grain", bench) == (try await chunks("1", bench)))
    }

    @Test(arguments: StorageEngine.allCases)
    func `an index that missed changes is levelled, labels too`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([
            TestPage(id: "1", body: "<p>The wheel turns.</p>"), TestPage(id: "2", body: "<p>The dam.</p>"),
        ])
        let place = DocumentPlace(spaceKey: "OPS", ancestors: [], labels: ["grain"])
        try await bench.store.update([DocumentUpdate(id: "1", place: place)])
        _ = try await bench.store.removeDocuments(["2"])
        let model = bench.embedder.model.name
        let change = try await TextIndexSync.level(store: bench.store, index: bench.words, model: model)
        #expect(change == (0, 1, 1))
        #expect(try found("grain", bench) == (try await chunks("1", bench)))
        let again = try await TextIndexSync.level(store: bench.store, index: bench.words, model: model)
        #expect(again == (0, 0, 0))
    }

    @Test(arguments: StorageEngine.allCases)
    func `a new index is filled from the database alone`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([TestPage(id: "1", body: "<p>The wheel turns.</p>", labels: ["grain"])])
        let folder = try TemporaryDirectory()
        let model = bench.embedder.model.name
        do {
            let store = try LocalTextStore(directory: folder.url)
            let change = try await TextIndexSync.level(
                store: bench.store, index: WordIndex(store), model: model)
            #expect(change.added == 1)
            let query = TextQuery(QueryAnalysis("wheel grain"))
            #expect(try store.search(query, limit: 9) == (try bench.words.store.search(query, limit: 9)))
        }
        let reopened = WordIndex(try LocalTextStore(directory: folder.url))
        #expect(reopened.levelledUpTo == (try await bench.store.changeSequence()))
        let change = try await TextIndexSync.level(store: bench.store, index: reopened, model: model)
        #expect(change == (0, 0, 0))
    }
}
