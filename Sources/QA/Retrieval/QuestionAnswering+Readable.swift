import Corpus
import VectorIndex

extension QuestionAnswering {
    /// The passages that a snapshot's caller may read and a filter lets through, as searches see them.
    ///
    /// - Complexity: as ``ReadableChunks/bitmap(for:in:)``.
    public func readablePassages(
        _ filter: ChunkFilter = .everything, in snapshot: any CorpusSnapshot
    ) throws(CorpusError) -> IDBitmap {
        try dense.readable.bitmap(for: filter, in: snapshot)
    }
}
