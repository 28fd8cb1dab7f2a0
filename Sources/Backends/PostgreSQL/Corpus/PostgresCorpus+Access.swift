@_spi(CorpusEngine) import Corpus
import Synchronization

extension PostgresCorpus: MemberDirectory {
    /// The access classes that `caller` satisfies. A user counts as a member of the groups that the last sync found it
    /// in.
    func accessClasses(satisfiedBy caller: Reader, _ db: PostgresConnection) throws -> Set<AccessClassID> {
        let reader = try Self.expanded(caller, db)
        // After a failover the last rules may be lost, and their ids another rule's.
        let generation = pool.generation
        let isOfAnother = rulesGeneration.withLock { known in
            defer { known = generation }
            return known != generation
        }
        if isOfAnother {
            accessRules.reset()
            facts.reset()
        }
        let rows = try db.query(
            "SELECT id, rule FROM access_class WHERE id > $1 ORDER BY id", [.int(accessRules.last)])
        let fresh = try rows.rows.map { row -> (id: AccessClassID, rule: AccessRule) in
            (try row.int(0), try CorpusText.decodeRule(row.text(1)))
        }
        return accessRules.classes(satisfiedBy: reader, adding: fresh)
    }

    static func intern(_ rule: AccessRule, _ db: PostgresConnection) throws -> AccessClassID {
        let text = try CorpusText.encode(rule.clauses)
        let digest = PostgresValue.text(ContentHash.of(text))
        let find = "SELECT id FROM access_class WHERE digest = $1"
        if let id = try db.int(find, [digest]) { return id }
        try db.query(
            "INSERT INTO access_class (digest, rule) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
            [digest, .text(text)])
        guard let id = try db.int(find, [digest]) else {
            throw PostgresError.unexpectedValue(
                server: db.server, column: "access_class.id", expected: "whole number")
        }
        return id
    }

    /// `reader` with the groups that the membership table gives to its users.
    static func expanded(_ reader: Reader, _ db: PostgresConnection) throws -> Reader {
        guard let users = reader.usersToExpand else { return reader }
        let groups = try db.texts(
            "SELECT DISTINCT group_name FROM group_member WHERE member = ANY($1)", [.texts(users)]
        ).compactMap { Principal($0) }
        return groups.isEmpty ? reader : Reader(reader.principals.union(groups))
    }

    @discardableResult
    public func setMembers(_ users: Set<Principal>, of group: Principal) async throws(CorpusError) -> Bool {
        try await writeContent { db in
            let group = PostgresValue.text(group.description)
            let known = Set(try db.texts("SELECT member FROM group_member WHERE group_name = $1", [group]))
            let wanted = Set(users.map(\.description))
            guard known != wanted else { return false }
            try db.query(
                "DELETE FROM group_member WHERE group_name = $1 AND NOT member = ANY($2)",
                [group, .texts(wanted.sorted())])
            try db.query(
                """
                INSERT INTO group_member (member, group_name) SELECT member, $1 FROM unnest($2) member
                ON CONFLICT DO NOTHING
                """, [group, .texts(wanted.sorted())])
            try Self.advanceGeneration(db)
            return true
        }
    }

    public func knownGroups() async throws(CorpusError) -> Set<Principal> {
        try await read { db in
            Set(try db.texts("SELECT DISTINCT group_name FROM group_member").compactMap { Principal($0) })
        }
    }

    public func groupsInRules(source: String?) async throws(CorpusError) -> Set<Principal> {
        try await read { db in
            let isOfSource =
                source == nil
                ? "" : "WHERE d.space_key IN (SELECT space_key FROM sync_space WHERE source = $1)"
            let rules = try db.texts(
                """
                SELECT rule FROM access_class WHERE id IN (
                    SELECT d.access_class_id FROM document d \(isOfSource)
                    UNION
                    SELECT w.access_class_id FROM withheld w JOIN document d ON d.id = w.document_id \(isOfSource))
                """, source.map { [.text($0)] } ?? [])
            var groups: Set<Principal> = []
            for rule in rules {
                for clause in try CorpusText.decodeRule(rule).clauses {
                    for case .group(let name) in clause { groups.insert(.group(name)) }
                }
            }
            return groups
        }
    }
}
