import TextIndex
import VectorIndex

/// The caches of one ``QuestionAnswering``; `nil` for one that is switched off.
struct QuestionCaches: Sendable {
    var embeddings: EmbeddingCache?
    var retrieval: RetrievalCache?
    var answers: AnswerCache?

    /// Nothing is kept.
    static let none = QuestionCaches()

    private init() {}

    /// What was found is kept only over indexes that both tell their revisions.
    ///
    /// - Parameter shared: where vectors of questions are looked for behind the process's own.
    init(
        _ limits: CacheLimits, index: any VectorStore, words: any TextStore,
        shared: (any SharedQuestionVectors)? = nil
    ) {
        if !limits.embeddings.isNone { embeddings = EmbeddingCache(limits.embeddings, shared: shared) }
        guard let vectors = index as? any RevisedIndex, let words = words as? any RevisedIndex else { return }
        let revisions = CorpusRevisions(vectors: vectors, words: words)
        if !limits.retrieval.isNone { retrieval = RetrievalCache(limits.retrieval, revisions) }
        if !limits.answers.isNone { answers = AnswerCache(limits.answers, revisions) }
    }

    var statistics: QuestionCacheStatistics {
        QuestionCacheStatistics(
            embeddings: embeddings?.statistics, retrieval: retrieval?.statistics, answers: answers?.statistics
        )
    }
}
