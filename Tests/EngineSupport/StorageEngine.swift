import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Workspace
import WorkspaceSQLite

/// What keeps a test's documents, and what people make beside them. What is tested over one holds for the other too.
public enum StorageEngine: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite = "SQLite"
    case postgres = "PostgreSQL"

    public var description: String { rawValue }

    /// An empty corpus, which goes with its last reference.
    public func corpus() async throws -> any CorpusStore {
        switch self {
        case .sqlite: return try SQLiteCorpus.inMemory()
        case .postgres: return try await TestSchema().corpus()
        }
    }

    /// An empty workspace, which goes with its last reference.
    public func workspace(
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> any WorkspaceDatabase {
        switch self {
        case .sqlite: return try SQLiteWorkspace.inMemory(now: now)
        case .postgres: return try await TestSchema().workspace(now: now)
        }
    }

    /// An empty corpus and the workspace beside it, as one server has them.
    public func storage() async throws -> (corpus: any CorpusStore, workspace: any WorkspaceDatabase) {
        switch self {
        case .sqlite: return (try SQLiteCorpus.inMemory(), try SQLiteWorkspace.inMemory())
        case .postgres:
            let storage = try await TestSchema().storage()
            return (storage.corpus, storage.workspace)
        }
    }

    /// A place for one corpus: what is returned opens it as one process after another does, each once those before have
    /// ended.
    public func corpusOfProcesses() throws -> @Sendable () async throws -> any CorpusStore {
        switch self {
        case .sqlite:
            let folder = try TemporaryDirectory()
            return { try SQLiteCorpus.open(at: try DataFolder(folder.url)) }
        case .postgres:
            let schema = try TestSchema()
            return { try await schema.corpus() }
        }
    }
}
