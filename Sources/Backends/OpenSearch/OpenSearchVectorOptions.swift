/// How vectors in OpenSearch are indexed and searched.
public struct OpenSearchVectorOptions: Sendable, Hashable {
    /// What builds and walks the graph.
    public enum Engine: String, Sendable, CaseIterable {
        case faiss, lucene
    }

    public var engine = Engine.faiss
    /// Links a vector gets on each layer, and candidates kept while it is inserted (OpenSearch's documentation,
    /// “Methods and engines”).
    public var m = 16
    public var efConstruction = 128
    /// Candidates that a search keeps on each shard when it names no number of its own.
    public var efSearch = 100
    /// Stored vectors and changes are told at most this long after another process made them.
    public var freshness = Duration.seconds(1)
    /// How a batch is cut into requests: at most so many documents and bytes each.
    public var batchCount = 500
    public var batchBytes = 5_000_000
    /// How often what the cluster had no room for is sent again, with growing pauses.
    public var retries = 5

    /// What the settings are called that decide on the index, for errors.
    public struct Names: Sendable, Hashable {
        public var index = "the index's name"
        public var engine = "the engine"
        public var model = "the embedding model"

        public init() {}
    }

    public var names = Names()

    public init() {}
}
