import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A corpus that is only looked at` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func fill(_ store: SQLiteCorpus) async throws {
        let sample = try await SampleCorpus(store)
        try await sample.put("1", ["the dam holds", "the wheel turns"])
        try await sample.store.setState("synced_at", "2026-01-31T12:00:00Z")
    }

    /// What is found in a folder, in which nothing may change by it.
    private func look(at folder: URL) async throws -> CorpusInspection? {
        let before = try FolderState(folder)
        let inspection = try await CorpusInspection.read(folder: folder)
        #expect(try FolderState(folder).changes(since: before) == [])
        return inspection
    }

    private func expectFilled(_ inspection: CorpusInspection?) {
        #expect(inspection?.documentCount == 1)
        #expect(inspection?.chunkCounts == [SampleCorpus.model: 2])
        #expect(inspection?.lastSync == "2026-01-31T12:00:00Z")
        #expect(inspection?.pendingMigrations == [])
        #expect(inspection?.leavesOutLog == false)
    }

    @Test func `tells what it holds when nobody has it open`() async throws {
        try await fill(SQLiteCorpus.open(at: DataFolder(folder.url)))
        expectFilled(try await look(at: folder.url))
    }

    @Test func `tells what it holds while it is open`() async throws {
        let store = try SQLiteCorpus.open(at: DataFolder(folder.url))
        try await fill(store)
        // Within one process SQLite has one shared memory, and notes its readers there. Beside another process it
        // only reads it: see the tests of `millrace doctor`.
        let inspection = try await CorpusInspection.read(folder: folder.url)
        expectFilled(inspection)
        #expect(try await inspection?.generation == store.generation)
    }

    /// The folder of an open corpus as a kill would leave it: its changes are in the log.
    private func killed(without suffix: String? = nil) async throws -> URL {
        let store = try SQLiteCorpus.open(at: DataFolder(folder.url.appendingPathComponent("open")))
        try await fill(store)
        let copy = folder.url.appendingPathComponent("killed")
        try FileManager.default.copyItem(at: folder.url.appendingPathComponent("open"), to: copy)
        if let suffix {
            try FileManager.default.removeItem(
                at: copy.appendingPathComponent(SQLiteCorpus.fileName + suffix))
        }
        return copy
    }

    @Test func `tells what the log of a killed process holds`() async throws {
        expectFilled(try await look(at: try await killed()))
    }

    @Test func `leaves out a log without its shared memory, and says so`() async throws {
        let inspection = try await look(at: try await killed(without: "-shm"))
        #expect(inspection?.leavesOutLog == true)
    }

    @Test func `is not there where there is no database, and is not made`() async throws {
        #expect(try await look(at: folder.url) == nil)
        let absent = folder.url.appendingPathComponent("absent")
        #expect(try await look(at: absent) == nil)
        #expect(!FileManager.default.fileExists(atPath: absent.path))
    }

    @Test func `of an earlier schema stays of that schema, and names the steps to come`() async throws {
        try FileManager.default.copyItem(
            at: Fixtures.url("corpus/schema-2.sqlite"),
            to: folder.url.appendingPathComponent(SQLiteCorpus.fileName))
        let inspection = try #require(try await look(at: folder.url))
        #expect(inspection.pendingMigrations.first == "3-sync")
        #expect(inspection.documentCount == 1)
    }

    @Test func `that is no database is named`() async throws {
        let file = try folder.write("no database, however long one looks at it", to: SQLiteCorpus.fileName)
        let error = await #expect(throws: CorpusError.self) { try await look(at: folder.url) }
        guard case .damaged(file.path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `in a folder with signs of a URL is found`() async throws {
        let odd = folder.url.appendingPathComponent("50% off? #1 ü")
        try await fill(SQLiteCorpus.open(at: DataFolder(odd)))
        expectFilled(try await look(at: odd))
    }
}
