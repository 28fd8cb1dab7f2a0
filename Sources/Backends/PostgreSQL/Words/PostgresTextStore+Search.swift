import TextIndex
import VectorIndex

extension PostgresTextStore {
    /// The best `limit` matches among those that `filter` admits, which goes with the statement.
    ///
    /// How many passages have each word is known from the table of terms, so that a group of forms says beforehand what it
    /// can add to a score at most. The server takes the passages that have any of the groups, orders them by the sum of what
    /// their groups can add – those that have all come first –, and gives for the first few hundred where the query's terms
    /// stand. These are scored here, with all that ``TextQuery`` asks for, and more are asked for until no other
    /// passage can score as much. That is exact, as in the index of this process, but for what a `tsvector` leaves out and
    /// for words that more passages have than ``PostgresTextOptions/evaluated``: those bring passages of their own
    /// only where rarer ones do not bring enough that must score better, and then of the many only some.
    ///
    /// A beginning stands for its commonest endings, which the table of terms gives, each matched as a whole: to the
    /// server's own `:*` all endings are one, whose rarity is not known.
    public func search(
        _ query: TextQuery, limit: Int, filter: IDBitmap?
    ) throws(TextIndexError) -> [TextMatch] {
        try TextScoring.check("limit", Double(limit), TextQuery.resultLimits)
        try query.check()
        let parts = PassageFilter.parts(of: filter).filter { !$0.isEmpty }
        guard !parts.isEmpty else { return [] }
        return try told {
            try reading { [self] db in
                let weighed = try weighed(query, db).query
                guard !weighed.isEmpty else { return [] }
                var search = PassageSearch(weighed, table, options, limit: limit)
                for part in parts { try search.look(among: part, db) }
                return search.matches(limit: limit)
            }
        }
    }

    // MARK: Counting

    public func matchCount(_ query: TextQuery, filter: IDBitmap?) throws(TextIndexError) -> Int {
        try query.check()
        let parts = PassageFilter.parts(of: filter).filter { !$0.isEmpty }
        return try told {
            try reading { [self] db in
                let weighed = try weighed(query, db).query
                guard !weighed.isEmpty else { return 0 }
                return try parts.reduce(0) { sum, part in
                    guard weighed.isPlain else { return sum + (try matching(weighed, part, db).count) }
                    let counting = PassageStatement(weighed, weighed.condition, part, table).count
                    let rows = try db.pipeline([PassageStatement.planning, counting]).last
                    return sum + Int(clamping: try rows?.first?.int(0) ?? 0)
                }
            }
        }
    }

    public func facets(
        _ query: TextQuery, field: String, filter: IDBitmap?
    ) throws(TextIndexError) -> [FacetCount] {
        try query.check()
        let parts = PassageFilter.parts(of: filter).filter { !$0.isEmpty }
        let counts = try told {
            try reading { [self] db in
                var counts: [[UInt8]: Int] = [:]
                let weighed = try weighed(query, db).query
                guard !weighed.isEmpty else { return counts }
                for part in parts {
                    // Where the server cannot tell the matches, they are listed to it.
                    let ids = weighed.isPlain ? nil : try matching(weighed, part, db)
                    let parts = ids.map { PassageFilter.parts(of: IDBitmap($0)) } ?? [part]
                    for part in parts where !part.isEmpty {
                        let counting = PassageStatement(weighed, weighed.condition, part, table)
                            .facets(of: field)
                        guard let rows = try db.pipeline([PassageStatement.planning, counting]).last else {
                            continue
                        }
                        for row in rows.rows {
                            counts[Array(try row.text(0).utf8), default: 0] += Int(clamping: try row.int(1))
                        }
                    }
                }
                return counts
            }
        }
        return counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
        }
        .map { FacetCount(value: String(decoding: $0.key, as: UTF8.self), count: $0.value) }
    }

    /// Every match, each looked at: for phrases whose terms need not stand one behind the other.
    private func matching(
        _ query: WeighedQuery, _ filter: PassageFilter, _ db: PostgresConnection
    ) throws -> [UInt64] {
        let statement = PassageStatement(query, query.condition, filter, table)
        var (ids, last): ([UInt64], Int64?) = ([], nil)
        while true {
            let page = statement.page(after: last, limit: Self.matchPage)
            guard let rows = try db.pipeline([PassageStatement.planning, page]).last else { return ids }
            for row in rows.rows {
                let (id, excerpt) = try PassageSearch.passage(row, db)
                if query.judge(excerpt).isMatch { ids.append(id) }
                last = Int64(bitPattern: id)
            }
            guard rows.count == Self.matchPage else { return ids }
        }
    }

    private static let matchPage = 5_000

    // MARK: Weighing

    public func explain(_ query: TextQuery, id: UInt64) throws(TextIndexError) -> TextExplanation? {
        try query.check()
        return try told {
            try reading { [self] db in
                let (weighed, known) = try weighed(query, db)
                let rows = try db.pipeline([PassageStatement.passage(id, weighed, table)]).last
                guard let row = rows?.first else { return TextExplanation?.none }
                let asksNothing = weighed.groups.isEmpty && weighed.phrases.isEmpty
                guard !asksNothing, known.reading.count > 0, weighed.minimumMatch <= weighed.groups.count
                else {
                    return TextExplanation(isMatch: false, groups: [], phrases: [], proximity: 0)
                }
                let excerpt = try PassageSearch.passage(row, db).excerpt
                let judged = weighed.judge(excerpt)
                return TextExplanation(
                    isMatch: judged.isMatch, groups: judged.groups, phrases: judged.phrases,
                    proximity: weighed.bonus(excerpt))
            }
        }
    }

    public func bound(of query: TextQuery) throws(TextIndexError) -> Double {
        try query.check()
        return try told {
            try reading { [self] db in
                let (weighed, known) = try weighed(query, db)
                return weighed.bound(of: query, passages: known.reading.count)
            }
        }
    }

    public func documentFrequency(of term: String) throws(TextIndexError) -> Int {
        try TextQuery.check(term)
        guard let bytes = TermVector.bytes(of: term) else { return 0 }
        return try told {
            try reading { [self] db in
                try known([bytes], [], db).counts[bytes] ?? 0
            }
        }
    }

    private func weighed(
        _ query: TextQuery, _ db: PostgresConnection
    ) throws -> (query: WeighedQuery, known: PostgresTextFigures.Known) {
        let known = try known(WeighedQuery.terms(of: query), WeighedQuery.beginnings(of: query), db)
        return (WeighedQuery(query, known, scoring: scoring, means: means(known.reading)), known)
    }

    /// What is known of some terms and beginnings, read in one trip where it is not known yet.
    private func known(
        _ terms: Set<[UInt8]>, _ beginnings: Set<PostgresTextFigures.Beginning>, _ db: PostgresConnection
    ) throws -> PostgresTextFigures.Known {
        if let known = figures.known(terms, beginnings) { return known }
        let mark = figures.mark
        let (terms, beginnings) = (Array(terms), Array(beginnings))
        var statements = [
            PostgresConnection.Statement(PostgresTextTable.figures, [.text(table.name)]),
            PostgresConnection.Statement(
                table.counts, [.texts(terms.map { String(decoding: $0, as: UTF8.self) })]),
        ]
        statements += beginnings.map { beginning in
            let end = Self.end(of: beginning.text)
            let text = String(decoding: beginning.text, as: UTF8.self)
            return PostgresConnection.Statement(
                table.beginnings(isBounded: end != nil),
                [.text(text), .int(Int64(beginning.limit))] + (end.map { [.text($0)] } ?? []))
        }
        let results = try db.pipeline(statements)
        guard results.count == statements.count, let figuresRow = results[0].first else {
            throw Self.isGone(table.name, db)
        }
        var known = PostgresTextFigures.Known(reading: try Self.reading(figuresRow))
        for term in terms { known.counts[term] = 0 }
        for counted in try Self.counted(results[1]) { known.counts[counted.term] = counted.count }
        for (beginning, result) in zip(beginnings, results.dropFirst(2)) {
            known.endings[beginning] = try Self.counted(result)
        }
        figures.take(known, since: mark)
        return known
    }

    private static func counted(_ result: PostgresResult) throws -> [PostgresTextFigures.Counted] {
        try result.rows.map {
            PostgresTextFigures.Counted(
                term: Array(try $0.text(0).utf8), count: Int(clamping: try $0.int(1)))
        }
    }

    /// The first text behind all that begin with `text`, in the order of bytes; `nil` where there is none.
    static func end(of text: [UInt8]) -> String? {
        var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        while let last = scalars.popLast() {
            // Surrogates stand between two of them, and are none.
            guard let next = Unicode.Scalar(last.value == 0xD7FF ? 0xE000 : last.value + 1) else { continue }
            scalars.append(next)
            return String(String.UnicodeScalarView(scalars))
        }
        return nil
    }
}
