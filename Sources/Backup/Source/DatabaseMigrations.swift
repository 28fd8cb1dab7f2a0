import Foundation
import GRDB

/// Which steps of its schema a database has taken.
public enum DatabaseMigrations {
    /// Waits for the disk.
    ///
    /// - Parameter file: a database that is there.
    /// - Throws: ``BackupError/database(path:reason:)``.
    public static func read(_ file: URL) throws(BackupError) -> Set<String> {
        do {
            let queue = try DatabaseQueue(path: file.path)
            let steps = try queue.read { db in
                try db.tableExists("grdb_migrations")
                    ? try Set(String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")) : []
            }
            try queue.close()
            return steps
        } catch {
            throw .database(path: file.path, reason: (error as? DatabaseError)?.message ?? "\(error)")
        }
    }
}
