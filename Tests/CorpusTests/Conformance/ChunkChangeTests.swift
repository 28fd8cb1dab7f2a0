import Corpus
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `What a corpus tells of its changes` {
    private func changes(
        _ sample: SampleCorpus, after sequence: Int64
    ) async throws -> [ChunkChange]? {
        try await sample.store.withSnapshot(for: sample.store.scope(for: .anonymous)) {
            try $0.changes(after: sequence, model: SampleCorpus.model)
        }
    }

    private func sequence(_ sample: SampleCorpus) async throws -> Int64 {
        try await sample.store.withSnapshot(for: sample.store.scope(for: .anonymous)) {
            try $0.changeSequence()
        }
    }

    @Test(arguments: CorpusEngine.all)
    func `a chunk that comes, changes its readers and goes is told each time`(engine: CorpusEngine)
        async throws
    {
        let sample = try await SampleCorpus(engine)
        #expect(try await sequence(sample) == 0)
        let id = try await sample.put("1", ["the dam"]).added[0]
        let came = try #require(try await changes(sample, after: 0)).filter { $0.chunkID == id }
        #expect(came.map(\.before) == [nil])
        let open = try #require(came[0].after)
        let between = try await sequence(sample)
        try await sample.store.setReaders(.nobody, ofDocument: "1")
        let closed = try #require(try await changes(sample, after: between)).filter { $0.chunkID == id }
        #expect(closed.map(\.before) == [open])
        #expect(closed[0].after != open)
        let before = try await sequence(sample)
        _ = try await sample.store.removeDocuments(["1"])
        let gone = try #require(try await changes(sample, after: before)).filter { $0.chunkID == id }
        #expect(gone.map(\.before) == [closed[0].after])
        #expect(gone.map(\.after) == [nil])
    }

    @Test(arguments: CorpusEngine.all)
    func `a document that moves is told without its chunks`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["the dam"])
        let before = try await sequence(sample)
        try await sample.store.update([
            DocumentUpdate(id: "1", place: DocumentPlace(spaceKey: "HR", ancestors: [], labels: ["x"]))
        ])
        let told = try #require(try await changes(sample, after: before))
        #expect(told.map(\.documentID) == ["1"])
        #expect(told.map(\.chunkID) == [nil])
    }

    @Test(arguments: CorpusEngine.all)
    func `readers that are set as they were change nothing`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["the dam"])
        let before = try await sequence(sample)
        try await sample.store.setReaders(.everybody, ofDocument: "1")
        #expect(try await changes(sample, after: before)?.isEmpty == true)
    }

    @Test(arguments: CorpusEngine.all)
    func `whoever missed too many changes is told so, and the rest are kept within bounds`(
        engine: CorpusEngine
    )
        async throws
    {
        let sample = try await SampleCorpus(engine)
        // Every replacement of 2,000 chunks tells 4,000 changes and one of the document.
        let texts = (0..<2_000).map { "word \($0)" }
        for _ in 0..<36 { try await sample.put("1", texts) }
        #expect(try await changes(sample, after: 0) == nil)
        let last = try await sequence(sample)
        #expect(last > 131_072)
        let recent = try #require(try await changes(sample, after: last - 60_000))
        #expect(recent.count == 60_000)
        #expect(recent.map(\.sequence) == Array((last - 59_999)...last))
    }

    @Test(arguments: CorpusEngine.all)
    func `counts and titles follow every change, whoever asks`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let lead = Reader([.group("leads")])
        try await sample.put("1", ["a", "b"], title: "One", updated: Date(timeIntervalSince1970: 1))
        try await sample.put(
            "2", ["c"], title: "Two", readers: AccessRule(allOf: [[.group("leads")]]),
            updated: Date(timeIntervalSince1970: 2))
        for _ in 0..<2 {
            #expect(try await sample.store.summary(reader: .anonymous).chunks == 2)
            #expect(try await sample.store.summary(reader: lead).chunks == 3)
            #expect(try await sample.store.recentTitles(reader: lead, limit: 9) == ["Two", "One"])
        }
        try await sample.store.update([
            DocumentUpdate(
                id: "1", readers: AccessRule(allOf: [[.group("leads")]]),
                place: DocumentPlace(spaceKey: "HR", ancestors: []))
        ])
        #expect(try await sample.store.summary(reader: .anonymous).documents == 0)
        #expect(try await sample.store.recentTitles(reader: .anonymous, limit: 9).isEmpty)
        let spaces = try await sample.store.summary(reader: lead).spaces
        #expect(spaces.map(\.space.key) == ["ENG", "HR"])
        #expect(spaces.map(\.documents) == [1, 1])
    }

    @Test(arguments: CorpusEngine.all)
    func `the rights of a request stay as they were when it first looked`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["dam"])
        let omar = Reader([.user("omar")])
        let scope = sample.store.scope(for: omar)
        let before = try await sample.store.withSnapshot(for: scope) { $0.classes }
        let own = AccessRule(allOf: [[.user("omar")]])
        let ids = try await sample.put("2", ["dam"], readers: own).added
        #expect(try await sample.store.withSnapshot(for: scope) { $0.classes } == before)
        #expect(try await sample.store.chunks(ids, scope: scope).isEmpty)
        #expect(try await sample.store.chunks(ids, reader: omar).count == 1)
    }
}
