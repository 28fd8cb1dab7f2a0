/// What a cache holds, and what it spared since the process began.
public struct CacheStatistics: Sendable, Hashable {
    /// Requests that were served from it.
    public var hits = 0
    /// Requests that found nothing and did the work.
    public var misses = 0
    /// Requests that found the work under way and waited for it.
    public var shared = 0
    /// Values that it holds now.
    public var entries = 0
    /// What they take, as ``CacheLimit/bytes`` counts.
    public var bytes = 0
    /// Values that went to make room.
    public var evictions = 0
    /// Values that went because the corpus or an index changed.
    public var invalidations = 0

    public init() {}
}

/// The figures of each cache of question answering; `nil` for one that is switched off.
public struct QuestionCacheStatistics: Sendable, Hashable {
    public var embeddings: CacheStatistics?
    public var retrieval: CacheStatistics?
    public var answers: CacheStatistics?

    /// Those that are on, by the names under which metrics tell them.
    public var all: [(name: String, statistics: CacheStatistics)] {
        [("embeddings", embeddings), ("retrieval", retrieval), ("answers", answers)].compactMap {
            name, figures in
            figures.map { (name, $0) }
        }
    }
}
