import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

/// Databases of earlier versions, with data in them.
@Suite(.timeLimit(.minutes(2))) struct `Migrations` {
    @Test func `a database of the second schema is opened with what it holds`() async throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.copyItem(
            at: Fixtures.url("corpus/schema-2.sqlite"), to: folder.url.appending(path: "corpus.sqlite"))
        let store = try SQLiteCorpus.open(at: try DataFolder(folder.url))
        let reader = Reader([.group("ops")])
        let ids = try await store.chunkIDs(model: "test").sorted()
        let chunk = try #require(try await store.chunks(ids, reader: reader).first)
        #expect(chunk.text == "Open the valve first.")
        #expect(chunk.section == nil)
        // Where the section is not known, the passage stands for it.
        #expect(try await store.context(ofChunk: chunk.id, reader: reader)?.section == chunk.text)
        #expect(try await store.chunks(ids, reader: .anonymous).isEmpty)
        #expect(try await store.storedDocument(id: "1")?.readers == AccessRule(allOf: [[.group("ops")]]))
        #expect(try await store.includablePage(title: "Pumps", spaceKey: "ENG") == nil)
        #expect(try await store.documentsWithStaleInclusions().isEmpty)
    }
}
