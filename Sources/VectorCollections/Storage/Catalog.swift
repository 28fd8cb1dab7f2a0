import Foundation
import GRDB

/// Which collections there are, and in which folders: one SQLite database over all tenants.
///
/// A collection is there once its row is: its folder is made before, under a name that no other ever had, and removed
/// after the row. What a kill leaves in between is a folder without a row, which the next opening removes.
struct Catalog: Sendable {
    struct Entry: Sendable {
        var key: CollectionKey
        /// The name of its folder.
        var folder: String
        /// Or why it cannot be opened by this program.
        var settings: Result<CollectionSettings, CollectionError>
        var createdAt: Date
        /// Points as of when it was last closed.
        var points: Int
    }

    static let fileName = "catalog.sqlite"
    static let version = 1
    private let path: String
    private let queue: DatabaseQueue

    init(at folder: URL) throws(CollectionError) {
        path = folder.appendingPathComponent(Self.fileName).path
        do {
            queue = try DatabaseQueue(path: path, configuration: PointDatabase.configuration())
            let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard found <= Self.version else {
                throw CollectionError.newerVersion(file: path, found: found, supported: Self.version)
            }
            try queue.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS collections (
                            tenant TEXT NOT NULL, name TEXT NOT NULL, folder TEXT NOT NULL UNIQUE,
                            settings TEXT NOT NULL, created INTEGER NOT NULL, points INTEGER NOT NULL,
                            PRIMARY KEY (tenant, name)
                        ) STRICT;
                        PRAGMA user_version = \(Self.version);
                        """)
            }
        } catch {
            throw CollectionError(error, file: path)
        }
    }

    func entries() throws(CollectionError) -> [Entry] {
        try perform { db in
            let sql = "SELECT tenant, name, folder, settings, created, points FROM collections"
            return try Row.fetchAll(db, sql: sql).map { row in
                Entry(
                    key: CollectionKey(tenant: row[0], name: row[1]), folder: row[2],
                    settings: CollectionSettings.stored(row[3], of: row[1]),
                    createdAt: Date(timeIntervalSince1970: Double(row[4] as Int64)), points: row[5])
            }
        }
    }

    func insert(_ entry: Entry) throws(CollectionError) {
        try perform { db in
            try db.execute(
                sql: "INSERT INTO collections VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    entry.key.tenant, entry.key.name, entry.folder, try entry.settings.get().text,
                    Int64(entry.createdAt.timeIntervalSince1970), entry.points,
                ])
        }
    }

    /// In the place of what has its name.
    func put(_ entry: Entry) throws(CollectionError) {
        try perform { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO collections VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    entry.key.tenant, entry.key.name, entry.folder, try entry.settings.get().text,
                    Int64(entry.createdAt.timeIntervalSince1970), entry.points,
                ])
        }
    }

    func remove(folder: String) throws(CollectionError) {
        try perform { db in
            try db.execute(sql: "DELETE FROM collections WHERE folder = ?", arguments: [folder])
        }
    }

    func note(points: Int, folder: String) throws(CollectionError) {
        try perform { db in
            try db.execute(
                sql: "UPDATE collections SET points = ? WHERE folder = ?", arguments: [points, folder])
        }
    }

    func close() {
        // What it refuses, such as closing amid a statement, the end of the process does.
        try? queue.close()
    }

    func perform<Value>(_ body: (Database) throws -> Value) throws(CollectionError) -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw CollectionError(error, file: path)
        }
    }
}

/// A collection's name, which means something only for its tenant.
struct CollectionKey: Sendable, Hashable {
    var tenant: String
    var name: String
}
