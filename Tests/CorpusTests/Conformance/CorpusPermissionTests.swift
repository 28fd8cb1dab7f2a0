import Corpus
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `What a reader may see` {
    private let omar = Reader([.user("omar"), .group("payments")])
    private let lena = Reader([.user("lena")])
    private let secret = AccessRule(allOf: [[.signedIn], [.group("payments"), .user("priya")]])

    private func sample(_ engine: CorpusEngine) async throws -> (SampleCorpus, [Int64]) {
        let sample = try await SampleCorpus(engine)
        try await sample.put("open", ["the dam is open to all"], title: "Open dam")
        let ids = try await sample.put(
            "secret", ["the dam costs nine million"], title: "Secret dam", readers: secret
        ).added
        return (sample, ids)
    }

    @Test(arguments: CorpusEngine.all)
    func `neither search, chunk, context, title nor count shows what may not be read`(engine: CorpusEngine)
        async throws
    {
        let (sample, ids) = try await sample(engine)
        for reader in [lena, .anonymous] {
            #expect(try await sample.find("dam million", reader) == ["open"])
            #expect(try await sample.store.chunks(ids, reader: reader).isEmpty)
            #expect(try await sample.store.context(ofChunk: ids[0], reader: reader) == nil)
            #expect(try await sample.store.recentTitles(reader: reader, limit: 9) == ["Open dam"])
            #expect(try await sample.store.summary(reader: reader).documents == 1)
            let allowed = try await sample.store.chunkIDs(readableBy: reader, model: SampleCorpus.model)
            #expect(Set(allowed).isDisjoint(with: ids))
        }
        #expect(Set(try await sample.find("dam million", omar)) == ["open", "secret"])
        #expect(try await sample.store.summary(reader: omar).documents == 2)
    }

    @Test(arguments: CorpusEngine.all)
    func `a change of readers alone takes effect at once and embeds nothing`(engine: CorpusEngine)
        async throws
    {
        let (sample, ids) = try await sample(engine)
        try await sample.store.setReaders(.everybody, ofDocument: "secret")
        #expect(try await sample.store.chunks(ids, reader: lena).count == 1)
        try await sample.store.setReaders(.nobody, ofDocument: "secret")
        #expect(try await sample.store.chunks(ids, reader: omar).isEmpty)
        #expect(try await sample.find("million", omar).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `equal rules share one class, and a rule added later is seen`(engine: CorpusEngine) async throws {
        let (sample, _) = try await sample(engine)
        let before = try await sample.store.accessClasses(satisfiedBy: omar)
        try await sample.put("third", ["dam"], readers: secret)
        #expect(try await sample.store.accessClasses(satisfiedBy: omar) == before)
        try await sample.put("fourth", ["dam"], readers: AccessRule(allOf: [[.user("omar")]]))
        #expect(try await sample.store.accessClasses(satisfiedBy: omar).count == before.count + 1)
    }
}
