import Concurrency
import Testing
import TextIndex
import VectorIndex

/// What every store of words on a server does, held against the index of this process.
struct TextConformance: Sendable {
    let store: any TextStore
    let local: LocalTextStore

    /// What waits for a server does so here and not on a thread that all tests share.
    static let thread = BlockingExecutor(label: "millrace.tests.words", width: 4)

    /// - Parameter store: empty.
    init(_ store: any TextStore) throws {
        self.store = store
        local = try LocalTextStore(directory: nil)
    }

    func upsert(_ documents: [TextDocument]) async throws {
        try local.upsert(documents)
        try await Self.thread.run { [store] in try store.upsert(documents) }
    }

    func remove(_ ids: [UInt64]) async throws {
        try local.remove(ids)
        try await Self.thread.run { [store] in try store.remove(ids) }
    }

    /// Both answer the same, whatever is asked.
    func expectSame(_ query: TextQuery, filter: IDBitmap?, limits: [Int], _ note: String) async throws {
        let (store, local) = (store, local)
        try await Self.thread.run {
            let all = try local.search(query, limit: 100_000, filter: filter)
            for limit in limits {
                let found = try store.search(query, limit: limit, filter: filter)
                let difference = Self.difference(
                    found, from: all, limit: limit, greatest: try local.bound(of: query))
                try #require(difference == nil, "\(note), \(limit) of \(query)")
            }
            #expect(try store.matchCount(query, filter: filter) == all.count, "\(note), \(query)")
            for field in ["space", "type", "spac"] {
                let expected = try local.facets(query, field: field, filter: filter)
                let found = try store.facets(query, field: field, filter: filter)
                #expect(found == expected, "\(note), \(query)")
            }
            let (bound, expected) = (try store.bound(of: query), try local.bound(of: query))
            #expect(abs(bound - expected) <= 1e-9 * expected, "\(note), \(query)")
        }
    }

    /// Why both give a document the score it has.
    func expectSameExplanation(_ query: TextQuery, id: UInt64, _ note: String) async throws {
        let (store, local) = (store, local)
        try await Self.thread.run {
            guard let expected = try local.explain(query, id: id) else {
                #expect(try store.explain(query, id: id) == nil, "\(note), \(id)")
                return
            }
            let found = try #require(try store.explain(query, id: id), "\(note), \(id)")
            #expect(found.isMatch == expected.isMatch, "\(note), \(id), \(query)")
            #expect(found.phrases == expected.phrases, "\(note), \(id), \(query)")
            try #require(found.groups.count == expected.groups.count)
            for (one, other) in zip(found.groups, expected.groups) {
                #expect(abs(one - other) <= 1e-5 * other + 1e-6, "\(note), \(id), \(query)")
            }
            let proximity = abs(found.proximity - expected.proximity)
            #expect(proximity <= 1e-5 * expected.proximity + 1e-6, "\(note), \(id), \(query)")
        }
    }

    /// Both hold the same documents and terms.
    func expectSameContents(_ terms: [String], _ note: String) async throws {
        let (store, local) = (store, local)
        try await Self.thread.run {
            #expect(Set(try store.storedIDs()) == Set(local.ids()), "\(note)")
            #expect(store.count == local.count, "\(note)")
            for term in terms {
                let expected = try local.documentFrequency(of: term)
                #expect(try store.documentFrequency(of: term) == expected, "\(note), \(term)")
            }
        }
    }

    /// What is wrong with a result, if anything: the local scores are float32 at heart, and two documents may change places
    /// if their scores differ by less than that.
    private static func difference(
        _ found: [TextMatch], from ranking: [TextMatch], limit: Int, greatest: Double
    ) -> String? {
        let expected = Array(ranking.prefix(limit))
        guard found.count == expected.count else {
            return "\(found.count) matches, not \(expected.count)"
        }
        guard Set(found.map(\.id)).count == found.count else { return "an id comes twice" }
        let scores = Dictionary(uniqueKeysWithValues: ranking.map { ($0.id, $0.score) })
        for (rank, (match, right)) in zip(found, expected).enumerated() {
            guard let score = scores[match.id] else { return "\(match.id) is no match" }
            let tolerance = 2e-5 * score + 1e-7 * greatest
            if abs(match.score - score) > tolerance {
                return "\(match.id) scores \(match.score), not \(score)"
            }
            if match.id != right.id, abs(score - right.score) > tolerance {
                return "rank \(rank) is \(match.id) (\(score)), not \(right.id) (\(right.score))"
            }
        }
        return nil
    }
}
