import Corpus
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `The facts that searches count documents by` {
    private func facts(
        _ sample: SampleCorpus, _ ids: [String] = ["1", "2"], _ reader: Reader = .anonymous
    ) async throws -> [String: DocumentFacts] {
        try await sample.store.withSnapshot(for: sample.store.scope(for: reader)) { snapshot in
            Dictionary(
                try snapshot.facts(ofDocuments: ids).map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        }
    }

    private func documents(
        _ sample: SampleCorpus, _ chunks: [Int64], _ reader: Reader = .anonymous
    ) async throws -> [Int64: String] {
        try await sample.store.withSnapshot(for: sample.store.scope(for: reader)) {
            try $0.documentIDs(ofChunks: chunks)
        }
    }

    @Test(arguments: CorpusEngine.all)
    func `are those of this moment, however often they were asked for`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["the dam"], title: "Dam", labels: ["water"])
        for _ in 0..<2 {
            let found = try #require(try await facts(sample)["1"])
            #expect(found.title == "Dam" && found.labels == ["water"])
            #expect(found.spaceKey == "ENG" && found.spaceName == "Engineering")
            #expect(try await facts(sample).count == 1)
        }
        try await sample.put("1", ["the dam"], title: "Weir", labels: ["stone", "water"], kind: .blogPost)
        let renamed = try #require(try await facts(sample)["1"])
        #expect(renamed.title == "Weir" && renamed.labels.sorted() == ["stone", "water"])
        #expect(renamed.kind == .blogPost)
        let place = DocumentPlace(spaceKey: "HR", ancestors: [], labels: ["moved"])
        try await sample.store.update([DocumentUpdate(id: "1", place: place)])
        let moved = try #require(try await facts(sample)["1"])
        #expect(moved.spaceKey == "HR" && moved.spaceName == "People" && moved.labels == ["moved"])
        try await sample.store.upsert(space: Space(key: "HR", name: "Everybody"))
        #expect(try await facts(sample)["1"]?.spaceName == "Everybody")
        _ = try await sample.store.removeDocuments(["1"])
        #expect(try await facts(sample).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `are nobody's but the readers'`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let chunks = try await sample.put("1", ["the dam", "the weir"]).added
        #expect(try await facts(sample).count == 1)
        #expect(try await documents(sample, chunks).count == 2)
        try await sample.store.setReaders(AccessRule(allOf: [[.user("ann")]]), ofDocument: "1")
        #expect(try await facts(sample).isEmpty)
        #expect(try await documents(sample, chunks).isEmpty)
        let ann = Reader([.user("ann")])
        #expect(try await facts(sample, ["1"], ann).count == 1)
        #expect(try await documents(sample, chunks, ann) == [chunks[0]: "1", chunks[1]: "1"])
        try await sample.store.setReaders(.nobody, ofDocument: "1")
        #expect(try await facts(sample, ["1"], ann).isEmpty)
        #expect(try await documents(sample, chunks, ann).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `of passages that are gone tell of no document`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let old = try await sample.put("1", ["the dam"]).added
        #expect(try await documents(sample, old) == [old[0]: "1"])
        let new = try await sample.put("1", ["the weir"]).added
        #expect(try await documents(sample, old + new) == [new[0]: "1"])
    }
}
