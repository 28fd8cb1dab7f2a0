import Backends
import Concurrency
import CorpusSQLite
import Foundation
import WorkspaceSQLite

/// A place whose schema is there and of today, and whose lock is held where it has one.
struct OpenedPlace: Sendable {
    private enum Kind: Sendable {
        case folder(DataFolder)
        case server(PostgresSettings, passwords: [PostgresHost: String])
    }

    private let name: String
    private let kind: Kind

    /// - Parameter isThere: whether it is refused rather than made when there is nothing.
    init(_ place: MovePlace, isThere: Bool, on executor: BlockingExecutor) async throws {
        name = place.name
        switch place {
        case .folder(let url):
            let file = url.appendingPathComponent(SQLiteCorpus.fileName).path
            guard !isThere || FileManager.default.fileExists(atPath: file) else {
                throw MovingError.nothingThere(place: name)
            }
            kind = .folder(
                try await executor.run {
                    let folder = try DataFolder(url)
                    // Each brings its schema up to date and is let go again; the lock stays.
                    _ = try SQLiteCorpus.open(at: folder)
                    _ = try SQLiteWorkspace.open(at: url)
                    return folder
                })
        case .server(let settings):
            let pool = PostgresPool(settings, size: 1)
            defer { pool.closeAll() }
            if isThere {
                guard try await PostgresInspection.read(pool).documents != nil else {
                    throw MovingError.nothingThere(place: name)
                }
            }
            try await PostgresCorpus(pool).open()
            try await PostgresWorkspace(pool).open()
            kind = .server(settings, passwords: try await settings.passwords())
        }
    }

    /// A session of its own. Waits.
    func side() throws -> any MovingSide {
        switch kind {
        case .folder(let folder): try SQLiteSide(folder.url, place: name)
        case .server(let settings, let passwords):
            try PostgresSide(settings, passwords: passwords, place: name)
        }
    }
}
