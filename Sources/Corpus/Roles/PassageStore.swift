/// Passages as a caller may see them.
public protocol PassageStore: Sendable {
    /// Lends the corpus as it is at one moment, to read in one transaction.
    ///
    /// `body` runs on a thread that may wait, so it may search and load as it likes; it must not keep the snapshot.
    /// What takes long for other reasons (a model, a network) belongs before or after it: a snapshot keeps the
    /// database from tidying up.
    ///
    /// - Throws: ``CorpusError`` when the corpus cannot be read, and whatever `body` throws.
    func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value
}

extension PassageStore {
    /// The passages of these ids that may be read, in the order of `ids`; others are left out.
    public func chunks(_ ids: [Int64], scope: ReadScope) async throws -> [StoredChunk] {
        try await withSnapshot(for: scope) { try $0.chunks(ids) }
    }

    /// A passage with what stands around it, or `nil` when it is not there for this caller.
    public func context(
        ofChunk id: Int64, scope: ReadScope, bytes: Int = 4_000
    ) async throws -> ChunkContext? {
        try await withSnapshot(for: scope) { try $0.context(ofChunk: id, bytes: bytes) }
    }

    /// Counts only what may be read.
    public func summary(scope: ReadScope) async throws -> CorpusSummary {
        try await withSnapshot(for: scope) { try $0.summary() }
    }
}
