import Corpus
import Testing

@Suite struct `What a reader may see` {
    private let omar = Reader([.user("omar"), .group("payments")])
    private let lena = Reader([.user("lena")])
    private let secret = AccessRule(allOf: [[.signedIn], [.group("payments"), .user("priya")]])

    private func sample() throws -> (SampleCorpus, [Int64]) {
        let sample = try SampleCorpus()
        try sample.put("open", ["the dam is open to all"], title: "Open dam")
        let ids = try sample.put(
            "secret", ["the dam costs nine million"], title: "Secret dam", readers: secret
        ).added
        return (sample, ids)
    }

    @Test func `neither search, chunk, context, title nor count shows what may not be read`() throws {
        let (sample, ids) = try sample()
        for reader in [lena, .anonymous] {
            #expect(try sample.find("dam million", ChunkFilter(reader: reader)) == ["open"])
            #expect(try sample.store.chunks(ids, reader: reader).isEmpty)
            #expect(try sample.store.context(ofChunk: ids[0], reader: reader) == nil)
            #expect(try sample.store.recentTitles(reader: reader, limit: 9) == ["Open dam"])
            #expect(try sample.store.summary(reader: reader).documents == 1)
            let allowed = try sample.store.chunkIDs(
                matching: ChunkFilter(reader: reader), model: SampleCorpus.model)
            #expect(Set(allowed.ids).isDisjoint(with: ids))
        }
        #expect(Set(try sample.find("dam million", ChunkFilter(reader: omar))) == ["open", "secret"])
        #expect(try sample.store.summary(reader: omar).documents == 2)
    }

    @Test func `a change of readers alone takes effect at once and embeds nothing`() throws {
        let (sample, ids) = try sample()
        try sample.store.setReaders(.everybody, ofDocument: "secret")
        #expect(try sample.store.chunks(ids, reader: lena).count == 1)
        try sample.store.setReaders(.nobody, ofDocument: "secret")
        #expect(try sample.store.chunks(ids, reader: omar).isEmpty)
        #expect(try sample.find("million", ChunkFilter(reader: omar)).isEmpty)
    }

    @Test func `equal rules share one class, and a rule added later is seen`() throws {
        let (sample, _) = try sample()
        let before = try sample.store.accessClasses(satisfiedBy: omar)
        try sample.put("third", ["dam"], readers: secret)
        #expect(try sample.store.accessClasses(satisfiedBy: omar) == before)
        try sample.put("fourth", ["dam"], readers: AccessRule(allOf: [[.user("omar")]]))
        #expect(try sample.store.accessClasses(satisfiedBy: omar).count == before.count + 1)
    }
}
