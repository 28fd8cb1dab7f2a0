/// What one cache may keep; both bounds hold.
public struct CacheLimit: Sendable, Hashable {
    /// Bytes of keys and values, as far as they can be told from outside. 0 switches the cache off.
    public var bytes: Int
    /// 0 switches the cache off.
    public var entries: Int

    public init(bytes: Int, entries: Int) {
        self.bytes = bytes
        self.entries = entries
    }

    /// Keeps nothing.
    public static let none = CacheLimit(bytes: 0, entries: 0)

    var isNone: Bool { bytes <= 0 || entries <= 0 }
}

/// What question answering may keep of what it worked out, to spare the work when the same is asked again.
///
/// Whatever is kept is as fresh as what would be worked out, and stays among readers of the same rights. Retrieval and
/// answers are kept only over indexes that tell their revisions (``RevisedIndex``).
public struct CacheLimits: Sendable, Hashable {
    /// Vectors of questions, by model and text.
    public var embeddings: CacheLimit
    /// Ranked passages' ids and scores, by everything that bears on them.
    public var retrieval: CacheLimit
    /// Whole answers of flows that make the same answer from the same corpus.
    public var answers: CacheLimit

    public init(
        embeddings: CacheLimit = CacheLimit(bytes: 8 << 20, entries: 4_096),
        retrieval: CacheLimit = CacheLimit(bytes: 32 << 20, entries: 4_096),
        answers: CacheLimit = CacheLimit(bytes: 32 << 20, entries: 4_096)
    ) {
        self.embeddings = embeddings
        self.retrieval = retrieval
        self.answers = answers
    }

    /// Everything is worked out anew each time.
    public static let none = CacheLimits(embeddings: .none, retrieval: .none, answers: .none)
}
