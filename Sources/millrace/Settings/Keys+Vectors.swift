enum VectorProvider: String, CaseIterable { case local, pgvector }

extension Keys {
    /// Where passages' vectors are searched.
    struct Vectors: Sendable {
        let provider = Setting<VectorProvider>(
            "vectors.provider", .local,
            "local keeps an index of vectors in each process; pgvector one in the database, which all processes search, where database.provider is postgres"
        )
        let connections = Setting<Int>(
            "vectors.connections", 4, in: 1...100,
            "connections of one process that search and store vectors, beside database.connections")
        let indexFrom = Setting<Int>(
            "vectors.index_from", 5_000, in: 0...1_000_000,
            "vectors from which on pgvector's index is built; fewer are compared one by one")
        let buildMemory = Setting<Int>(
            "vectors.build_megabytes", 1_024, in: 64...1_048_576,
            "memory that the server may take while it builds that index")
    }
}
