import Corpus
import CorpusSQLite
import EngineSupport
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
        CorpusEngine(testDescription: "PostgreSQL of the distribution") {
            try await TestSchema(.distribution).corpus()
        },
        CorpusEngine(testDescription: "PostgreSQL 16") { try await TestSchema(.v16).corpus() },
        CorpusEngine(testDescription: "PostgreSQL 18") { try await TestSchema(.v18).corpus() },
    ]

    /// Removed with the process: a corpus may live as long as its test likes.
    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: CorpusEngine.folder) }
        return FileManager.default.temporaryDirectory.appending(path: "millrace-engines-\(UUID().uuidString)")
    }()
}
