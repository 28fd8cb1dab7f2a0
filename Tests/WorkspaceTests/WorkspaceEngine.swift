import Backends
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
        WorkspaceEngine(testDescription: "PostgreSQL 16") { try await postgres(.v16) },
        WorkspaceEngine(testDescription: "PostgreSQL 18") { try await postgres(.v18) },
    ]

    /// Those that put word of each run that waits into an outbox.
    static let announcing = [
        WorkspaceEngine(testDescription: "SQLite in memory") {
            try SQLiteWorkspace.inMemory(announcesRuns: true, now: { Sample.now })
        },
        WorkspaceEngine(testDescription: "PostgreSQL 16") {
            try await postgres(.v16, announcesRuns: true)
        },
        WorkspaceEngine(testDescription: "PostgreSQL 18") {
            try await postgres(.v18, announcesRuns: true)
        },
    ]

    private static func postgres(
        _ version: PostgresServer.Version, announcesRuns: Bool = false
    ) async throws -> PostgresWorkspace {
        let server = try PostgresServer.shared(version)
        let settings = PostgresSettings(
            host: server.host, port: server.port, database: server.database, user: server.user,
            password: { server.password }, tls: .disable, schema: PostgresServer.freshSchema())
        let workspace = PostgresWorkspace(
            PostgresPool(settings, size: 4), announcesRuns: announcesRuns, now: { Sample.now })
        try await workspace.open()
        return workspace
    }

    /// Removed with the process: a workspace may live as long as its test likes.
    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: WorkspaceEngine.folder) }
        return FileManager.default.temporaryDirectory.appending(
            path: "millrace-workspaces-\(UUID().uuidString)")
    }()
}
