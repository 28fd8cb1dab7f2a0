import Corpus

extension PostgresCorpus: MemberCatalog {
    public func knownMembers(
        _ kind: Principal.Kind?, matching text: String, after principal: String, limit: Int
    ) async throws(CorpusError) -> [KnownMember] {
        let columns: [String] =
            switch kind {
            case .user: ["member"]
            case .group: ["group_name"]
            case nil: ["group_name", "member"]
            }
        let parts = columns.map { column in
            """
            SELECT \(column) AS principal, count(*) FROM group_member
            WHERE \(column) > $1 AND ($2 = '' OR position(lower($2 COLLATE "C") IN lower(\(column))) > 0)
            GROUP BY \(column)
            """
        }
        return try await read { db in
            let found = try db.query(
                parts.joined(separator: " UNION ALL ") + " ORDER BY principal LIMIT $3",
                [.text(principal), .text(text), .int(Int64(max(0, limit)))])
            return try found.rows.compactMap { row in
                guard let principal = Principal(try row.text(0)) else { return nil as KnownMember? }
                return KnownMember(principal: principal, count: Int(try row.int(1)))
            }
        }
    }

    public func groups(of user: Principal, limit: Int) async throws(CorpusError) -> [Principal] {
        try await read { db in
            try db.texts(
                "SELECT group_name FROM group_member WHERE member = $1 ORDER BY group_name LIMIT $2",
                [.text(user.description), .int(Int64(max(0, limit)))]
            ).compactMap { Principal($0) }
        }
    }

    public func members(of group: Principal, limit: Int) async throws(CorpusError) -> [Principal] {
        try await read { db in
            try db.texts(
                "SELECT member FROM group_member WHERE group_name = $1 ORDER BY member LIMIT $2",
                [.text(group.description), .int(Int64(max(0, limit)))]
            ).compactMap { Principal($0) }
        }
    }

    public func readableSpaces(for reader: Reader) async throws(CorpusError) -> [ReadableSpace] {
        try await read { db in
            let classes = try self.accessClasses(satisfiedBy: reader, db)
            let found = try db.query(
                """
                SELECT d.space_key, s.name, count(*) FILTER (WHERE d.access_class_id = ANY($1)), count(*)
                FROM document d JOIN space s ON s.key = d.space_key GROUP BY d.space_key, s.name ORDER BY d.space_key
                """, [.ints(classes.sorted())])
            return try found.rows.map { row in
                ReadableSpace(
                    key: try row.text(0), name: try row.text(1), documents: Int(try row.int(2)),
                    total: Int(try row.int(3)))
            }
        }
    }
}
