import Backends
import Corpus
import CorpusSQLite
import Foundation
import Moving
import TestSupport
import Testing
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(2))) struct `A move there and back` {
    @Test(arguments: PostgresServer.Version.allCases)
    func `leaves every row of every table as it was`(version: PostgresServer.Version) async throws {
        let sample = try await SampleFolder()
        let before = try FolderRows(sample.url)
        let server = try PostgresServer.shared(version).freshPlace()
        let there = try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        #expect(there.tables.filter { $0.rows == 0 }.map(\.name) == [], "the sample has rows everywhere")
        #expect(there.replacedTexts == 0)
        let directory = try TemporaryDirectory()
        let folder = directory.url.appendingPathComponent("back")
        let back = try await DatabaseMove(from: .server(server), to: .folder(folder)).run()
        #expect(back == there, "the same counts and digests")
        let after = try FolderRows(folder)
        for table in before.tables.keys { #expect(after.tables[table] == before.tables[table], "\(table)") }
        #expect(try FolderRows(sample.url) == before, "the source is as it was")
        #expect(try server.number("SELECT count(*) FROM chunk_change") == 0)
        #expect(try server.ask("SELECT to_regclass('moving_progress')::text").first?.optionalText(0) == nil)
    }

    @Test func `numbers go on behind the last that was given, though its row is gone`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        let last = try #require(try server.number("SELECT max(id) FROM chunk"))
        let corpus = PostgresCorpus(PostgresPool(server, size: 2))
        // The passages of the document that was removed before the move had the numbers behind `last`.
        let added = try await Self.replace("new", in: corpus)
        #expect(added.allSatisfy { $0 > last + 1 })
        let run = try await corpus.beginSync(source: "w", space: "ENG", isFull: true, at: .now).run
        let known = try #require(try server.number("SELECT max(run) FROM sync_space WHERE source = 'wiki'"))
        #expect(run > known)
        for (table, column) in [
            ("owner", "id"), ("message", "sequence"), ("run", "sequence"), ("reply", "claim"),
            ("ingest_job", "sequence"), ("feedback", "sequence"),
        ] {
            let next = try server.number("SELECT nextval(pg_get_serial_sequence('\(table)', '\(column)'))")
            let last = try server.number("SELECT max(\(column)) FROM \(table)")
            #expect(next ?? 0 > last ?? .max, "\(table)")
        }
        let directory = try TemporaryDirectory()
        try await DatabaseMove(from: .server(server), to: .folder(directory.url)).run()
        let back = try SQLiteCorpus.open(at: DataFolder(directory.url))
        let newer = try await Self.replace("newer", in: back)
        let highest = try #require(added.max())
        #expect(newer.count == 2 && newer.allSatisfy { $0 > highest })
    }

    private static func replace(_ id: String, in corpus: any CorpusStore) async throws -> [Int64] {
        let before = try await corpus.chunkIDs(model: SampleFolder.model)
        try await SampleFolder.put(id, parts: 2, in: corpus)
        return try await corpus.chunkIDs(model: SampleFolder.model).subtracting(before).sorted()
    }

    @Test func `what was embedded is there, and readers are who they were`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        try await DatabaseMove(from: .folder(sample.url), to: .server(server)).run()
        let moved = PostgresCorpus(PostgresPool(server, size: 2))
        let kept = try SQLiteCorpus.open(at: DataFolder(sample.url))
        let model = SampleFolder.model
        let ids = try await kept.chunkIDs(model: model)
        #expect(try await moved.chunkIDs(model: model) == ids)
        let vectors = try await moved.vectors(ids: ids.sorted(), model: model)
        let expected = try await kept.vectors(ids: ids.sorted(), model: model)
        #expect(!vectors.isEmpty && vectors.map(\.id) == expected.map(\.id))
        #expect(vectors.map(\.vector) == expected.map(\.vector))
        for reader in [Reader.anonymous, Reader([.user("ann")])] {
            let readable = try await moved.chunkIDs(readableBy: reader, model: model)
            #expect(try await kept.chunkIDs(readableBy: reader, model: model) == readable)
            #expect(try await moved.chunks(readable, reader: reader).map(\.text).count == readable.count)
        }
        // A rule that is there already is found, not added again.
        let rules = try server.number("SELECT count(*) FROM access_class")
        try await SampleFolder.put("another", parts: 1, in: moved)
        #expect(try server.number("SELECT count(*) FROM access_class") == rules)
    }

    @Test func `U+0000 in a text becomes U+FFFD, is counted, and is no difference`() async throws {
        let sample = try await SampleFolder()
        try SampleFolder.run(
            """
            UPDATE ingest_failure SET reason = 'a' || char(0) || 'b';
            UPDATE page_origin SET body = CAST(x'ff41' AS TEXT);
            """, in: SQLiteCorpus.fileName, of: sample.url)
        let server = try PostgresServer.shared(.v18).freshPlace()
        let move = DatabaseMove(from: .folder(sample.url), to: .server(server))
        #expect(try await move.run().replacedTexts == 2)
        #expect(try server.ask("SELECT reason FROM ingest_failure").first?.text(0) == "a\u{FFFD}b")
        #expect(try await move.check().replacedTexts == 2)
    }
}
