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
    /// - Parameters:
    ///   - shared: where vectors of questions are looked for behind the process's own.
    ///   - sharing: how rankings and answers are shared with other processes; `nil` for not at all.
    init(
        _ limits: CacheLimits, index: any VectorStore, words: any TextStore,
        shared: (any SharedQuestionVectors)? = nil, sharing: ResultSharing? = nil
    ) {
        if !limits.embeddings.isNone { embeddings = EmbeddingCache(limits.embeddings, shared: shared) }
        guard let vectors = index as? any RevisedIndex, let words = words as? any RevisedIndex else { return }
        let revisions = CorpusRevisions(vectors: vectors, words: words)
        if !limits.retrieval.isNone {
            retrieval = RetrievalCache(limits.retrieval, revisions, sharing: sharing)
        }
        if !limits.answers.isNone { answers = AnswerCache(limits.answers, revisions, sharing: sharing) }
    }

    var statistics: QuestionCacheStatistics {
        QuestionCacheStatistics(
            embeddings: embeddings?.statistics, retrieval: retrieval?.statistics, answers: answers?.statistics
        )
    }
}
