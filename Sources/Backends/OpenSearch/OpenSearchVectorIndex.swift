import AWSServices
import Crypto
import Foundation
import JSONValue
import VectorIndex

/// The index of one model's vectors: its name, its mapping, and what its documents hold.
///
/// Searches and writes name an alias, `PREFIX-FINGERPRINT`, which stands for one index, `PREFIX-FINGERPRINT-1` when it
/// is made: who wants other shards reindexes to another and moves the alias, unnoticed by any process. The fingerprint
/// is a hash of model, dimension, metric and graph, so what is made by other settings is another index, filled before
/// the first question and left alone by processes that have the old settings still. The mapping's `_meta` says in
/// words what the hash stands for, and is compared at each opening.
struct OpenSearchVectorIndex: Sendable {
    let prefix: String
    let model: String
    let dimension: Int
    let metric: Metric
    let options: OpenSearchVectorOptions
    /// What all calls name.
    let alias: String

    /// The fields of a document, and the document whose version tells of changes.
    static let idField = "id"
    static let vectorField = "vector"
    static let revisionID = "revision"
    /// Under `_meta`.
    static let about = "millrace"
    private static let format = 1
    /// Components that OpenSearch's engines take.
    static let dimensions = 1...16_000
    /// How soon OpenSearch itself makes writes found: each batch of ours asks for it at its end, so this is for one
    /// whose process died before.
    private static let refreshInterval = "30s"

    /// - Throws: ``OpenSearchVectorError/badPrefix(_:)``; ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a
    ///   dimension that OpenSearch does not index.
    init(
        prefix: String, model: String, dimension: Int, metric: Metric, options: OpenSearchVectorOptions
    ) throws {
        let letters = prefix.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard letters, (1...200).contains(prefix.utf8.count), !prefix.hasPrefix("-"), !prefix.hasPrefix("_")
        else { throw OpenSearchVectorError.badPrefix(prefix) }
        guard Self.dimensions.contains(dimension) else {
            throw VectorIndexError.invalidParameter(
                name: "dimension", value: dimension, allowed: Self.dimensions)
        }
        (self.prefix, self.model, self.dimension, self.metric) = (prefix, model, dimension, metric)
        self.options = options
        let text = [
            model, "\(dimension)", metric.description, options.engine.rawValue, "\(options.m)",
            "\(options.efConstruction)",
        ].joined(separator: "\u{0}")
        let digest = SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        alias = "\(prefix)-\(digest.joined())"
    }

    /// The index that is made where the alias stands for none.
    var firstName: String { "\(alias)-1" }

    /// Faiss has cosine from 2.19 on only; vectors are of length 1 under it, so the inner product orders alike.
    var space: OpenSearchVectorField.Space {
        switch (metric, options.engine) {
        case (.cosine, .faiss), (.innerProduct, _): .innerProduct
        case (.cosine, .lucene): .cosine
        case (.squaredL2, _): .l2
        }
    }

    /// What makes it.
    var creation: OpenSearchIndex {
        let engine: OpenSearchVectorField.Engine = options.engine == .faiss ? .faiss : .lucene
        var index = OpenSearchIndex([
            Self.idField: .integer,
            Self.vectorField: .vector(
                OpenSearchVectorField(
                    dimension: dimension, space: space, engine: engine, m: options.m,
                    efConstruction: options.efConstruction)),
        ])
        index.refreshInterval = Self.refreshInterval
        index.aliases = [alias]
        index.about = [Self.about: .object(meta)]
        return index
    }

    private var meta: [String: JSONValue] {
        [
            "format": .integer(Self.format), "model": .string(model), "dimension": .integer(dimension),
            "metric": .string(metric.description),
        ]
    }

    // MARK: Checks

    /// Compares a mapping with what the settings need.
    ///
    /// - Throws: ``OpenSearchVectorError/mismatch(host:index:part:stored:requested:setting:)``.
    func check(_ mapping: JSONValue, of name: String, host: String) throws(OpenSearchVectorError) {
        let names = options.names
        let told = mapping["_meta"]?[Self.about]
        let field = mapping["properties"]?[Self.vectorField]
        let method = field?["method"]
        let space = method?["space_type"] ?? field?["space_type"]
        let parts: [(String, JSONValue?, JSONValue, String)] = [
            ("_meta.millrace.format", told?["format"], .integer(Self.format), names.index),
            ("_meta.millrace.model", told?["model"], .string(model), names.model),
            ("_meta.millrace.dimension", told?["dimension"], .integer(dimension), names.model),
            ("_meta.millrace.metric", told?["metric"], .string(metric.description), names.index),
            ("vector.type", field?["type"], "knn_vector", names.index),
            ("vector.dimension", field?["dimension"], .integer(dimension), names.model),
            ("vector.engine", method?["engine"], .string(options.engine.rawValue), names.engine),
            ("vector.space_type", space, .string(self.space.rawValue), names.engine),
        ]
        for (part, stored, requested, setting) in parts where stored != requested {
            throw .mismatch(
                host: host, index: name, part: part, stored: Self.words(stored),
                requested: Self.words(requested), setting: setting)
        }
    }

    private static func words(_ value: JSONValue?) -> String {
        switch value {
        case .none: "nothing"
        case .some(let value): value.string ?? value.integer.map { "\($0)" } ?? value.kind
        }
    }

    // MARK: Documents

    static func documentID(_ id: UInt64) -> String { "\(id)" }

    func item(_ id: UInt64, _ vector: [Float]) -> OpenSearchItem {
        OpenSearchItem(
            Self.documentID(id),
            .put([
                Self.idField: .integer(Int(Int64(bitPattern: id))),
                Self.vectorField: .openSearchVector(vector),
            ]))
    }

    /// The metric's distance from a score (OpenSearch's documentation, “Spaces”), on the edge where rounding left its
    /// range.
    ///
    /// | space | score |
    /// |---|---|
    /// | `cosinesimil` | (2 − d) / 2, d = 1 − cos |
    /// | `innerproduct` | p + 1 for a product p above 0, else 1 / (1 − p) |
    /// | `l2` | 1 / (1 + d), d the squared distance |
    func distance(score: Double) -> Float {
        switch space {
        case .cosine: return Float(min(max(2 - 2 * score, 0), 2))
        case .l2: return score > 0 ? Float(max(1 / score - 1, 0)) : .infinity
        case .innerProduct:
            let product = score > 1 ? score - 1 : score > 0 ? 1 - 1 / score : -.infinity
            return metric == .cosine ? Float(min(max(1 - product, 0), 2)) : Float(-product)
        }
    }
}
