import TextIndex

/// Statements about the passages that a query and a filter admit.
struct PassageStatement {
    private let query: WeighedQuery
    private let table: PostgresTextTable
    private var values: [PostgresValue]
    /// Of each group that some passage has, whether a row has it; and the most that it adds.
    private var groups: [(isThere: String, strength: String)] = []
    /// What a row must meet.
    private var conditions: [String]

    /// - Parameter condition: as PostgreSQL reads it (`tsquery`).
    init(
        _ query: WeighedQuery, _ condition: String, _ filter: PassageFilter, _ table: PostgresTextTable
    ) {
        (self.query, self.table) = (query, table)
        values = [.text(condition)]
        conditions = ["terms @@ $1::tsquery"]
        conditions.append(filter.condition(&values))
    }

    /// Each statement is planned for its own values: how many passages a word has is what its plan depends on. To compile
    /// one would take longer than to run it.
    static let planning = PostgresConnection.Statement(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)")

    private mutating func value(_ value: PostgresValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    private mutating func weighGroups() {
        groups = []
        for group in query.groups where !group.terms.isEmpty {
            let isThere = "terms @@ \(value(.text(WeighedQuery.any([group]))))::tsquery"
            groups.append((isThere, value(.double(group.strength))))
        }
    }

    private mutating func demandGroups() {
        guard query.minimumMatch > 1 else { return }
        let hits = groups.map { "(\($0.isThere))::integer" }.joined(separator: " + ")
        conditions.append("\(hits) >= \(value(.int(Int64(query.minimumMatch))))")
    }

    /// Of a row named `passage`, what every statement that is to be scored gives of it: ``PassageSearch`` reads it.
    private mutating func excerpt() -> String {
        let terms = value(.texts(query.allTerms.map { String(decoding: $0, as: UTF8.self) }))
        // Of the vector the query's terms alone: they get a weight that the others have not.
        return """
            passage.id, passage.layout::bigint[],
                ts_filter(setweight(setweight(passage.terms, 'D'), 'A', \(terms)), '{a}')
            """
    }

    /// The passages that could score most, the most promising first: who has a group can score what the group can at most.
    ///
    /// - Parameter cap: rows that are looked at, whichever; `nil` for all.
    func promising(limit: Int, offset: Int, cap: Int?) -> PostgresConnection.Statement {
        var copy = self
        copy.weighGroups()
        copy.demandGroups()
        let bounds = copy.groups.map { "CASE WHEN \($0.isThere) THEN \($0.strength) ELSE 0 END" }
        let bound = bounds.isEmpty ? "0::double precision" : bounds.joined(separator: " + ")
        let capped = cap.map { "LIMIT \(copy.value(.int(Int64($0))))" } ?? ""
        let (excerpt, name) = (copy.excerpt(), table.name)
        let (count, start) = (copy.value(.int(Int64(limit))), copy.value(.int(Int64(offset))))
        return PostgresConnection.Statement(
            """
            SELECT \(excerpt), best.bound
            FROM (
                SELECT id, bound FROM (
                    SELECT id, \(bound) AS bound FROM \(name)
                    WHERE \(copy.conditions.joined(separator: " AND ")) \(capped)) AS met
                ORDER BY bound DESC, id LIMIT \(count) OFFSET \(start)) AS best
            JOIN \(name) AS passage USING (id) ORDER BY best.bound DESC, passage.id
            """, copy.values)
    }

    /// All of them in parts, by their ids.
    func page(after id: Int64?, limit: Int) -> PostgresConnection.Statement {
        var copy = self
        copy.weighGroups()
        copy.demandGroups()
        if let id { copy.conditions.append("passage.id > \(copy.value(.int(id)))") }
        let excerpt = copy.excerpt()
        return PostgresConnection.Statement(
            """
            SELECT \(excerpt) FROM \(table.name) AS passage
            WHERE \(copy.conditions.joined(separator: " AND ")) ORDER BY passage.id LIMIT \(limit)
            """, copy.values)
    }

    /// How many they are.
    var count: PostgresConnection.Statement { aggregate("SELECT count(*)", from: "", "") }

    /// How many have each value of a facet.
    func facets(of field: String) -> PostgresConnection.Statement {
        var copy = self
        let name = copy.value(.text(field))
        copy.conditions.append("facet->>0 = \(name)")
        return copy.aggregate(
            "SELECT facet->>1, count(*)", from: ", jsonb_array_elements(facets) AS facet",
            "GROUP BY facet->>1")
    }

    private func aggregate(_ selected: String, from: String, _ grouped: String)
        -> PostgresConnection.Statement
    {
        var copy = self
        if query.minimumMatch > 1 { copy.weighGroups() }
        copy.demandGroups()
        return PostgresConnection.Statement(
            """
            \(selected) FROM \(table.name) AS passage\(from)
            WHERE \(copy.conditions.joined(separator: " AND ")) \(grouped)
            """, copy.values)
    }

    /// One passage, whether it matches or not.
    static func passage(
        _ id: UInt64, _ query: WeighedQuery, _ table: PostgresTextTable
    ) -> PostgresConnection.Statement {
        PostgresConnection.Statement(
            """
            SELECT passage.id, passage.layout::bigint[],
                ts_filter(setweight(setweight(passage.terms, 'D'), 'A', $2), '{a}')
            FROM \(table.name) AS passage WHERE id = $1
            """,
            [
                .int(Int64(bitPattern: id)),
                .texts(query.allTerms.map { String(decoding: $0, as: UTF8.self) }),
            ])
    }
}
