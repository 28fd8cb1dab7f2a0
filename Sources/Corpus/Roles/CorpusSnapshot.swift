import Foundation

/// The corpus as one caller may see it at one moment: everything asked of it is of one transaction.
///
/// Lent by ``PassageStore/withSnapshot(for:_:)``; of no use afterwards.
public typealias CorpusSnapshot = AccessSnapshot & PassageSnapshot

/// Passages and what is told of their documents. Nothing that the caller may not read ever comes out.
public protocol PassageSnapshot {
    /// The passages of these ids, with their texts, in the order of `ids`; a document is loaded once, however many
    /// of them it holds.
    func chunks(_ ids: [Int64]) throws(CorpusError) -> [StoredChunk]

    /// The documents that passages are from, by passage. Loads no text.
    func documentIDs(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: String]

    /// What was derived of passages' embedded texts beside their vectors, as
    /// ``EmbeddingStore/saveEvidence(_:model:rules:)`` got it, by passage; those without any are left out. Loads no text.
    func evidence(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: Data]

    /// Lends the same to `body`, passage by passage in any order, without copying it: `body` must not keep the bytes,
    /// which may be gone when it returns.
    func withEvidence(ofChunks ids: [Int64], _ body: (Int64, Data) -> Void) throws(CorpusError)

    /// What searches count documents by, in no order. Loads no text.
    ///
    /// - Parameter ids: as ``documentIDs(ofChunks:)`` gave them.
    func facts(ofDocuments ids: [String]) throws(CorpusError) -> [DocumentFacts]

    /// The passages beside each of `ids` in its page, in reading order. Loads no text.
    ///
    /// - Parameter distance: how many on each side at most.
    func neighbours(ofChunks ids: [Int64], distance: Int) throws(CorpusError) -> [Int64: [Int64]]

    /// A passage with what stands around it.
    ///
    /// - Parameter bytes: how much text to show on each side at most.
    func context(ofChunk id: Int64, bytes: Int) throws(CorpusError) -> ChunkContext?

    /// Counts documents and passages.
    func summary() throws(CorpusError) -> CorpusSummary

    /// Titles of pages, the most recently changed first.
    func recentTitles(limit: Int) throws(CorpusError) -> [String]
}

extension PassageSnapshot {
    public func withEvidence(ofChunks ids: [Int64], _ body: (Int64, Data) -> Void) throws(CorpusError) {
        for (id, data) in try evidence(ofChunks: ids) { body(id, data) }
    }
}

/// Ids alone: what sets of readable passages are made of and kept level by.
public protocol AccessSnapshot {
    /// The access classes that the caller satisfies.
    var classes: Set<AccessClassID> { get }

    /// The number of the last change that this snapshot holds; 0 before the first. It only grows.
    func changeSequence() throws(CorpusError) -> Int64

    /// What happened after change `sequence`, in order, or `nil` when that is too long ago to be known.
    ///
    /// - Parameter model: only passages embedded by it; changes of documents always.
    func changes(after sequence: Int64, model: String) throws(CorpusError) -> [ChunkChange]?

    /// Every passage embedded by `model`, with its access class, whoever may read it.
    func accessClasses(model: String) throws(CorpusError) -> [(chunk: Int64, accessClass: AccessClassID)]

    /// Every passage that `filter` lets through, whoever may read it.
    ///
    /// - Parameter documents: only passages of these; `nil` for all.
    func chunkIDs(
        matching filter: ChunkFilter, model: String, inDocuments documents: [String]?
    ) throws(CorpusError) -> [Int64]
}
