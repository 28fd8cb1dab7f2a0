import Workspace

/// Owners are kept once each, and everything else names them by number.
extension PostgresConnection {
    /// - Returns: `nil` for one who has nothing here.
    func ownerID(_ owner: Owner) throws -> Int64? {
        // A name that cannot be kept has nothing, and must not be looked up as what the server makes of it.
        try owner.check()
        return try int(
            "SELECT id FROM owner WHERE digest = $1", [.text(Self.digest(of: owner))])
    }

    /// What an owner is found by.
    static func digest(of owner: Owner) -> String { NameDigest.of(owner.tenant, owner.name) }

    /// The owner's number, given now if there was none. Two transactions that meet here get one number.
    func ensuredOwnerID(_ owner: Owner) throws -> Int64 {
        if let id = try ownerID(owner) { return id }
        try query(
            "INSERT INTO owner (tenant, name, digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [.text(owner.tenant), .text(owner.name), .text(Self.digest(of: owner))])
        guard let id = try ownerID(owner) else {
            throw WorkspaceError.notFound(kind: "owner", id: owner.name)
        }
        return id
    }
}
