import Crypto
import Foundation
import VectorIndex

/// A table of one model's vectors, and the statements that it is used by.
///
/// The dimension of pgvector's `halfvec` belongs to the column, so each model has a table of its own; `vector_table`
/// says which is whose. Everything of the extension is written with its schema: where it was made is the database's
/// affair.
struct PostgresVectorTable: Sendable {
    let name: String
    let model: String
    let dimension: Int
    let metric: Metric
    /// Where the extension's types and operators are, quoted.
    let extensionSchema: String

    /// Components that an HNSW index over `halfvec` takes (pgvector's documentation, “HNSW”).
    static let dimensions = 1...4_000

    /// - Parameter extensionSchema: unquoted.
    init(model: String, dimension: Int, metric: Metric, extensionSchema: String) {
        let text = "\(model)\u{0}\(dimension)\u{0}\(metric)"
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        name = "chunk_vector_\(digest.joined())"
        (self.model, self.dimension, self.metric) = (model, dimension, metric)
        self.extensionSchema = "\"\(extensionSchema.replacing("\"", with: "\"\""))\""
    }

    var indexName: String { "\(name)_hnsw" }
    private var type: String { "\(extensionSchema).halfvec(\(dimension))" }

    /// Makes the table; its vectors stay in their rows, for a search that compares many reads them all.
    var creation: String {
        """
        CREATE TABLE \(name) (id bigint PRIMARY KEY, vector \(type) NOT NULL);
        ALTER TABLE \(name) ALTER COLUMN vector SET STORAGE PLAIN;
        """
    }

    /// Makes the index while others read and write.
    func indexCreation(m: Int, efConstruction: Int) -> String {
        """
        CREATE INDEX CONCURRENTLY \(indexName) ON \(name) USING hnsw (vector \(extensionSchema).\(operators)) \
        WITH (m = \(m), ef_construction = \(efConstruction))
        """
    }

    private var operators: String {
        switch metric {
        case .cosine: "halfvec_cosine_ops"
        case .innerProduct: "halfvec_ip_ops"
        case .squaredL2: "halfvec_l2_ops"
        }
    }

    /// The operator whose order is the metric's: cosine distance, negative inner product, L2 distance.
    private var distance: String {
        let sign =
            switch metric {
            case .cosine: "<=>"
            case .innerProduct: "<#>"
            case .squaredL2: "<->"
            }
        // A subquery is worked out once and not for every row, whatever plan is kept.
        return "vector OPERATOR(\(extensionSchema).\(sign)) (SELECT $1::real[]::\(type))"
    }

    /// The nearest by the index, where there is one. The limit is written out: the planner must know it.
    func nearest(_ limit: Int) -> String {
        "SELECT id, \(distance) FROM \(name) ORDER BY \(distance) LIMIT \(limit)"
    }

    /// The nearest of all, each compared: no index has this order.
    func nearestByComparing(_ limit: Int) -> String {
        "SELECT id, \(distance) FROM \(name) ORDER BY (\(distance)) + 0 LIMIT \(limit)"
    }

    /// The nearest of the ids `$2`, each compared.
    func nearestAmong(_ limit: Int) -> String {
        "SELECT id, \(distance) FROM \(name) WHERE id = ANY ($2) ORDER BY (\(distance)) + 0 LIMIT \(limit)"
    }

    /// The metric's distance from what the operator gave, on the edge where rounding left its range.
    func distance(_ given: Double) -> Float {
        switch metric {
        case .cosine: Float(min(max(given, 0), 2))
        case .innerProduct: Float(given)
        case .squaredL2: Float(given * given)
        }
    }

    /// Stores the ids `$1` with the components `$2`, one vector behind the other; rows that hold the same already are
    /// left alone. Gives how many are new, and how many were written.
    var storing: String {
        """
        WITH written AS (
            INSERT INTO \(name) AS stored (id, vector)
            SELECT id, ($2::real[])[(place - 1) * \(dimension) + 1:place * \(dimension)]::\(type)
            FROM unnest($1::bigint[]) WITH ORDINALITY AS given (id, place) ORDER BY id
            ON CONFLICT (id) DO UPDATE SET vector = excluded.vector
                WHERE stored.vector OPERATOR(\(extensionSchema).<>) excluded.vector
            RETURNING (xmax = 0) AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FROM written
        """
    }

    var removal: String { "DELETE FROM \(name) WHERE id = ANY ($1)" }
    var stored: String { "SELECT id FROM \(name) WHERE id = ANY ($1)" }

    /// The next ids from `$1` on.
    func page(_ size: Int) -> String {
        "SELECT id FROM \(name) WHERE id >= $1 ORDER BY id LIMIT \(size)"
    }
}
