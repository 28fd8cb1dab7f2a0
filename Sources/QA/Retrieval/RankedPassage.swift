import Corpus

/// A passage's place in a ranking, and why. Its text is not loaded.
public struct RankedPassage: Sendable, Hashable {
    /// The chunk's.
    public var id: Int64
    /// 1-based among the passages nearest in meaning; `nil` when it is not among them.
    public var vectorRank: Int?
    /// Similarity in meaning, at most 1: see ``SentenceSimilarity``.
    public var vectorScore: Double?
    /// 1-based among the passages that share words.
    public var keywordRank: Int?
    /// BM25F.
    public var keywordScore: Double?
    /// ``keywordScore`` as a share of what a passage of the question's words alone would score, 0 to 1.
    public var keywordShare: Double?
    /// Whether it has everything that the question names exactly: rare identifiers, what stands in quotes.
    public var isExact: Bool
    /// Which part of the question it was found for, from 0; `nil` for the question as a whole.
    public var part: Int?
    /// What the list is ordered by; larger is better.
    public var score: Double

    public init(
        id: Int64, vectorRank: Int? = nil, vectorScore: Double? = nil, keywordRank: Int? = nil,
        keywordScore: Double? = nil, keywordShare: Double? = nil, isExact: Bool = false, score: Double
    ) {
        self.isExact = isExact
        self.keywordShare = keywordShare
        self.id = id
        self.vectorRank = vectorRank
        self.vectorScore = vectorScore
        self.keywordRank = keywordRank
        self.keywordScore = keywordScore
        self.score = score
    }
}

extension RankedPassage {
    /// Takes over what a list by words says of the same passage.
    mutating func takeWords(of other: RankedPassage) {
        keywordRank = other.keywordRank
        keywordScore = other.keywordScore
        keywordShare = other.keywordShare
        isExact = other.isExact
    }

    /// Lists of one kind of search as one, taken from in turn: each part of a question gets its best passages among
    /// the first. A list alone stays as it is.
    static func inTurn(_ lists: [[RankedPassage]], limit: Int) -> [RankedPassage] {
        guard lists.count > 1 else { return lists.first ?? [] }
        let labelled = lists.enumerated().map { number, list -> [RankedPassage] in
            list.map { passage -> RankedPassage in
                var passage = passage
                passage.part = number == 0 ? nil : number - 1
                return passage
            }
        }
        // What was found for the whole question only fills up behind its parts.
        let turns = Array(labelled.dropFirst()) + [labelled[0]]
        return interleaved(turns).prefix(limit).enumerated().map { offset, passage -> RankedPassage in
            var passage = passage
            if passage.vectorRank != nil { passage.vectorRank = offset + 1 }
            if passage.keywordRank != nil { passage.keywordRank = offset + 1 }
            return passage
        }
    }

    /// The first of each list, then the second of each, and so on; each passage once.
    static func interleaved(_ lists: [[RankedPassage]]) -> [RankedPassage] {
        var seen: Set<Int64> = []
        var result: [RankedPassage] = []
        for rank in 0..<(lists.map(\.count).max() ?? 0) {
            for list in lists where rank < list.count && seen.insert(list[rank].id).inserted {
                result.append(list[rank])
            }
        }
        return result
    }
}

/// A passage found for a question, loaded to be shown.
public struct RetrievedChunk: Sendable, Hashable {
    public var chunk: StoredChunk
    public var rank: RankedPassage

    public init(chunk: StoredChunk, rank: RankedPassage) {
        self.chunk = chunk
        self.rank = rank
    }

    /// What the list was ordered by; larger is better.
    public var score: Double { rank.score }
}

extension PassageSnapshot {
    /// Loads ranked passages, in their order; what is not there any more is left out.
    public func load(_ ranked: some Sequence<RankedPassage>) throws(CorpusError) -> [RetrievedChunk] {
        let ranks = Dictionary(ranked.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try chunks(ranked.map(\.id)).compactMap { chunk in
            ranks[chunk.id].map { RetrievedChunk(chunk: chunk, rank: $0) }
        }
    }

    /// What stands beside found passages in their pages, by the found one's id, each ranked as it; none that is
    /// among the found.
    ///
    /// - Parameter distance: how many on each side.
    func neighbours(
        of found: [RetrievedChunk], distance: Int
    ) throws(CorpusError) -> [Int64: [RetrievedChunk]] {
        guard distance > 0, !found.isEmpty else { return [:] }
        let known = Set(found.map(\.chunk.id))
        let ids = try neighbours(ofChunks: found.map(\.chunk.id), distance: distance)
            .mapValues { $0.filter { !known.contains($0) } }
        let loaded = Dictionary(
            try chunks(Set(ids.values.joined()).sorted()).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        var result: [Int64: [RetrievedChunk]] = [:]
        for passage in found {
            result[passage.chunk.id] = (ids[passage.chunk.id] ?? []).compactMap { id in
                loaded[id].map {
                    RetrievedChunk(chunk: $0, rank: RankedPassage(id: id, score: passage.score))
                }
            }
        }
        return result
    }
}
