import Testing
import VectorIndex

@testable import TextIndex

@Suite struct `A search` {
    private static func filter(_ ids: [UInt64], _ numbers: inout SeededNumbers) -> IDBitmap? {
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: return nil
        case 1: return IDBitmap(ids.filter { _ in Int.random(in: 0..<50, using: &numbers) == 0 })
        case 2: return IDBitmap(ids.filter { _ in Int.random(in: 0..<5, using: &numbers) == 0 })
        default: return IDBitmap(ids.filter { _ in Bool.random(using: &numbers) } + [1 << 40])
        }
    }

    @Test(arguments: 0..<12)
    func `equals a naive BM25F for every query and filter, through changes and merges`(seed: Int) throws {
        var corpus = TextCorpus(seed: UInt64(seed))
        var scoring = TextScoring.passages
        scoring.k1 = seed % 3 == 0 ? 2 : 1.2
        if seed % 4 == 1 { scoring.fields[2].b = 1 }
        let policy = MergePolicy(fanIn: 3, tierFactor: 3)
        let store = try LocalTextStore(
            directory: nil, format: .passages, scoring: scoring, disk: .system, policy: policy)
        var oracle = Oracle(scoring: scoring)
        let spread: UInt64 = seed % 2 == 0 ? 1 : 997
        for step in 0..<14 {
            let ids = Set(
                (0..<Int.random(in: 1...60, using: &corpus.numbers)).map { _ in
                    UInt64.random(in: 0..<300, using: &corpus.numbers) * spread
                }
            ).sorted()
            if Int.random(in: 0..<4, using: &corpus.numbers) == 0 {
                try store.remove(ids)
                oracle.remove(ids)
            } else {
                let documents = corpus.documents(ids)
                try store.upsert(documents)
                oracle.upsert(documents)
            }
            if step == 9 { try store.compact() }
            try #require(store.count == oracle.documents.count)
            for _ in 0..<12 {
                let query = corpus.query()
                let filter = Self.filter(Array(oracle.documents.keys).sorted(), &corpus.numbers)
                let ranking = oracle.ranking(query, filter: filter)
                let greatest = oracle.greatestScore(query)
                for limit in [1, 10, 1000] {
                    let found = try store.search(query, limit: limit, filter: filter)
                    let difference = difference(found, from: ranking, limit: limit, greatest: greatest)
                    try #require(difference == nil, "seed \(seed), step \(step), \(limit) of \(query)")
                }
                #expect(try store.matchCount(query, filter: filter) == ranking.count)
                for field in ["space", "type", "spac", "none"] {
                    #expect(
                        try store.facets(query, field: field, filter: filter)
                            == oracle.facets(query, field: field, filter: filter))
                }
            }
        }
        #expect(Set(store.ids()) == Set(oracle.documents.keys))
    }

    @Test(arguments: 0..<4)
    func `of few results is the beginning of a search for all`(seed: Int) throws {
        var corpus = TextCorpus(seed: 100 + UInt64(seed), vocabulary: 400)
        let policy = MergePolicy(fanIn: 100)
        let store = try LocalTextStore(
            directory: nil, format: .passages, scoring: .passages, disk: .system, policy: policy)
        let ids = Array(0..<UInt64(15_000))
        try store.upsert(corpus.documents(ids[..<11_000]))
        try store.upsert(corpus.documents(ids[11_000...]))
        if seed % 2 == 1 {
            try store.remove(ids.filter { _ in Int.random(in: 0..<3, using: &corpus.numbers) == 0 })
        }
        for _ in 0..<60 {
            var query = corpus.query()
            for _ in 0..<Int.random(in: 0..<6, using: &corpus.numbers) {
                query.groups.append(TextQuery.Group(corpus.term()))
            }
            let filter = Self.filter(ids, &corpus.numbers)
            let all = try store.search(query, limit: 100_000, filter: filter)
            #expect(try store.matchCount(query, filter: filter) == all.count)
            for limit in [1, 10, 100, 1000] {
                let found = try store.search(query, limit: limit, filter: filter)
                try #require(found == Array(all.prefix(limit)), "seed \(seed), \(limit) of \(query)")
            }
            for match in all.prefix(3) {
                let explanation = try #require(try store.explain(query, id: match.id))
                #expect(explanation.isMatch)
                #expect(explanation.groups.reduce(0, +) == match.score)
            }
        }
    }

    @Test(arguments: 0..<4)
    func `adds what words gain by standing near each other`(seed: Int) throws {
        var corpus = TextCorpus(seed: 200 + UInt64(seed), vocabulary: 40)
        let store = try smallStore(nil)
        var oracle = Oracle(scoring: .passages)
        let documents = corpus.documents(0..<200)
        try store.upsert(documents)
        oracle.upsert(documents)
        for _ in 0..<8 {
            var query = corpus.query()
            let proximity = TextQuery.Proximity(
                weight: .random(in: 0.1...2, using: &corpus.numbers), depth: 400)
            let bonuses = oracle.bonuses(query, weight: proximity.weight)
            let ranking = oracle.ranking(query)
                .map { TextMatch(id: $0.id, score: $0.score + (bonuses[$0.id] ?? 0)) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
            query.proximity = proximity
            let greatest = oracle.greatestScore(query) * (1 + proximity.weight)
            for limit in [1, 10, 400] {
                let found = try store.search(query, limit: limit)
                let difference = difference(found, from: ranking, limit: limit, greatest: greatest)
                try #require(difference == nil, "seed \(seed), \(limit) of \(query)")
            }
        }
    }
}
