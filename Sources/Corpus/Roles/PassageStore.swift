/// Passages as a reader may see them: search by words, hydration, counts.
public protocol PassageStore: Sendable {
    func accessClasses(satisfiedBy reader: Reader) async throws(CorpusError) -> Set<AccessClassID>
    func chunks(_ ids: [Int64], reader: Reader) async throws(CorpusError) -> [StoredChunk]
    func context(ofChunk id: Int64, reader: Reader, bytes: Int) async throws(CorpusError) -> ChunkContext?
    func summary(reader: Reader) async throws(CorpusError) -> CorpusSummary
    func recentTitles(reader: Reader, limit: Int) async throws(CorpusError) -> [String]
    func keywordSearch(
        _ terms: QueryTerms, limit: Int, filter: ChunkFilter
    ) async throws(CorpusError) -> [KeywordMatch]
    func chunkIDs(
        matching filter: ChunkFilter, model: String
    ) async throws(CorpusError) -> (ids: [Int64], generation: Int64)
}

extension PassageStore {
    public func context(ofChunk id: Int64, reader: Reader) async throws(CorpusError) -> ChunkContext? {
        try await context(ofChunk: id, reader: reader, bytes: 4_000)
    }
}
