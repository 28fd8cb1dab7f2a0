import Foundation
import GRDB

/// What SQLite itself finds wrong with a database that nobody has open.
enum DatabaseCheck {
    /// Above this, contents of indexes are not compared with their tables.
    private static let wholeCheckByteLimit = 256 << 20

    /// Waits for the disk; nothing is made beside the file.
    ///
    /// - Parameter path: what the database is called, for the error.
    /// - Throws: ``BackupError/damagedDatabase(path:findings:)``.
    static func check(_ file: URL, as path: String, byteCount: Int) throws(BackupError) {
        guard byteCount > 0 else { return }
        let pragma = byteCount > wholeCheckByteLimit ? "quick_check" : "integrity_check"
        var configuration = Configuration()
        configuration.readonly = true
        let findings: [String]
        do {
            // Nobody writes to it, so that SQLite needs neither locks nor a log beside it.
            let queue = try DatabaseQueue(
                path: "\(file.absoluteURL.absoluteString)?mode=ro&immutable=1", configuration: configuration)
            findings = try queue.read { try String.fetchAll($0, sql: "PRAGMA \(pragma)(10)") }
            try queue.close()
        } catch {
            throw .damagedDatabase(
                path: path, findings: ["\((error as? DatabaseError)?.message ?? "\(error)")"])
        }
        guard findings == ["ok"] else { throw .damagedDatabase(path: path, findings: findings) }
    }
}
