@_spi(CorpusEngine) import Corpus
import GRDB

extension SQLiteCorpus: MemberDirectory {
    /// Replaces what is known of a group's members.
    ///
    /// - Parameters:
    ///   - group: as rules name it; a group with several names is stored under each.
    ///   - users: empty when they could not be read: nobody then reads by being a member.
    /// - Returns: whether anything changed.
    @discardableResult
    public func setMembers(_ users: Set<Principal>, of group: Principal) async throws(CorpusError) -> Bool {
        try await write { db in
            let known = Set(
                try String.fetchAll(
                    db, sql: "SELECT member FROM group_member WHERE group_name = ?",
                    arguments: [group.description]))
            let wanted = Set(users.map(\.description))
            guard known != wanted else { return false }
            for member in known.subtracting(wanted) {
                try db.execute(
                    sql: "DELETE FROM group_member WHERE group_name = ? AND member = ?",
                    arguments: [group.description, member])
            }
            for member in wanted.subtracting(known) {
                try db.execute(
                    sql: "INSERT INTO group_member (member, group_name) VALUES (?, ?)",
                    arguments: [member, group.description])
            }
            try Self.advanceGeneration(db)
            return true
        }
    }

    /// The groups whose members are known.
    public func knownGroups() async throws(CorpusError) -> Set<Principal> {
        try await read { db in
            Set(
                try String.fetchAll(db, sql: "SELECT DISTINCT group_name FROM group_member")
                    .compactMap { Principal($0) })
        }
    }

    /// Every group that a rule in use names.
    ///
    /// - Parameter source: only rules of documents in spaces that syncs of this source read; `nil` for all.
    public func groupsInRules(source: String?) async throws(CorpusError) -> Set<Principal> {
        try await read { db in
            let rules = try String.fetchAll(
                db,
                sql: """
                    SELECT rule FROM access_class WHERE id IN (
                        SELECT access_class_id FROM document
                        WHERE ?1 IS NULL OR space_key IN (SELECT space_key FROM sync_space WHERE source = ?1)
                        UNION
                        SELECT w.access_class_id FROM withheld w JOIN document d ON d.id = w.document_id
                        WHERE ?1 IS NULL OR d.space_key IN (SELECT space_key FROM sync_space WHERE source = ?1))
                    """, arguments: [source])
            var groups: Set<Principal> = []
            for rule in rules {
                for clause in try Self.decodeRule(rule).clauses {
                    for case .group(let name) in clause { groups.insert(.group(name)) }
                }
            }
            return groups
        }
    }

    /// `reader` with the groups that the membership table gives to its users.
    ///
    /// A reader that names groups itself gets none beside them.
    static func expanded(_ reader: Reader, _ db: Database) throws -> Reader {
        guard let users = reader.usersToExpand else { return reader }
        let groups = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT group_name FROM group_member
                WHERE member IN (\(databaseQuestionMarks(count: users.count)))
                """, arguments: StatementArguments(users)
        ).compactMap { Principal($0) }
        return groups.isEmpty ? reader : Reader(reader.principals.union(groups))
    }
}
