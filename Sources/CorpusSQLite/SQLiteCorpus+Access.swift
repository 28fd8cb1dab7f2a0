import Corpus
import Foundation
import GRDB
import Synchronization

/// The interned access rules, read once: rows are only ever added, so what is known stays true.
struct AccessCache {
    var rules: [(id: AccessClassID, rule: AccessRule)] = []
    /// What a reader satisfied among the first `count` rules.
    var satisfied: [Reader: (count: Int, ids: Set<AccessClassID>)] = [:]
    static let readerLimit = 1_000
}

extension SQLiteCorpus {
    /// The access classes that `caller` satisfies. A user counts as a member of the groups that the last sync
    /// found it in.
    ///
    /// - Complexity: one indexed query when no rule is new, plus a dictionary look-up.
    func accessClasses(satisfiedBy caller: Reader, _ db: Database) throws -> Set<AccessClassID> {
        let reader = try Self.expanded(caller, db)
        let last = accessCache.withLock { $0.rules.last?.id ?? 0 }
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, rule FROM access_class WHERE id > ? ORDER BY id", arguments: [last])
        let fresh = try rows.map { row -> (id: AccessClassID, rule: AccessRule) in
            (row["id"], try Self.decodeRule(row["rule"]))
        }
        // The answer holds what this transaction can see; a rule that another one added meanwhile is
        // harmless, for no chunk that is visible here carries it.
        return accessCache.withLock { cache in
            let known = cache.rules.last?.id ?? 0
            cache.rules.append(contentsOf: fresh.filter { $0.id > known })
            var (count, ids) = cache.satisfied[reader] ?? (0, [])
            for entry in cache.rules[count...] where entry.rule.isSatisfied(by: reader) {
                ids.insert(entry.id)
            }
            count = cache.rules.count
            if cache.satisfied.count >= AccessCache.readerLimit, cache.satisfied[reader] == nil {
                cache.satisfied.removeAll(keepingCapacity: true)
            }
            cache.satisfied[reader] = (count, ids)
            return ids
        }
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

    static func decodeRule(_ text: String) throws -> AccessRule {
        AccessRule(allOf: try decode([Set<Principal>].self, text))
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
