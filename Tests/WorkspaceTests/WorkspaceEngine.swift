import EngineSupport
import Foundation
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

/// Something that keeps a workspace. Whatever stands in the folder Conformance holds for every one of them.
struct WorkspaceEngine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A new, empty workspace, whose own clock stands still at ``Sample/now``.
    let open: @Sendable () async throws -> any WorkspaceDatabase

    static let all = [
        WorkspaceEngine(testDescription: "SQLite in memory") {
            try SQLiteWorkspace.inMemory(now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "SQLite in a folder") {
            let url = folder.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            return try SQLiteWorkspace.open(at: url, now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL of the distribution") {
            try await TestSchema(.distribution).workspace(now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL 16") {
            try await TestSchema(.v16).workspace(now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL 18") {
            try await TestSchema(.v18).workspace(now: { Sample.now })
        },
    ]

    /// Those that put word of each run that waits into an outbox.
    static let announcing = [
        WorkspaceEngine(testDescription: "SQLite in memory") {
            try SQLiteWorkspace.inMemory(announcesRuns: true, now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL of the distribution") {
            try await TestSchema(.distribution).workspace(announcesRuns: true, now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL 16") {
            try await TestSchema(.v16).workspace(announcesRuns: true, now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL 18") {
            try await TestSchema(.v18).workspace(announcesRuns: true, now: { Sample.now })
        },
    ]

    /// Removed with the process: a workspace may live as long as its test likes.
    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: WorkspaceEngine.folder) }
        return FileManager.default.temporaryDirectory.appending(
            path: "millrace-workspaces-\(UUID().uuidString)")
    }()
}
