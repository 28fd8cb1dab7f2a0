import Backends
import CorpusSQLite
import Foundation
import GRDB
import Moving
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A move of a server that has changed` {
    private struct Stopped: Error {}

    /// A server that holds a sample, and a folder that does not yet.
    private struct Bench {
        let directory: TemporaryDirectory
        let sample: SampleFolder
        let server: PostgresSettings
        var folder: URL { directory.url.appendingPathComponent("back") }
        var move: DatabaseMove { move(MovePageLimit(rows: 3)) }

        init() async throws {
            directory = try TemporaryDirectory()
            sample = try await SampleFolder()
            server = try PostgresServer.shared(.v18).freshPlace()
            try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
            try server.ask(
                """
                INSERT INTO variable SELECT owner_id, 'v2', 'other', is_secret, value, default_fields, updated_at
                FROM variable WHERE id = 'v'
                """)
        }

        func move(_ limit: MovePageLimit) -> DatabaseMove {
            DatabaseMove(from: .server(server), to: .folder(folder), limit: limit)
        }

        /// Moves everything, while somebody writes.
        func moveBeside(_ change: String) async throws {
            let (once, server) = (Once(), server)
            await #expect(throws: MovingError.sourceChanged(place: MovePlace.server(server).name)) {
                try await move.run { _ in try once.act { try server.ask(change) } }
            }
        }

        /// Whether the folder holds what another one does that everything is moved to at once.
        func demandEqual(_ outcome: MoveOutcome) async throws {
            #expect(try await move.check() == outcome)
            let other = directory.url.appendingPathComponent("other")
            try await DatabaseMove(from: .server(server), to: .folder(other)).run()
            let (expected, found) = (try FolderRows(other), try FolderRows(folder))
            for table in expected.tables.keys {
                #expect(found.tables[table] == expected.tables[table], "\(table)")
            }
        }

        /// The numbers that the folder's database has given to embeddings: those of rows that stayed.
        func embeddings() throws -> [Int64] {
            let queue = try DatabaseQueue(path: folder.appendingPathComponent(SQLiteCorpus.fileName).path)
            defer { try? queue.close() }
            return try queue.read { try Int64.fetchAll($0, sql: "SELECT id FROM embedding ORDER BY id") }
        }
    }

    @Test func `goes on with the same command, and copies what has changed`() async throws {
        let bench = try await Bench()
        try await bench.moveBeside("UPDATE api_key SET revoked_at = 5")
        let before = try bench.embeddings()
        let outcome = try await bench.move.run()
        let after = try bench.embeddings()
        #expect(!before.isEmpty && after == before, "nothing else was written")
        try await bench.demandEqual(outcome)
        let key = try FolderRows(bench.folder).tables["api_key"]?.first
        #expect(key?.contains("|5|") == true, "\(key ?? "")")
    }

    @Test func `follows whatever became of its rows`() async throws {
        let bench = try await Bench()
        try await bench.moveBeside("UPDATE run SET state = 'finished', ended_at = 5")
        for change in [
            // Rows that others name go and come.
            "DELETE FROM document WHERE id IN ('d1', 'd11')",
            "INSERT INTO space (key, name, type) VALUES ('AAA', 'First', ''), ('ZZZ', 'Last', '')",
            """
            INSERT INTO document (id, kind, space_key, title, version, ancestors, text, access_class_id, content_hash,
                chunk_signature)
            SELECT '00', kind, 'ZZZ', title, version, ancestors, text, access_class_id, content_hash, chunk_signature
            FROM document WHERE id = 'd2'
            """,
            // Of which the folder works something out.
            "UPDATE document SET title = 'Another title' WHERE id = 'd3'",
            "UPDATE chunk SET headings = '[\"New\"]' WHERE document_id = 'd4'",
            // What one row has alone another one gets.
            "UPDATE variable SET name = 'between' WHERE id = 'v'",
            "UPDATE variable SET name = 'key' WHERE id = 'v2'",
            "UPDATE variable SET name = 'other' WHERE id = 'v'",
            "DELETE FROM flow WHERE id = 'f4'",
            "UPDATE flow SET name = 'Renamed', project_id = NULL WHERE id = 'f2'",
            "DELETE FROM message WHERE id IN ('m1', 'm7')",
            "INSERT INTO label (document_id, name) SELECT id, 'new' FROM document",
        ] {
            try bench.server.ask(change)
        }
        try await bench.demandEqual(try await bench.move.run())
    }

    @Test func `goes on where it was interrupted, though something was written since`() async throws {
        let bench = try await Bench()
        for (pages, change) in [
            (20, "UPDATE flow SET name = 'later' WHERE id = 'f1'"),
            (30, "INSERT INTO label (document_id, name) VALUES ('d1', 'late')"),
            (35, "UPDATE message SET text = 'other' WHERE id = 'm2'"),
        ] {
            let left = Countdown(pages)
            await #expect(throws: (any Error).self) {
                try await bench.move.run { _ in if left.isOver() { throw Stopped() } }
            }
            try bench.server.ask(change)
        }
        try await bench.demandEqual(try await bench.move(MovePageLimit()).run())
    }

    @Test func `is no move of another one`() async throws {
        let (bench, other) = (try await Bench(), try await Bench())
        try await bench.moveBeside("UPDATE api_key SET revoked_at = 5")
        await #expect(throws: MovingError.otherMove(place: MovePlace.folder(bench.folder).name)) {
            try await DatabaseMove(from: .server(other.server), to: .folder(bench.folder)).run()
        }
        // And a server is not brought level.
        let server = try PostgresServer.shared(.v18).freshPlace()
        let move = DatabaseMove(from: .server(bench.server), to: .server(server))
        await #expect(throws: Stopped.self) { try await move.run { _ in throw Stopped() } }
        try bench.server.ask("UPDATE api_key SET revoked_at = 6")
        await #expect(throws: MovingError.otherMove(place: MovePlace.server(server).name)) {
            try await move.run()
        }
    }
}
