import JSONValue

/// How an index is made.
public struct OpenSearchIndex: Sendable, Hashable {
    /// What becomes of a field that the mapping does not name.
    public enum Unknown: String, Sendable {
        /// It is taken in, of the type that its first value has.
        case added = "true"
        /// It is kept in the source and cannot be searched.
        case kept = "false"
        /// The document is refused.
        case refused = "strict"
    }

    /// Fields by name.
    public var fields: [String: OpenSearchField]
    public var unknownFields = Unknown.refused
    /// Of primaries; fixed once the index is made. `nil` for the cluster's own, as Serverless wants it.
    public var shards: Int?
    /// Copies of each shard. `nil` for the cluster's own, as Serverless wants it.
    public var replicas: Int?
    /// How soon what is written is found, for example `1s`, `-1` for never; `nil` for the cluster's own.
    public var refreshInterval: String?
    /// More settings below `index`.
    public var settings: [String: JSONValue] = [:]
    /// What the mapping says of itself (`_meta`): kept, and not looked at by OpenSearch.
    public var about: [String: JSONValue] = [:]
    /// Aliases that stand for it from its first moment on.
    public var aliases: Set<String> = []

    public init(_ fields: [String: OpenSearchField]) {
        self.fields = fields
    }

    var json: JSONValue {
        var index = settings
        if fields.values.contains(where: \.hasVectors) { index["knn"] = true }
        if let shards { index["number_of_shards"] = .integer(shards) }
        if let replicas { index["number_of_replicas"] = .integer(replicas) }
        if let refreshInterval { index["refresh_interval"] = .string(refreshInterval) }
        var json: [String: JSONValue] = ["mappings": mappings]
        if !index.isEmpty { json["settings"] = ["index": .object(index)] }
        if !aliases.isEmpty {
            json["aliases"] = .object(Dictionary(uniqueKeysWithValues: aliases.map { ($0, [:]) }))
        }
        return .object(json)
    }

    private var mappings: JSONValue {
        var mappings: [String: JSONValue] = [
            "dynamic": .string(unknownFields.rawValue),
            "properties": .object(fields.mapValues(\.json)),
        ]
        if !about.isEmpty { mappings["_meta"] = .object(about) }
        return .object(mappings)
    }
}

/// A field of a mapping.
public indirect enum OpenSearchField: Sendable, Hashable {
    /// Searched by its words.
    ///
    /// - Parameter analyzer: `nil` for the standard one.
    case text(analyzer: String? = nil)
    /// One exact value.
    case keyword
    case integer
    case double
    case bool
    /// A time in ISO 8601, or in milliseconds since 1970.
    case date
    case vector(OpenSearchVectorField)
    case object([String: OpenSearchField])
    /// Kept in the source, and not searched.
    case unsearched
    /// Any other, as OpenSearch's mapping has it.
    case other(JSONValue)

    var json: JSONValue {
        switch self {
        case .text(let analyzer):
            analyzer.map { ["type": "text", "analyzer": .string($0)] } ?? ["type": "text"]
        case .keyword: ["type": "keyword"]
        case .integer: ["type": "long"]
        case .double: ["type": "double"]
        case .bool: ["type": "boolean"]
        case .date: ["type": "date"]
        case .vector(let vector): vector.json
        case .object(let fields): ["properties": .object(fields.mapValues(\.json))]
        case .unsearched: ["type": "object", "enabled": false]
        case .other(let json): json
        }
    }

    var hasVectors: Bool {
        switch self {
        case .vector: true
        case .object(let fields): fields.values.contains(where: \.hasVectors)
        case .other(let json): json["type"]?.string == "knn_vector"
        case .text, .keyword, .integer, .double, .bool, .date, .unsearched: false
        }
    }
}

/// A field of vectors, searched by an HNSW graph.
public struct OpenSearchVectorField: Sendable, Hashable {
    /// What is near.
    public enum Space: String, Sendable {
        case l2
        /// With the engine Faiss from OpenSearch 2.19 on; before, normalize the vectors and take `innerProduct`.
        case cosine = "cosinesimil"
        case innerProduct = "innerproduct"
    }

    /// What builds the graph.
    public enum Engine: String, Sendable {
        case faiss, lucene
    }

    /// 1 to 16,000.
    public var dimension: Int
    public var space: Space
    public var engine: Engine
    /// Neighbours of a node; `nil` for OpenSearch's 16.
    public var m: Int?
    /// Candidates while the graph is built; `nil` for OpenSearch's 100.
    public var efConstruction: Int?

    public init(
        dimension: Int, space: Space, engine: Engine = .faiss, m: Int? = nil, efConstruction: Int? = nil
    ) {
        self.dimension = dimension
        self.space = space
        self.engine = engine
        self.m = m
        self.efConstruction = efConstruction
    }

    var json: JSONValue {
        var parameters: [String: JSONValue] = [:]
        if let m { parameters["m"] = .integer(m) }
        if let efConstruction { parameters["ef_construction"] = .integer(efConstruction) }
        var method: [String: JSONValue] = [
            "name": "hnsw", "engine": .string(engine.rawValue), "space_type": .string(space.rawValue),
        ]
        if !parameters.isEmpty { method["parameters"] = .object(parameters) }
        return ["type": "knn_vector", "dimension": .integer(dimension), "method": .object(method)]
    }

    /// Whether OpenSearch can make it.
    var isPossible: Bool { OpenSearchQuery.dimensions.contains(dimension) }
}

extension OpenSearchField {
    /// The first vector field below that cannot be made.
    var impossible: OpenSearchVectorField? {
        switch self {
        case .vector(let vector): vector.isPossible ? nil : vector
        case .object(let fields): fields.values.lazy.compactMap(\.impossible).first
        default: nil
        }
    }
}
