/// One search result: who, and how far.
public struct Neighbor: Sendable, Hashable {
    /// The id the caller stored the vector under.
    public let id: UInt64
    /// Smaller is closer; its range is the ``Metric``'s.
    public let distance: Float

    /// Makes a result; stores do this, and tests.
    public init(id: UInt64, distance: Float) {
        self.id = id
        self.distance = distance
    }
}

/// A vector and the id it is to be found by.
public struct VectorEntry: Sendable {
    /// Chosen by the caller; a second entry under the same id replaces the first.
    public let id: UInt64
    /// As many finite floats as the store has dimensions; need not be normalised.
    public let vector: [Float]

    /// Pairs an id with its vector. Checked when it is stored, not here.
    public init(id: UInt64, vector: [Float]) {
        self.id = id
        self.vector = vector
    }
}

/// A set of vectors that can be asked for the nearest to a query.
///
/// Any number of threads may search while one writes; searches never wait for the writer. Writers wait for
/// each other. A search sees every vector stored before it began; of what is stored meanwhile, some.
public protocol VectorStore: Sendable {
    /// Floats in every vector and query.
    var dimension: Int { get }
    /// What "near" means.
    var metric: Metric { get }
    /// Vectors stored.
    var count: Int { get }

    /// Stores vectors; an id that is already there gets the new vector, without a moment in which it has
    /// none.
    ///
    /// - Throws: before anything is changed, if any entry is not acceptable or an id comes twice.
    func upsert(_ entries: [VectorEntry]) throws(VectorIndexError)

    /// Removes vectors. Ids that are not there are ignored.
    func remove(_ ids: [UInt64]) throws(VectorIndexError)

    /// Whether a vector is stored under `id`.
    func contains(_ id: UInt64) -> Bool

    /// Those of `ids` that a vector is stored under, in the order given. A store elsewhere asks once for all of them.
    func stored(among ids: [UInt64]) throws(VectorIndexError) -> [UInt64]

    /// Every stored id, in no particular order. A store elsewhere that does not answer says none; see ``storedIDs()``.
    func ids() -> [UInt64]

    /// Every stored id, in no particular order, for whoever must tell an empty store from one that does not answer.
    func storedIDs() throws(VectorIndexError) -> [UInt64]

    /// The `k` vectors nearest to `query` among those that `filter` admits, nearest first.
    ///
    /// - Parameters:
    ///   - query: `dimension` finite floats.
    ///   - k: at least 1; fewer results come back if fewer are admitted.
    ///   - efSearch: how wide an approximate store looks, at least `k`; `nil` takes the store's own setting.
    ///     Wider is slower and more exact. Exact stores ignore it.
    ///   - filter: ids outside it never appear, and never take the place of one inside it.
    func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor]
}

extension VectorStore {
    /// For stores in memory, which know each id at once.
    public func stored(among ids: [UInt64]) throws(VectorIndexError) -> [UInt64] {
        ids.filter { contains($0) }
    }

    /// For stores in memory, which know all ids at once.
    public func storedIDs() throws(VectorIndexError) -> [UInt64] { ids() }

    /// The `k` vectors nearest to `query`, with the store's own `efSearch` and no filter.
    public func search(_ query: [Float], k: Int) throws(VectorIndexError) -> [Neighbor] {
        try search(query, k: k, efSearch: nil, filter: nil)
    }
}
