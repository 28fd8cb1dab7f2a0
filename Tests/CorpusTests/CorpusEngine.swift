import Backends
import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

/// Something that keeps a corpus. Whatever stands in the folder Conformance holds for every one of them.
struct CorpusEngine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A new, empty corpus.
    let open: @Sendable () async throws -> any CorpusStore

    static let all = [
        CorpusEngine(testDescription: "SQLite in memory") { try SQLiteCorpus.inMemory() },
        CorpusEngine(testDescription: "SQLite in a folder") {
            try SQLiteCorpus.open(at: DataFolder(folder.appending(path: UUID().uuidString)))
        },
        CorpusEngine(testDescription: "PostgreSQL 16") { try await postgres(.v16) },
        CorpusEngine(testDescription: "PostgreSQL 18") { try await postgres(.v18) },
    ]

    private static func postgres(_ version: PostgresServer.Version) async throws -> PostgresCorpus {
        let server = try PostgresServer.shared(version)
        let settings = PostgresSettings(
            host: server.host, port: server.port, database: server.database, user: server.user,
            password: { server.password }, tls: .disable, schema: PostgresServer.freshSchema())
        let corpus = PostgresCorpus(PostgresPool(settings, size: 4))
        try await corpus.open()
        return corpus
    }

    /// Removed with the process: a corpus may live as long as its test likes.
    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: CorpusEngine.folder) }
        return FileManager.default.temporaryDirectory.appending(path: "millrace-engines-\(UUID().uuidString)")
    }()
}
