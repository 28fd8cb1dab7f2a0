import Foundation
import GRDB
import TestSupport
import Testing
import Workspace

@testable import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `The file of a workspace` {
    @Test func `holds what was stored when it is opened again, by several at once`() async throws {
        let folder = try TemporaryDirectory()
        do {
            let workspace = try SQLiteWorkspace.open(at: folder.url)
            try await workspace.append([Sample.message("1", in: Sample.key("s"), "kept")])
        }
        let first = try SQLiteWorkspace.open(at: folder.url)
        let second = try SQLiteWorkspace.open(at: folder.url)
        try await first.append([Sample.message("2", in: Sample.key("s"), "by the first")])
        try await second.append([Sample.message("3", in: Sample.key("s"), "by the second")])
        for workspace in [first, second] {
            let texts = try await workspace.messages(of: Sample.key("s"), before: nil, limit: 9).map(\.text)
            #expect(texts == ["kept", "by the first", "by the second"])
        }
        _ = try await first.enqueue(Sample.run("1"), key: nil)
        let lease = try #require(try await second.lease().first).lease
        #expect(try await first.lease().isEmpty)
        try await first.end(lease)
        #expect(try await second.run("1", for: Sample.ann).state == .finished)
    }

    @Test func `is made once by many who open it at the same time`() async throws {
        let folder = try TemporaryDirectory().url
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await atOnce(0..<8) { number in
            let workspace = try SQLiteWorkspace.open(at: folder)
            _ = try await workspace.enqueue(Sample.run("\(number)"), key: nil)
        }
        #expect(try await SQLiteWorkspace.open(at: folder).runCounts()[.queued] == 8)
    }

    @Test func `has on the disk what was acknowledged`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        let (mode, journal) = try await workspace.write { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode")
            )
        }
        #expect(mode == 2, "FULL")
        #expect(journal == "wal")
    }

    @Test func `waits for the disk with each write that asks for it, whatever came before`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        let kinds: [GroupCommit.Durability] = [.process, .process, .power, .power, .process, .power]
        var levels: [Int?] = []
        for kind in kinds {
            levels.append(
                try await workspace.writes.write(kind) { try Int.fetchOne($0, sql: "PRAGMA synchronous") })
        }
        #expect(levels == [1, 1, 2, 2, 1, 2])
    }

    @Test func `of a newer version is refused, and stays as it was`() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appending(path: SQLiteWorkspace.fileName)
        do {
            let workspace = try SQLiteWorkspace.open(at: folder.url)
            try await workspace.write { db in
                try db.execute(
                    sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99-from-the-future')")
            }
        }
        let error = WorkspaceError.newerSchema(path: file.path, unknownMigrations: ["99-from-the-future"])
        #expect(throws: error) { _ = try SQLiteWorkspace.open(at: folder.url) }
        #expect("\(error)".contains("newer Millrace") && "\(error)".contains(file.path))
    }

    @Test func `that is no database is named, and stays as it was`() throws {
        let folder = try TemporaryDirectory()
        let garbage = "this is no database, however long one looks at it"
        let file = try folder.write(garbage, to: SQLiteWorkspace.fileName)
        do {
            _ = try SQLiteWorkspace.open(at: folder.url)
            Issue.record("a text file was opened as a database")
        } catch {
            guard case .damaged(let path, _) = error else { throw error }
            #expect(path == file.path)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == garbage)
    }

    @Test func `in no folder is refused by name`() throws {
        let folder = try TemporaryDirectory().url.appending(path: "none")
        do {
            _ = try SQLiteWorkspace.open(at: folder)
            Issue.record("a workspace was opened in a folder that is not there")
        } catch {
            guard case .unwritable(let path, _) = error else { throw error }
            #expect(path.hasPrefix(folder.path))
        }
    }

    @Test func `that finds no room says so, keeps what was there and goes on`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        try await workspace.append([Sample.message("1", in: Sample.key("s"), "before")])
        let pages = try await workspace.limitPages(beyondUsed: 20)
        let large = Sample.message("2", in: Sample.key("s"), String(repeating: "x", count: 1_000_000))
        await #expect(throws: WorkspaceError.diskFull(path: workspace.path)) {
            try await workspace.append([large])
        }
        try await workspace.append([Sample.message("3", in: Sample.key("s"), "small")])
        try await workspace.setPageLimit(pages)
        try await workspace.append([large])
        #expect(
            try await workspace.messages(of: Sample.key("s"), before: nil, limit: 9).map(\.id)
                == ["1", "3", "2"])
    }
}

extension SQLiteWorkspace {
    /// Leaves so little room that a large write finds none. - Returns: the limit of before.
    func limitPages(beyondUsed count: Int) async throws -> Int {
        let used = try await write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        let before = try await write { try Int.fetchOne($0, sql: "PRAGMA max_page_count") ?? 0 }
        try await setPageLimit(used + count)
        return before
    }

    func setPageLimit(_ count: Int) async throws {
        try await write { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(count)") }
    }
}
