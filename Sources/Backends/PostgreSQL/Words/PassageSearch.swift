import TextIndex

/// One search: what was looked at, and the best of it so far.
struct PassageSearch {
    private struct Found {
        var id: UInt64
        var score: Double
        var excerpt: TermVector.Excerpt
    }

    private let query: WeighedQuery
    private let table: PostgresTextTable
    private let options: PostgresTextOptions
    /// Matches that are to be ranked: as many as are asked for, and as nearness looks at.
    private let wanted: Int
    private var found: [Found] = []

    /// Rows of a first page at least, so that most searches need no second.
    private static let leastPage = 256

    init(_ query: WeighedQuery, _ table: PostgresTextTable, _ options: PostgresTextOptions, limit: Int) {
        (self.query, self.table, self.options) = (query, table, options)
        wanted = max(limit, query.proximity?.depth ?? 0)
    }

    /// Best first, equal scores by id.
    func matches(limit: Int) -> [TextMatch] {
        func sorted(_ found: [Found]) -> [Found] {
            found.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        }
        var best = Array(sorted(found).prefix(wanted))
        if query.proximity != nil {
            for place in best.indices { best[place].score += query.bonus(best[place].excerpt) }
            best = sorted(best)
        }
        return best.prefix(limit).map { TextMatch(id: $0.id, score: $0.score) }
    }

    // MARK: Looking

    /// Looks at passages until no other can be among the best, or as many as the options say.
    mutating func look(among filter: PassageFilter, _ db: PostgresConnection) throws {
        var round = Round()
        for step in query.steps(limit: options.evaluated) {
            try look(step, among: filter, &round, db)
            guard round.found.count >= wanted else { continue }
            // What is common only was looked at as far as it is worth it.
            guard !step.isCapped, let rest = step.rest, round.threshold(wanted) <= rest else { break }
        }
        found += round.found
    }

    /// What was seen of one filter's passages.
    private struct Round {
        var seen: Set<Int64> = []
        var found: [Found] = []

        /// The score of the last one that is wanted, of as many at least.
        func threshold(_ wanted: Int) -> Double {
            found.map(\.score).sorted(by: >)[wanted - 1]
        }
    }

    /// Scores the most promising first, and ends once all that is left can score less than what there is.
    private func look(
        _ step: WeighedQuery.Step, among filter: PassageFilter, _ round: inout Round,
        _ db: PostgresConnection
    ) throws {
        let statement = PassageStatement(query, step.query, filter, table)
        let most = max(options.ranked, 4 * wanted)
        var (offset, size) = (0, min(most, max(Self.leastPage, 2 * wanted)))
        while size > 0 {
            let promising = statement.promising(
                limit: size, offset: offset, cap: step.isCapped ? options.evaluated : nil)
            guard let rows = try db.pipeline([PassageStatement.planning, promising]).last else { return }
            var last = 0.0
            for row in rows.rows {
                last = try row.double(3)
                guard round.seen.insert(try row.int(0)).inserted else { continue }
                let (id, excerpt) = try Self.passage(row, db)
                let judged = query.judge(excerpt)
                if judged.isMatch {
                    round.found.append(Found(id: id, score: judged.score, excerpt: excerpt))
                }
            }
            offset += rows.count
            guard rows.count == size, offset < most else { return }
            if round.found.count >= wanted, round.threshold(wanted) > last { return }
            size = min(2 * size, most - offset)
        }
    }

    /// Of a row as ``PassageStatement`` gives them.
    static func passage(
        _ row: PostgresRow, _ db: PostgresConnection
    ) throws -> (id: UInt64, excerpt: TermVector.Excerpt) {
        let layout = try row.ints(1)
        let excerpt = try row.result.cell(row.index, 2) { bytes, _ in
            TermVector.Excerpt(bytes, layout: layout)
        }
        guard let excerpt = excerpt ?? nil else {
            throw PostgresError.unexpectedValue(
                server: db.server, column: "terms", expected: "tsvector in binary form")
        }
        return (UInt64(bitPattern: try row.int(0)), excerpt)
    }
}
