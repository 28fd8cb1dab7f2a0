import Corpus
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct `The evidence that is kept of passages` {
    /// What both ways of asking give, which must be the same.
    private func evidence(
        _ sample: SampleCorpus, _ chunks: [Int64], _ reader: Reader = .anonymous
    ) async throws -> [Int64: Data] {
        let (owned, lent) = try await sample.store.withSnapshot(for: sample.store.scope(for: reader)) {
            snapshot -> ([Int64: Data], [Int64: Data]) in
            var lent: [Int64: Data] = [:]
            try snapshot.withEvidence(ofChunks: chunks) { lent[$0] = Data(Array($1)) }
            return (try snapshot.evidence(ofChunks: chunks), lent)
        }
        #expect(owned == lent)
        return owned
    }

    private func save(_ sample: SampleCorpus, _ texts: [String: String], rules: Int = 1) async throws {
        let hashed = texts.map { (ContentHash.of("Page\n" + $0.key), Data($0.value.utf8)) }
        try await sample.store.saveEvidence(
            Dictionary(hashed, uniquingKeysWith: { $1 }), model: SampleCorpus.model, rules: rules)
    }

    @Test(arguments: CorpusEngine.all)
    func `is that of this moment, however often it was asked for`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let chunks = try await sample.put("1", ["the dam", "the weir", "the lock"]).added
        try await save(sample, ["the dam": "first", "the weir": "second"])
        let first = [chunks[0]: Data("first".utf8), chunks[1]: Data("second".utf8)]
        for _ in 0..<3 { #expect(try await evidence(sample, chunks) == first) }
        // Made anew in another order, so that what stood in one row may now stand in the other's.
        try await save(sample, ["the weir": "a longer second"], rules: 2)
        try await save(sample, ["the dam": "new"], rules: 2)
        let second = [chunks[0]: Data("new".utf8), chunks[1]: Data("a longer second".utf8)]
        for _ in 0..<3 { #expect(try await evidence(sample, chunks) == second) }
        try await save(sample, ["the lock": "third"])
        for _ in 0..<2 { #expect(try await evidence(sample, chunks)[chunks[2]] == Data("third".utf8)) }
        #expect(try await evidence(sample, []).isEmpty)
        #expect(try await evidence(sample, [chunks[0], 1 << 40]).count == 1)
    }

    @Test(arguments: CorpusEngine.all)
    func `is shared by passages of one text, and nobody's but their readers'`(
        engine: CorpusEngine
    ) async throws {
        let sample = try await SampleCorpus(engine)
        let open = try await sample.put("1", ["the dam"]).added
        let closed = try await sample.put(
            "2", ["the dam"], readers: AccessRule(allOf: [[.user("ann")]])
        ).added
        try await save(sample, ["the dam": "both"])
        let ann = Reader([.user("ann")])
        for _ in 0..<2 {
            #expect(try await evidence(sample, open + closed).keys.sorted() == open)
            #expect(try await evidence(sample, open + closed, ann).count == 2)
        }
        try await sample.store.setReaders(.nobody, ofDocument: "2")
        #expect(try await evidence(sample, open + closed, ann).keys.sorted() == open)
        _ = try await sample.store.removeDocuments(["1"])
        #expect(try await evidence(sample, open + closed, ann).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `follows passages that are removed and others that come in their place`(
        engine: CorpusEngine
    ) async throws {
        let sample = try await SampleCorpus(engine)
        let before = try await sample.put("1", ["the dam", "the weir"]).added
        try await save(sample, ["the dam": "dam", "the weir": "weir"])
        #expect(try await evidence(sample, before).count == 2)
        let after = try await sample.put("1", ["the lock", "the dam"]).added
        _ = try await sample.store.removeUnusedEmbeddings()
        try await save(sample, ["the lock": "lock"])
        let found = try await evidence(sample, before + after)
        #expect(found == [after[0]: Data("lock".utf8), after[1]: Data("dam".utf8)])
    }
}
