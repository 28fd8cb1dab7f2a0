import Glibc

/// How a graph is built and searched. Names are those of Malkov & Yashunin, "Efficient and robust approximate
/// nearest neighbor search using Hierarchical Navigable Small World graphs" (2018).
public struct HNSWParameters: Sendable, Hashable {
    /// Links a vector gets on each layer when it is inserted; up to `2 M` on layer 0, `M` above. More links
    /// cost memory (8 `M` bytes a vector) and find more.
    public let M: Int
    /// Candidates kept while a vector is inserted. More make a better graph, slower.
    public let efConstruction: Int
    /// Candidates kept while searching, unless a search names its own. More find more, slower.
    public let efSearch: Int
    /// Fixes the random layer of each vector: the same calls give the same graph.
    public let seed: UInt64
    /// The numbers that walks compare.
    public let format: VectorFormat
    /// Threads that build; all cores unless said otherwise. The graph does not depend on it.
    public let threads: Int

    static let linksAllowed = 2...128
    static let efAllowed = 1...1_000_000

    static let threadsAllowed = 1...1024

    /// The defaults reach recall@10 above 0.95 on text embeddings of some hundred dimensions.
    ///
    /// - Throws: ``VectorIndexError/invalidParameter(name:value:allowed:)``.
    public init(
        M: Int = 16, efConstruction: Int = 200, efSearch: Int = 64, seed: UInt64 = Self.standardSeed,
        format: VectorFormat = .int8, threads: Int? = nil
    ) throws(VectorIndexError) {
        try VectorChecks.check("M", M, in: Self.linksAllowed)
        try VectorChecks.check("efConstruction", efConstruction, in: Self.efAllowed)
        try VectorChecks.check("efSearch", efSearch, in: Self.efAllowed)
        try VectorChecks.check("threads", threads ?? 1, in: Self.threadsAllowed)
        (self.M, self.efConstruction, self.efSearch, self.seed) = (M, efConstruction, efSearch, seed)
        self.format = format
        self.threads = threads ?? Self.cores
    }

    private init() {
        (M, efConstruction, efSearch, seed) = (16, 200, 64, Self.standardSeed)
        (format, threads) = (.int8, Self.cores)
    }

    /// The seed where none is given.
    public static let standardSeed: UInt64 = 0x6d69_6c6c_7261_6365

    private static var cores: Int {
        min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), threadsAllowed.upperBound)
    }

    /// `M` 16, `efConstruction` 200, `efSearch` 64, `int8`, all cores.
    public static let standard = HNSWParameters()

    /// The layer of the `draw`-th vector: ⌊−ln(*u*) / ln *M*⌋ for a uniform *u* in (0, 1].
    func level(draw: UInt64) -> Int {
        let uniform = SplitMix64.unit(SplitMix64.number(draw, seed: seed))
        return min(Int(-log(uniform) / log(Double(M))), HNSWGraph.highestLevel)
    }
}
