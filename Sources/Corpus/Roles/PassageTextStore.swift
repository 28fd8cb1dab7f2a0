import Text

/// What an index of words is made of, and what it is kept level by.
public protocol PassageTextStore: Sendable {
    /// The number of the last change of passages or of their documents; 0 before the first. It only grows.
    func changeSequence() async throws(CorpusError) -> Int64

    /// Documents whose own facts (labels, space, kind, author or date) may have changed after change `sequence`;
    /// `nil` when that is too long ago to be known.
    func documentsChanged(after sequence: Int64) async throws(CorpusError) -> Set<String>?

    /// Ids of the chunks of some documents that are embedded by `model`, in no order.
    func chunkIDs(ofDocuments ids: [String], model: String) async throws(CorpusError) -> [Int64]

    /// Some chunks as they are found by their words, in no order; a chunk that is gone is left out.
    func passageTexts(ids: [Int64]) async throws(CorpusError) -> [PassageText]
}
