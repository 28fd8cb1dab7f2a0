@_spi(CorpusEngine) import Corpus

extension PostgresSnapshot {
    func summary() throws(CorpusError) -> CorpusSummary {
        let held = try corpus.holdings.value(classes: classes, sequence: changeSequence()) {
            () throws(CorpusError) in try holdings()
        }
        let spaces = try mapErrors {
            try db.query("SELECT key, name, type FROM space ORDER BY key").rows.compactMap { row in
                let key = try row.text(0)
                guard let held = held[key] else { return nil as CorpusSummary.SpaceCount? }
                return CorpusSummary.SpaceCount(
                    space: Space(key: key, name: try row.text(1), type: try row.text(2)),
                    documents: held.documents)
            }
        }
        let all = held.summed
        return CorpusSummary(
            documents: all.documents, chunks: all.chunks, spaces: spaces, kinds: all.kinds)
    }

    /// By space key.
    private func holdings() throws(CorpusError) -> [String: SpaceHolding] {
        try mapErrors {
            let found = try db.query(
                """
                SELECT d.space_key, count(*), sum(held.chunks)::bigint, d.kind
                FROM (SELECT c.document_id, count(*) AS chunks FROM chunk c
                    WHERE c.access_class_id = ANY($1) GROUP BY c.document_id) held
                JOIN document d ON d.id = held.document_id GROUP BY d.space_key, d.kind
                """, [readable])
            var holdings: [String: SpaceHolding] = [:]
            for row in found.rows {
                holdings[try row.text(0), default: SpaceHolding()].add(
                    documents: Int(try row.int(1)), chunks: Int(try row.int(2)), of: try row.text(3))
            }
            return holdings
        }
    }

    func recentTitles(limit: Int) throws(CorpusError) -> [String] {
        let titles = try corpus.titlesOfPages.value(classes: classes, sequence: changeSequence()) {
            () throws(CorpusError) in try recentTitles()
        }
        return Array(titles.prefix(limit))
    }

    private func recentTitles() throws(CorpusError) -> [String] {
        try mapErrors {
            // Some pages share a title: so many more are looked at.
            let titles = try db.texts(
                """
                SELECT d.title FROM document d WHERE d.kind = $1 AND EXISTS (
                    SELECT 1 FROM chunk c WHERE c.document_id = d.id AND c.access_class_id = ANY($2))
                ORDER BY d.updated_at DESC NULLS LAST, d.id LIMIT 1000
                """, [.text(Document.Kind.page.rawValue), readable])
            var seen: Set<String> = []
            return Array(titles.filter { seen.insert($0).inserted }.prefix(100))
        }
    }
}
