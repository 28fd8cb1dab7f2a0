import Components
import Foundation
import GRDB
import JSONValue
import TestSupport
import Testing

@testable import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `A database that flows may read` {
    private let folder: TemporaryDirectory
    private var file: URL { folder.url.appendingPathComponent("shop.sqlite") }

    init() throws {
        folder = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: folder.path("shop.sqlite"))
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, price REAL, picture BLOB);
                    INSERT INTO product VALUES (1, 'Lamp', 12.5, x'0102'), (2, 'Tänk', NULL, NULL);
                    CREATE VIRTUAL TABLE words USING fts5(text);
                    INSERT INTO words VALUES ('a red lamp'), ('a blue door');
                    """)
        }
        try queue.close()
    }

    private func database(_ limits: ReadOnlyDatabase.Limits = .init()) -> ReadOnlyDatabase {
        ReadOnlyDatabase(name: "shop", file: file, limits: limits)
    }

    private func rows(_ sql: String, limit: Int = 100) async throws -> Components.Table {
        try await database().query(sql, limit: limit)
    }

    private func fault(
        _ sql: String, limit: Int = 100, limits: ReadOnlyDatabase.Limits = .init()
    ) async -> DatabaseQueryError? {
        do {
            _ = try await database(limits).query(sql, limit: limit)
            return nil
        } catch {
            return error as? DatabaseQueryError
        }
    }

    /// Rows without end.
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    @Test func `values of every kind come as JSON`() async throws {
        let table = try await rows("SELECT *, 9e999 AS most, 3 AS n FROM product ORDER BY id")
        #expect(table.columns == ["id", "name", "price", "picture", "most", "n"])
        #expect(
            table.rows == [
                Record([
                    "id": 1, "name": "Lamp", "price": 12.5, "picture": "AQI=", "most": "Infinity", "n": 3,
                ]),
                Record(["id": 2, "name": "Tänk", "price": nil, "picture": nil, "most": "Infinity", "n": 3]),
            ])
    }

    @Test func `columns of the same name are told apart, and those of no rows are known`() async throws {
        let table = try await rows("SELECT id, id, name AS id FROM product WHERE id > 9")
        #expect(table.columns == ["id", "id_2", "id_3"])
        #expect(table.rows.isEmpty)
    }

    @Test(arguments: [
        "SELECT count(*) AS n FROM words WHERE words MATCH 'lamp'", "SELECT value AS n FROM json_each('[1]')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT min(i) AS n FROM n",
        "VALUES (1)", "SELECT row_number() OVER (ORDER BY id) AS n FROM product LIMIT 1",
        "SELECT 1 AS n; -- and no more", ";; SELECT 1 AS n ;;",
        "SELECT count(*) FROM sqlite_schema WHERE name = 'product'",
    ])
    func `what reads is answered`(sql: String) async throws {
        let values = try await rows(sql).rows.flatMap { $0.values.values }
        #expect(values == [1])
    }

    @Test(arguments: [
        "INSERT INTO product VALUES (3, 'x', 1, NULL)", "REPLACE INTO product VALUES (1, 'x', 1, NULL)",
        "UPDATE product SET name = 'x' RETURNING *", "WITH x AS (SELECT 1) DELETE FROM product",
        "UPDATE sqlite_master SET sql = 'x'", "UPDATE sqlite_schema SET sql = 'x'",
        "INSERT INTO words VALUES ('x')", "INSERT INTO words (words) VALUES ('rebuild')",
        "CREATE TABLE x (a)", "CREATE TEMP TABLE x (a)", "CREATE VIEW x AS SELECT 1",
        "CREATE INDEX x ON product (name)",
        "CREATE VIRTUAL TABLE x USING fts5(a)", "DROP TABLE product", "ALTER TABLE product ADD COLUMN x",
        "ATTACH 'other.sqlite' AS other", "ATTACH ':memory:' AS other", "DETACH main",
        "PRAGMA user_version", "PRAGMA query_only = OFF", "PRAGMA writable_schema = ON",
        "PRAGMA journal_mode = WAL",
        "PRAGMA data_version = 3", "SELECT * FROM pragma_table_info('product')",
        "SELECT * FROM pragma_database_list",
        "VACUUM", "VACUUM INTO 'copy.sqlite'", "REINDEX", "ANALYZE", "BEGIN", "BEGIN IMMEDIATE", "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a", "RELEASE a", "SELECT load_extension('x')", "SELECT writefile('x', 'y')",
        "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE product", "SELECT 1; nonsense",
        "; SELECT 1 ;; DELETE FROM product",
        "SELECT 1\u{0}; DROP TABLE product", "SELECT", "", " -- nothing", "SELECT * FROM nowhere",
    ])
    func `what does not only read is refused, and changes nothing`(sql: String) async throws {
        let before = try FolderState(folder.url)
        let error = await fault(sql)
        switch error {
        case .refused, .failed, .empty: break
        default: Issue.record("\(sql): \(String(describing: error))")
        }
        #expect(try FolderState(folder.url).changes(since: before) == [])
    }

    @Test func `nothing is made elsewhere either`() async throws {
        let copy = folder.path("copy.sqlite")
        #expect(await fault("VACUUM INTO '\(copy)'") != nil)
        #expect(await fault("ATTACH '\(copy)' AS copy") != nil)
        #expect(!FileManager.default.fileExists(atPath: copy))
    }

    @Test func `more rows than the limit are refused, and as many are not`() async throws {
        #expect(try await rows("SELECT id FROM product", limit: 2).rows.count == 2)
        #expect(await fault("SELECT id FROM product", limit: 1) == .tooManyRows(limit: 1))
    }

    @Test func `results and values have a largest size`() async throws {
        let limits = ReadOnlyDatabase.Limits(resultBytes: 10_000)
        #expect(await fault("SELECT hex(zeroblob(20000))", limits: limits) == .tooLarge(limitBytes: 10_000))
        let many = "SELECT hex(zeroblob(2000)) FROM product, product, product"
        #expect(await fault(many, limits: limits) == .tooLarge(limitBytes: 10_000))
        #expect(await fault("SELECT hex(zeroblob(2000)) FROM product", limits: limits) == nil)
    }

    @Test func `a query that does not end is stopped`() async {
        let limits = ReadOnlyDatabase.Limits(time: .milliseconds(20))
        #expect(await fault(Self.endless, limits: limits) == .tooSlow(limit: .milliseconds(20)))
    }

    @Test func `a query that nobody waits for is stopped`() async {
        let database = database(.init(time: .seconds(3_600)))
        let query = Task { try await database.query(Self.endless, limit: 1) }
        query.cancel()
        await #expect(throws: CancellationError.self) { try await query.value }
    }

    @Test func `a statement has a largest size`() async {
        let limits = ReadOnlyDatabase.Limits(statementBytes: 20)
        #expect(await fault("SELECT 1 -- 89012345", limits: limits) == nil)
        guard case .refused = await fault("SELECT 1 -- 890123456", limits: limits) else {
            Issue.record("it was answered")
            return
        }
    }

    @Test func `what is absent or no database is told with its name`() async throws {
        let absent = ReadOnlyDatabase(name: "gone", file: folder.url.appendingPathComponent("gone.sqlite"))
        await #expect {
            try await absent.query("SELECT 1 FROM x", limit: 1)
        } throws: { error in
            if case .unreadable("gone", _) = error as? DatabaseQueryError { true } else { false }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("gone.sqlite")))
        let text = try folder.write(String(repeating: "no database ", count: 1_000), to: "text.sqlite")
        await #expect {
            try await ReadOnlyDatabase(name: "text", file: text).query("SELECT 1 FROM x", limit: 1)
        } throws: { error in
            if case .unreadable("text", _) = error as? DatabaseQueryError { true } else { false }
        }
    }

    @Test func `what somebody writes meanwhile is seen once it is committed`() async throws {
        let pool = try DatabasePool(path: folder.path("shop.sqlite"))
        let count = "SELECT count(*) AS n FROM product"
        try await pool.write { db in
            try db.execute(sql: "INSERT INTO product (name) VALUES ('Door')")
        }
        #expect(try await rows(count).rows == [Record(["n": 3])])
        try pool.close()
    }

    @Test func `queries at once do not disturb each other`() async throws {
        let database = database()
        let sums = try await withThrowingTaskGroup(of: Components.Table.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await database.query("SELECT \(number) + count(*) AS n FROM product", limit: 1)
                }
            }
            return try await group.reduce(into: Set<Int>()) { sums, table in
                if let sum = table.rows.first?.values["n"]?.integer { sums.insert(sum) }
            }
        }
        #expect(sums == Set(2..<22))
    }
}
