import Corpus

/// A retriever that remembers what it ranked.
struct CachedRetriever: Retriever {
    let base: any Retriever
    let ranking: RetrievalCache.Ranking
    /// `nil` to rank each time.
    let cache: RetrievalCache?

    func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery { try await base.prepare(query) }

    func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        guard let cache, let key = try cache.key(ranking, query, in: snapshot) else {
            return try base.rank(query, in: snapshot)
        }
        if let known = cache.known(key) { return known }
        cache.countMiss()
        let ranked = try base.rank(query, in: snapshot)
        cache.keep(ranked, for: key)
        return ranked
    }

    enum Attempt {
        case ranked([RankedPassage])
        /// Another request ranks the same; ask again, in a new snapshot, once this is settled.
        case underWay(Promise<Void>)
        /// Other processes may know it: ask them, outside of the snapshot, and then again with the turn.
        case elsewhere(RankingTurn)
    }

    /// As ``rank(_:in:)``, and ranks nothing that another request is ranking.
    ///
    /// - Parameter turn: what an earlier attempt gave, once other processes were asked.
    func attempt(
        _ query: RetrievalQuery, in snapshot: any CorpusSnapshot, turn: RankingTurn? = nil
    ) throws -> Attempt {
        guard let cache, let key = try cache.key(ranking, query, in: snapshot) else {
            return .ranked(try base.rank(query, in: snapshot))
        }
        if let turn, turn.key == key { return .ranked(try turn.rank { try base.rank(query, in: snapshot) }) }
        switch cache.claim(key) {
        case .known(let ranked): return .ranked(ranked)
        case .taken(let promise): return .underWay(promise)
        case .granted:
            // Once is enough: who was told of another corpus meanwhile ranks for itself.
            if turn == nil, let shared = cache.sharing?.key(key) {
                return .elsewhere(RankingTurn(cache, key, shared))
            }
            let result = Result { try base.rank(query, in: snapshot) }
            cache.settle(key, result)
            return .ranked(try result.get())
        }
    }
}
