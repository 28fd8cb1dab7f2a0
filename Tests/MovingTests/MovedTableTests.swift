import Backends
import CorpusSQLite
import Foundation
import TestSupport
import Testing
import WorkspaceSQLite

@testable import Moving

@Suite(.timeLimit(.minutes(1))) struct `What is moved` {
    @Test func `is every table of both databases, but those that are named`() async throws {
        let directory = try TemporaryDirectory()
        _ = try SQLiteCorpus.open(at: DataFolder(directory.url))
        _ = try SQLiteWorkspace.open(at: directory.url)
        let known = Set(MovedTable.all.map(\.name))
        #expect(Set(try FolderRows(directory.url).tables.keys) == known)
        #expect(known.count == MovedTable.all.count, "each once")

        let server = try PostgresServer.shared(.v18).freshPlace()
        let pool = PostgresPool(server, size: 1)
        try await PostgresCorpus(pool).open()
        try await PostgresWorkspace(pool).open()
        let found = try server.ask(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()")
        #expect(Set(try found.rows.map { try $0.text(0) }).subtracting(MovedTable.leftOut) == known)
    }

    @Test func `is every column of each, by the names that both databases have`() async throws {
        let directory = try TemporaryDirectory()
        _ = try SQLiteCorpus.open(at: DataFolder(directory.url))
        _ = try SQLiteWorkspace.open(at: directory.url)
        let settings = try PostgresServer.shared(.v18).freshPlace()
        let pool = PostgresPool(settings, size: 1)
        try await PostgresCorpus(pool).open()
        try await PostgresWorkspace(pool).open()
        // A password of the host's own, as a token of AWS is, and none beside it.
        var signedIn = settings
        signedIn.password = { nil }
        signedIn.hostPassword = { _ in try await settings.password() }
        let sides: [any MovingSide] = [
            try SQLiteSide(directory.url, place: "folder"),
            try PostgresSide(signedIn, passwords: await signedIn.passwords(), place: "server"),
        ]
        for side in sides {
            for table in MovedTable.all { try side.checkColumns(of: table) }
        }
    }

    @Test func `has its type in PostgreSQL`() async throws {
        let server = try PostgresServer.shared(.v18).freshPlace()
        let pool = PostgresPool(server, size: 1)
        try await PostgresCorpus(pool).open()
        try await PostgresWorkspace(pool).open()
        let found = try server.ask(
            """
            SELECT table_name || '.' || column_name, data_type::text FROM information_schema.columns
            WHERE table_schema = current_schema()
            """)
        var types: [String: String] = [:]
        for row in found.rows { types[try row.text(0)] = try row.text(1) }
        let names: [MovedTable.Kind: String] = [
            .text: "text", .integer: "bigint", .real: "double precision", .boolean: "boolean",
            .bytes: "bytea", .list: "ARRAY",
        ]
        for table in MovedTable.all {
            for column in table.columns {
                #expect(
                    types["\(table.name).\(column.name)"] == names[column.kind],
                    "\(table.name).\(column.name)")
            }
        }
    }

    @Test func `a key comes back from its form, and a damaged form is none`() throws {
        let values: [MovedValue] = [
            .null, .integer(-1), .real(0.1), .text("cafe\u{301}"), .bytes(Data([0, 255])), .text(""),
        ]
        let form = MovedValue.form(values)
        #expect(MovedValue.values(ofForm: form).map { MovedValue.form($0) } == form)
        #expect(MovedValue.values(ofForm: []).map(\.count) == 0)
        for length in form.indices where length > 0 {
            // A cut between two values leaves fewer of them; any other cut is seen.
            let cut = MovedValue.values(ofForm: Array(form[..<length]))
            #expect(cut.map { $0.count < values.count } ?? true)
        }
        #expect(MovedValue.values(ofForm: [9, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
        let tooLong: [UInt8] = [3] + [UInt8](repeating: 255, count: 8)
        #expect(MovedValue.values(ofForm: tooLong) == nil)
    }

    @Test func `keys are ordered as both databases order them`() {
        func key(_ values: MovedValue...) -> MovedKey { MovedKey(values: values) }
        let ordered = [
            key(.text("B"), .integer(2)), key(.text("a"), .integer(-1)), key(.text("a"), .integer(10)),
            key(.text("ab"), .integer(0)), key(.text("\u{FFFD}"), .integer(0)),
            // Behind it byte by byte, though UTF-16 would have it before.
            key(.text("😀"), .integer(0)),
        ]
        for (left, right) in zip(ordered, ordered.dropFirst()) {
            #expect(MovedKey.precedes(left, right) && !MovedKey.precedes(right, left))
        }
        #expect(!MovedKey.precedes(ordered[0], ordered[0]))
        #expect(MovedKey.precedes(key(.bytes(Data([1]))), key(.bytes(Data([1, 0])))))
    }
}
