import Backends
import Corpus
import CorpusSQLite
import Foundation
import Moving
import Synchronization
import TestSupport
import Testing

/// Does something the first time.
final class Once: Sendable {
    private let isDone = Mutex(false)

    func act(_ body: () throws -> Void) throws {
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        if isFirst { try body() }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A move is refused` {
    @Test func `into a place where something is already, which it names`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        let move = DatabaseMove(from: .folder(sample.url), to: .server(server))
        let outcome = try await move.run()
        let error = await #expect(throws: MovingError.self) { _ = try await move.run() }
        guard case .targetNotEmpty(_, let holdings) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(holdings.contains("11 in document") && holdings.contains("5 in flow"))
        await #expect(throws: MovingError.self) {
            _ = try await DatabaseMove(from: .server(server), to: .folder(sample.url)).run()
        }
        #expect(try await move.check() == outcome, "nothing was changed")
    }

    @Test func `into the unfinished move of another source`() async throws {
        struct Stopped: Error {}
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        await #expect(throws: Stopped.self) {
            _ = try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run { _ in
                throw Stopped()
            }
        }
        try SampleFolder.run(
            "INSERT INTO label VALUES ('d1', 'later')", in: SQLiteCorpus.fileName, of: sample.url)
        await #expect(throws: MovingError.self) {
            _ = try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        }
    }

    @Test func `from a place with nothing of Millrace, which stays as it is`() async throws {
        let directory = try TemporaryDirectory()
        let empty = directory.url.appendingPathComponent("absent")
        let server = try PostgresServer.shared(.v18).freshPlace()
        await #expect(throws: MovingError.nothingThere(place: MovePlace.folder(empty).name)) {
            _ = try await DatabaseMove(from: .folder(empty), to: .server(server)).run()
        }
        await #expect(throws: MovingError.nothingThere(place: MovePlace.server(server).name)) {
            _ = try await DatabaseMove(from: .server(server), to: .folder(empty)).run()
        }
        #expect(!FileManager.default.fileExists(atPath: empty.path))
        let schema = server.schema ?? ""
        #expect(
            try server.number("SELECT count(*) FROM pg_namespace WHERE nspname = '\(schema)'") == 0)
    }

    @Test func `from a place to itself, and from a folder that is in use`() async throws {
        let sample = try await SampleFolder()
        let place = MovePlace.folder(sample.url)
        await #expect(throws: MovingError.samePlace(place.name)) {
            _ = try await DatabaseMove(from: place, to: place).run()
        }
        let folder = try DataFolder(sample.url)
        let server = try PostgresServer.shared(.v18).freshPlace()
        await #expect(throws: CorpusError.self) {
            _ = try await DatabaseMove(from: place, to: .server(server)).run()
        }
        withExtendedLifetime(folder) {}
    }

    /// Of all of these but the last no table has another number of rows, and none another last one.
    @Test(arguments: [
        "UPDATE api_key SET revoked_at = 5", "UPDATE flow SET name = 'later' WHERE id = 'f1'",
        "UPDATE run SET state = 'failed', ended_at = 5", "UPDATE run_content SET result = '\\x7b7d'",
        "UPDATE document SET title = title WHERE id = 'd2'",
        "DELETE FROM label WHERE document_id = 'd1'",
    ])
    func `when a server's rows change while they are read`(change: String) async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        let directory = try TemporaryDirectory()
        let once = Once()
        await #expect(throws: MovingError.sourceChanged(place: MovePlace.server(server).name)) {
            _ = try await DatabaseMove(from: .server(server), to: .folder(directory.url)).run { _ in
                try once.act {
                    let told = try server.ask(change)
                    #expect(told.changed > 0)
                }
            }
        }
    }

    @Test func `of no server whose rows stay, though others come and go beside them`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        let directory = try TemporaryDirectory()
        let once = Once()
        try await DatabaseMove(from: .server(server), to: .folder(directory.url)).run { _ in
            try once.act {
                try server.ask("INSERT INTO commit_mark (id) VALUES ('\\x01')")
                try server.ask("SELECT 1 FROM document FOR UPDATE")
                // What was refused is not kept.
                #expect(throws: PostgresError.self) {
                    try server.ask("UPDATE document SET title = 'other' RETURNING 1 / 0")
                }
            }
        }
    }

    @Test func `when a key cannot be kept by the other database`() async throws {
        let sample = try await SampleFolder()
        try SampleFolder.run(
            "INSERT INTO label VALUES ('d1', 'a' || char(0))", in: SQLiteCorpus.fileName, of: sample.url)
        let server = try PostgresServer.shared(.v18).freshPlace()
        let place = MovePlace.folder(sample.url)
        await #expect(throws: MovingError.unmovableKey(place: place.name, table: "label")) {
            _ = try await DatabaseMove(from: place, to: .server(server)).run()
        }
    }

    @Test func `when a table has a column that it does not know`() async throws {
        let sample = try await SampleFolder()
        try SampleFolder.run(
            "ALTER TABLE space ADD COLUMN later TEXT", in: SQLiteCorpus.fileName, of: sample.url)
        let server = try PostgresServer.shared(.v18).freshPlace()
        let place = MovePlace.folder(sample.url)
        await #expect(
            throws: MovingError.unknownSchema(place: place.name, table: "space", columns: ["later"])
        ) {
            _ = try await DatabaseMove(from: place, to: .server(server)).run()
        }
    }
}
