import GRDB
import Workspace

/// Owners are kept once each, and everything else names them by number.
extension Database {
    /// - Returns: `nil` for one who has nothing here.
    func ownerID(_ owner: Owner) throws -> Int64? {
        // A name that cannot be kept has nothing, and must not be looked up as what SQLite makes of it.
        try owner.check()
        return try integer(
            "SELECT id FROM owner WHERE tenant = ? AND name = ?", owner.tenant, owner.name)
    }

    func ensuredOwnerID(_ owner: Owner) throws -> Int64 {
        if let id = try ownerID(owner) { return id }
        try run("INSERT INTO owner (tenant, name) VALUES (?, ?)", owner.tenant, owner.name)
        return lastInsertedRowID
    }
}
