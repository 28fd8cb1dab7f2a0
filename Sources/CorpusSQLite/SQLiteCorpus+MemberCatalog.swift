import Corpus
import GRDB

extension SQLiteCorpus: MemberCatalog {
    public func knownMembers(
        _ kind: Principal.Kind?, matching text: String, after principal: String, limit: Int
    ) async throws(CorpusError) -> [KnownMember] {
        try await read { db in
            let columns: [String] =
                switch kind {
                case .user: ["member"]
                case .group: ["group_name"]
                case nil: ["group_name", "member"]
                }
            let parts = columns.map { column in
                """
                SELECT \(column) AS principal, COUNT(*) AS amount FROM group_member
                WHERE \(column) > :after AND (:text = '' OR instr(lower(\(column)), lower(:text)) > 0)
                GROUP BY \(column)
                """
            }
            let rows = try Row.fetchAll(
                db, sql: parts.joined(separator: " UNION ALL ") + " ORDER BY principal LIMIT :limit",
                arguments: ["after": principal, "text": text, "limit": max(0, limit)])
            return rows.compactMap { row in
                Principal(row["principal"] as String).map { KnownMember(principal: $0, count: row["amount"]) }
            }
        }
    }

    public func groups(of user: Principal, limit: Int) async throws(CorpusError) -> [Principal] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT group_name FROM group_member WHERE member = ? ORDER BY group_name LIMIT ?",
                arguments: [user.description, max(0, limit)]
            ).compactMap { Principal($0) }
        }
    }

    public func members(of group: Principal, limit: Int) async throws(CorpusError) -> [Principal] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT member FROM group_member WHERE group_name = ? ORDER BY member LIMIT ?",
                arguments: [group.description, max(0, limit)]
            ).compactMap { Principal($0) }
        }
    }

    public func readableSpaces(for reader: Reader) async throws(CorpusError) -> [ReadableSpace] {
        try await read { db in
            let classes = try self.accessClasses(satisfiedBy: reader, db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT d.space_key AS key, s.name AS name, d.access_class_id AS class, COUNT(*) AS amount
                    FROM document d JOIN space s ON s.key = d.space_key
                    GROUP BY d.space_key, d.access_class_id ORDER BY d.space_key
                    """)
            var spaces: [ReadableSpace] = []
            for row in rows {
                let key: String = row["key"]
                let amount: Int = row["amount"]
                if spaces.last?.key != key {
                    spaces.append(ReadableSpace(key: key, name: row["name"], documents: 0, total: 0))
                }
                spaces[spaces.count - 1].total += amount
                if classes.contains(row["class"]) { spaces[spaces.count - 1].documents += amount }
            }
            return spaces
        }
    }
}
