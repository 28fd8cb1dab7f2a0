@_spi(CorpusEngine) import Corpus
import GRDB

extension SQLiteCorpus {
    /// The access classes that `caller` satisfies. A user counts as a member of the groups that the last sync
    /// found it in.
    ///
    /// - Complexity: one indexed query when no rule is new, plus a dictionary look-up.
    func accessClasses(satisfiedBy caller: Reader, _ db: Database) throws -> Set<AccessClassID> {
        let reader = try Self.expanded(caller, db)
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, rule FROM access_class WHERE id > ? ORDER BY id",
            arguments: [accessRules.last])
        let fresh = try rows.map { row -> (id: AccessClassID, rule: AccessRule) in
            (row["id"], try Self.decodeRule(row["rule"]))
        }
        return accessRules.classes(satisfiedBy: reader, adding: fresh)
    }

    static func intern(_ rule: AccessRule, _ db: Database) throws -> AccessClassID {
        let text = try encode(rule.clauses)
        if let id = try AccessClassID.fetchOne(
            db, sql: "SELECT id FROM access_class WHERE rule = ?", arguments: [text])
        {
            return id
        }
        try db.execute(sql: "INSERT INTO access_class (rule) VALUES (?)", arguments: [text])
        return db.lastInsertedRowID
    }

    static func decodeRule(_ text: String) throws -> AccessRule { try CorpusText.decodeRule(text) }

    static func encode(_ value: some Encodable) throws -> String { try CorpusText.encode(value) }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try CorpusText.decode(type, text)
    }
}
