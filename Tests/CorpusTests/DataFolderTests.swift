import Corpus
import CorpusSQLite
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct `The data folder` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID())")

    @Test func `a second holder is refused until the first one lets go`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let first = try DataFolder(folder)
            #expect(throws: CorpusError.folderInUse(path: folder.path, processID: getpid())) {
                try DataFolder(folder)
            }
            withExtendedLifetime(first) {}
        }
        _ = try DataFolder(folder)
    }

    @Test func `what was stored is there when the folder is opened again`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let sample = try await SampleCorpus(SQLiteCorpus.open(at: DataFolder(folder)))
            try await sample.put("1", ["the dam holds"])
            try await sample.store.setState("synced_at", "now")
        }
        let store = try SQLiteCorpus.open(at: DataFolder(folder))
        #expect(try await store.storedVersions() == ["1": 1])
        #expect(try await store.state("synced_at") == "now")
        #expect(try await store.storedDocument(id: "1")?.readers == .everybody)
    }

    @Test func `a file that is no database is named, and stays as it was`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("corpus.sqlite")
        let garbage = Data("this is no database, however long one looks at it".utf8)
        try garbage.write(to: file)
        do {
            _ = try SQLiteCorpus.open(at: DataFolder(folder))
            Issue.record("a text file was opened as a database")
        } catch CorpusError.damaged(let path, _) {
            #expect(path == file.path)
        }
        #expect(try Data(contentsOf: file) == garbage)
    }

    @Test func `a folder that cannot be made is named`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-file-\(UUID())")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: CorpusError.self) { try DataFolder(file.appendingPathComponent("below")) }
    }
}
