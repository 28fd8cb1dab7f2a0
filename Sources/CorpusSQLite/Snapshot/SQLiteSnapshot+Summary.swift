@_spi(CorpusEngine) import Corpus
import GRDB

extension SQLiteSnapshot {
    func summary() throws(CorpusError) -> CorpusSummary {
        let held = try corpus.holdings.value(classes: classes, sequence: changeSequence()) {
            () throws(CorpusError) in try holdings()
        }
        let spaces = try mapErrors {
            try Row.fetchAll(db, sql: "SELECT key, name, type FROM space ORDER BY key").compactMap { row in
                held[row["key"]].map { held in
                    CorpusSummary.SpaceCount(
                        space: Space(key: row["key"], name: row["name"], type: row["type"]),
                        documents: held.documents)
                }
            }
        }
        let all = held.summed
        return CorpusSummary(
            documents: all.documents, chunks: all.chunks, spaces: spaces, kinds: all.kinds)
    }

    /// By space key.
    private func holdings() throws(CorpusError) -> [String: SpaceHolding] {
        try mapErrors {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT d.space_key, d.kind, COUNT(*) AS documents, SUM(held.chunks) AS chunks
                    FROM (SELECT c.document_id, COUNT(*) AS chunks FROM chunk c
                        WHERE \(isReadable) GROUP BY c.document_id) held
                    JOIN document d ON d.id = held.document_id GROUP BY d.space_key, d.kind
                    """)
            var holdings: [String: SpaceHolding] = [:]
            for row in rows {
                holdings[row["space_key"], default: SpaceHolding()].add(
                    documents: row["documents"], chunks: row["chunks"], of: row["kind"])
            }
            return holdings
        }
    }

    func recentTitles(limit: Int) throws(CorpusError) -> [String] {
        let titles = try corpus.recentTitles.value(classes: classes, sequence: changeSequence()) {
            () throws(CorpusError) in try recentTitles()
        }
        return Array(titles.prefix(limit))
    }

    /// Titles that are listed at most.
    static let recentTitlesLimit = 100

    /// The `+` keeps the planner from looking each page up among all chunks of a class, which it prefers when there
    /// is only one.
    static func titleSelection(isReadable: String) -> String {
        """
        SELECT d.title FROM document d
        WHERE d.kind = ? AND EXISTS (SELECT 1 FROM chunk c WHERE c.document_id = d.id AND +\(isReadable))
        ORDER BY d.updated_at DESC, d.id
        """
    }

    private func recentTitles() throws(CorpusError) -> [String] {
        try mapErrors {
            let rows = try Row.fetchCursor(
                db, sql: Self.titleSelection(isReadable: isReadable), arguments: [Document.Kind.page.rawValue]
            )
            var titles: [String] = []
            var seen: Set<String> = []
            while titles.count < Self.recentTitlesLimit, let row = try rows.next() {
                if seen.insert(row["title"]).inserted { titles.append(row["title"]) }
            }
            return titles
        }
    }
}
