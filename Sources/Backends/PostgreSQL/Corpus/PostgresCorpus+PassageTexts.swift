@_spi(CorpusEngine) import Corpus
import Text

extension PostgresCorpus: PassageTextStore {
    public func changeSequence() async throws(CorpusError) -> Int64 {
        try await read { try PostgresChangeLog.last($0) }
    }

    public func documentsChanged(after sequence: Int64) async throws(CorpusError) -> Set<String>? {
        try await read { db in
            guard try PostgresChangeLog.reachesBack(to: sequence, db) else { return nil }
            return Set(
                try db.texts(
                    "SELECT DISTINCT document_id FROM chunk_change WHERE sequence > $1 AND chunk_id IS NULL",
                    [.int(sequence)]))
        }
    }

    public func chunkIDs(
        ofDocuments ids: [String], model: String
    ) async throws(CorpusError) -> [Int64] {
        guard !ids.isEmpty else { return [] }
        return try await read { db in
            try db.ints(
                "SELECT id FROM chunk WHERE document_id = ANY($1) AND model = $2",
                [.texts(ids), .text(model)])
        }
    }

    public func passageTexts(ids: [Int64]) async throws(CorpusError) -> [PassageText] {
        guard !ids.isEmpty else { return [] }
        return try await read { db in
            let found = try db.query(
                """
                SELECT c.id, d.title, c.headings, c.text, left(d.text, $1::int), \(Self.labels)
                FROM chunk c JOIN document d ON d.id = c.document_id WHERE c.id = ANY($2)
                """, [.int(Int64(PassageText.beginningLimit)), .ints(ids)])
            return try found.rows.map { row in
                PassageText(
                    id: try row.int(0), title: try row.text(1),
                    headingPath: try CorpusText.decode([String].self, row.text(2)), body: try row.text(3),
                    labels: try row.texts(5), page: try row.text(4))
            }
        }
    }
}
