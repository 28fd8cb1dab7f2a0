import Corpus
import GRDB
import Text

extension SQLiteCorpus: PassageTextStore {
    public func changeSequence() async throws(CorpusError) -> Int64 {
        try await read { try ChangeLog.last($0) }
    }

    public func documentsChanged(after sequence: Int64) async throws(CorpusError) -> Set<String>? {
        try await read { db in
            guard try ChangeLog.reachesBack(to: sequence, db) else { return nil }
            return Set(
                try String.fetchAll(
                    db,
                    sql: "SELECT document_id FROM chunk_change WHERE sequence > ? AND chunk_id IS NULL",
                    arguments: [sequence]))
        }
    }

    public func chunkIDs(
        ofDocuments ids: [String], model: String
    ) async throws(CorpusError) -> [Int64] {
        guard !ids.isEmpty else { return [] }
        return try await read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT c.id FROM json_each(?) named CROSS JOIN chunk c ON c.document_id = named.value
                    WHERE +c.model = ?
                    """, arguments: [try Self.encode(ids), model])
        }
    }

    public func passageTexts(ids: [Int64]) async throws(CorpusError) -> [PassageText] {
        guard !ids.isEmpty else { return [] }
        return try await read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT c.id, d.title, c.heading_path, c.text, substr(d.text, 1, ?) AS beginning,
                            (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
                        FROM chunk c JOIN document d ON d.id = c.document_id
                        WHERE c.id IN (SELECT value FROM json_each(?))
                        """), arguments: [PassageText.beginningLimit, SQLiteSnapshot.list(ids)])
            var found: [PassageText] = []
            found.reserveCapacity(ids.count)
            while let row = try rows.next() {
                found.append(
                    PassageText(
                        id: row["id"], title: row["title"],
                        headingPath: try Self.decode([String].self, row["heading_path"]), body: row["text"],
                        labels: try Self.decode([String].self, row["labels"]), page: row["beginning"]))
            }
            return found
        }
    }
}
