/// How pages are cut. Equal configurations cut a page alike, always.
public struct ChunkerConfiguration: Sendable, Hashable, Codable {
    /// A way to cut, by the name under which evaluations compare it.
    public enum Strategy: String, Sendable, Codable, CaseIterable {
        /// Along the page's own structure: sections, tables, lists, blocks of code, sentences.
        case structure
        /// As `structure`, but a third as long and never joined across sections: what is searched is small,
        /// and the section around it (``Chunk/section``) is there to be read.
        case children
        /// Windows of equal length that know nothing of structure: the yardstick for the other.
        case fixed
    }

    public let strategy: Strategy
    /// Tokens of a chunk at most, its contextual header included, special tokens not.
    public let maxTokens: Int
    /// A section below this many tokens is joined with its neighbors where they fit together.
    public let mergeBelowTokens: Int
    /// Tokens that a chunk may repeat of the one before, where prose was cut; 0 repeats nothing.
    public let overlapTokens: Int

    /// 254 tokens: what a model of 256 reads besides its two special tokens.
    public static let standard = ChunkerConfiguration(
        unchecked: .structure, maxTokens: 254, mergeBelowTokens: 72, overlapTokens: 40)

    static let allowedMaxTokens = 32...32_768

    /// - Throws: ``Invalid`` when a number is out of its range: `maxTokens` 32...32,768,
    ///   `mergeBelowTokens` 0...maxTokens, `overlapTokens` 0...maxTokens/2.
    public init(
        strategy: Strategy = .structure, maxTokens: Int = 254, mergeBelowTokens: Int = 72,
        overlapTokens: Int = 40
    ) throws(Invalid) {
        try Self.check("max_tokens", maxTokens, Self.allowedMaxTokens)
        try Self.check("merge_below_tokens", mergeBelowTokens, 0...maxTokens)
        try Self.check("overlap_tokens", overlapTokens, 0...(maxTokens / 2))
        self.init(
            unchecked: strategy, maxTokens: maxTokens, mergeBelowTokens: mergeBelowTokens,
            overlapTokens: overlapTokens)
    }

    private init(unchecked strategy: Strategy, maxTokens: Int, mergeBelowTokens: Int, overlapTokens: Int) {
        self.strategy = strategy
        self.maxTokens = maxTokens
        self.mergeBelowTokens = mergeBelowTokens
        self.overlapTokens = overlapTokens
    }

    private static func check(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(Invalid) {
        guard allowed.contains(value) else { throw Invalid(name: name, value: value, allowed: allowed) }
    }

    /// Grows when the same settings begin to cut otherwise, so that stored pages are cut anew.
    private static let algorithmVersion = 2

    /// What the `children` strategy cuts by.
    var ofChildren: ChunkerConfiguration {
        ChunkerConfiguration(
            unchecked: .structure, maxTokens: max(maxTokens / 3, Self.allowedMaxTokens.lowerBound),
            mergeBelowTokens: 0, overlapTokens: 0)
    }

    /// Stored with a document: when it differs, the page is cut again although it did not change.
    public var signature: String {
        """
        \(strategy.rawValue)/\(Self.algorithmVersion) max=\(maxTokens) merge=\(mergeBelowTokens) \
        overlap=\(overlapTokens)
        """
    }
}

extension ChunkerConfiguration {
    /// A setting out of its range.
    public struct Invalid: Error, Hashable, CustomStringConvertible {
        public var name: String
        public var value: Int
        public var allowed: ClosedRange<Int>

        public var description: String {
            "The chunker's \(name) is \(value); it must be \(allowed.lowerBound) to \(allowed.upperBound)."
        }
    }

    private enum CodingKeys: String, CodingKey {
        case strategy
        case maxTokens = "max_tokens"
        case mergeBelowTokens = "merge_below_tokens"
        case overlapTokens = "overlap_tokens"
    }

    /// Absent keys take the standard's values; values out of range are refused as by the initializer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let standard = Self.standard
        try self.init(
            strategy: container.decodeIfPresent(Strategy.self, forKey: .strategy) ?? standard.strategy,
            maxTokens: container.decodeIfPresent(Int.self, forKey: .maxTokens) ?? standard.maxTokens,
            mergeBelowTokens: container.decodeIfPresent(Int.self, forKey: .mergeBelowTokens)
                ?? standard.mergeBelowTokens,
            overlapTokens: container.decodeIfPresent(Int.self, forKey: .overlapTokens)
                ?? standard.overlapTokens)
    }
}
