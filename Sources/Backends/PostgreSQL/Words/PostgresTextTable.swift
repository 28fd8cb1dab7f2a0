import Crypto
import Foundation

/// The tables of one corpus's words, and the statements that they are used by.
///
/// Terms that other rules cut are other terms, so each corpus and version of the rules has tables of its own; `word_table`
/// says which are whose. One has a row a passage: its vector of terms under a GIN index, where its fields lie in it and how
/// long they are, and its facets. The other has a row a term: in how many passages it stands, which scores need and
/// PostgreSQL does not count.
struct PostgresTextTable: Sendable {
    let name: String
    let fieldCount: Int

    init(content: String, rules: String, fieldCount: Int) {
        let text = "\(content)\u{0}\(rules)\u{0}\(fieldCount)"
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        name = "passage_words_\(digest.joined())"
        self.fieldCount = fieldCount
    }

    /// In how many passages each term stands.
    var termsName: String { "\(name)_term" }

    /// Makes the tables. A vector stays in its row, as it is, up to a page's size: a search looks at many, and fetching and
    /// unpacking each would be most of its time.
    var creation: String {
        """
        CREATE TABLE \(name) (
            id bigint PRIMARY KEY, terms tsvector NOT NULL, layout integer[] NOT NULL, facets jsonb NOT NULL
        ) WITH (toast_tuple_target = 8160);
        ALTER TABLE \(name) ALTER COLUMN terms SET STORAGE EXTERNAL;
        CREATE INDEX \(name)_gin ON \(name) USING gin (terms);
        CREATE TABLE \(termsName) (term text COLLATE "C" PRIMARY KEY, count bigint NOT NULL) WITH (fillfactor = 70);
        """
    }

    // MARK: Writing

    /// Writers go one after the other: what each adds to the counts of terms would otherwise be waited for in a circle.
    static let lock = "SELECT count FROM word_table WHERE name = $1 FOR UPDATE"

    /// Stores the passages `$1` with the vectors `$2`, their layouts `$3`, one behind the other, and facets `$4`; rows that
    /// hold the same already are left alone. Gives how many were written, how many of those were there before, and by how
    /// much each field's words grew.
    var storing: String {
        let width = 2 * fieldCount
        return """
            WITH given AS MATERIALIZED (
                SELECT id, terms::tsvector AS terms, facets::jsonb AS facets,
                    ($3::bigint[])[(place - 1) * \(width) + 1:place * \(width)]::integer[] AS layout
                FROM unnest($1::bigint[], $2::text[], $4::text[]) WITH ORDINALITY AS given (id, terms, facets, place)),
            earlier AS MATERIALIZED (
                SELECT stored.id, stored.terms, stored.layout FROM \(name) stored JOIN given USING (id)),
            written AS (
                INSERT INTO \(name) AS stored (id, terms, layout, facets)
                SELECT id, terms, layout, facets FROM given ORDER BY id
                ON CONFLICT (id) DO UPDATE
                    SET terms = excluded.terms, layout = excluded.layout, facets = excluded.facets
                    WHERE (stored.terms, stored.layout, stored.facets)
                        IS DISTINCT FROM (excluded.terms, excluded.layout, excluded.facets)
                RETURNING id),
            moved AS MATERIALIZED (
                SELECT given.terms, given.layout, 1 AS way FROM written JOIN given USING (id)
                UNION ALL
                SELECT earlier.terms, earlier.layout, -1 FROM written JOIN earlier USING (id)),
            \(counting("moved"))
            SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM written JOIN earlier USING (id)),
                \(growth("moved"))
            """
    }

    /// Removes the passages `$1`. Gives how many there were, and by how much each field's words grew, which is below 0.
    var removal: String {
        """
        WITH removed AS (DELETE FROM \(name) WHERE id = ANY ($1) RETURNING terms, layout, -1 AS way),
        \(counting("removed"))
        SELECT (SELECT count(*) FROM removed), \(growth("removed"))
        """
    }

    /// Adds to the counts of terms what rows with a `way` of 1 or -1 come to.
    private func counting(_ rows: String) -> String {
        """
        counted AS (
            INSERT INTO \(termsName) AS known (term, count)
            SELECT lexeme, sum(way) FROM \(rows), unnest(terms) AS term (lexeme, positions, weights)
            GROUP BY lexeme HAVING sum(way) <> 0 ORDER BY lexeme COLLATE "C"
            ON CONFLICT (term) DO UPDATE SET count = known.count + excluded.count)
        """
    }

    private func growth(_ rows: String) -> String {
        let sums = (1...fieldCount).map { "coalesce(sum(way * layout[\(fieldCount + $0)]), 0)" }
        return "(SELECT ARRAY[\(sums.joined(separator: ", "))]::bigint[] FROM \(rows))"
    }

    /// Notes a change by `$2` passages and `$3` words of the fields.
    static let noting = """
        UPDATE word_table SET count = count + $2, revision = revision + 1, totals = (
            SELECT array_agg(had + came ORDER BY place)
            FROM unnest(totals, $3::bigint[]) WITH ORDINALITY AS field (had, came, place))
        WHERE name = $1 RETURNING count, revision, totals
        """

    static let figures = "SELECT count, revision, totals FROM word_table WHERE name = $1"
    static let level = "SELECT level FROM word_table WHERE name = $1"
    static let noteLevel =
        "UPDATE word_table SET level = $2 WHERE name = $1 AND (level IS NULL OR level < $2)"

    // MARK: Reading

    var stored: String { "SELECT id FROM \(name) WHERE id = ANY ($1)" }

    /// The next ids from `$1` on.
    func page(_ size: Int) -> String {
        "SELECT id FROM \(name) WHERE id >= $1 ORDER BY id LIMIT \(size)"
    }

    var counts: String { "SELECT term, count FROM \(termsName) WHERE term = ANY ($1) AND count > 0" }

    /// The `$2` commonest terms from `$1` on, before `$3` where there is a term behind all that begin alike.
    func beginnings(isBounded: Bool) -> String {
        """
        SELECT term, count FROM \(termsName) WHERE term >= $1 \(isBounded ? "AND term < $3 " : "")AND count > 0
        ORDER BY count DESC, term LIMIT $2
        """
    }
}
