/// How vectors on a server are indexed and searched.
public struct PostgresVectorOptions: Sendable, Hashable {
    /// Links a vector gets on each layer, and candidates kept while it is inserted (pgvector's documentation, “HNSW”).
    public var m = 16
    public var efConstruction = 64
    /// Candidates kept by a search that names no number of its own; at most 1,000, as pgvector has it.
    public var efSearch = 100
    /// Vectors from which on the index is built: fewer are compared one by one in milliseconds, and an index that is
    /// there while many come makes each of them slower.
    public var indexFrom = 5_000
    /// What the server may take in memory while it builds the index (`maintenance_work_mem`), in bytes. A graph that
    /// does not fit is built many times slower.
    public var buildMemory = 1 << 30
    /// Stored vectors and changes are told at most this long after another process made them.
    public var freshness = Duration.seconds(1)

    public init() {}
}

/// How the building of an index goes.
public enum PostgresVectorBuild: Sendable, Hashable {
    case begun(vectors: Int)
    /// What PostgreSQL calls the step, and the share of it that is done, where it says so.
    case advanced(phase: String, share: Double?)
    case ended(Duration)
    /// Searches go on by comparing; the next opening tries again.
    case failed(reason: String)
}
