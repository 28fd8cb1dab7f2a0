import Backends
import Concurrency
import Foundation
import TestSupport
import Testing
import TextIndex
import VectorIndex

extension PostgresServer {
    /// A store of its own in a schema that nobody has used.
    func words(
        schema: String = PostgresServer.freshSchema(), size: Int = 4, content: String = "m",
        rules: String = TextDocument.passageRules, options: PostgresTextOptions = PostgresTextOptions(),
        patience: Duration = .seconds(10)
    ) async throws -> PostgresTextStore {
        try await PostgresTextStore.open(
            pool(size: size, schema: schema, patience: patience), content: content, rules: rules,
            options: options)
    }
}

/// A document whose title is these terms, one behind the other.
func titled(_ id: UInt64, _ terms: String...) -> TextDocument {
    let title = TextField(terms.enumerated().map { TermOccurrence($1, at: UInt32($0)) })
    return TextDocument(id: id, fields: [title, TextField(), TextField(), TextField()])
}

@Suite(.timeLimit(.minutes(4))) struct `Words in PostgreSQL` {
    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await TextConformance.thread.run(body) }

    private static func filter(_ ids: [UInt64], _ samples: inout TextSamples) -> IDBitmap? {
        let kind = Int.random(in: 0..<5, using: &samples.numbers)
        var kept = ids
        switch kind {
        case 0: return nil
        case 1: kept.removeAll { _ in !samples.chance(40) }
        case 2: kept.removeAll { _ in !samples.chance(5) }
        case 3:
            // Many, one bit each: most of them stand for nothing.
            kept.removeAll { _ in samples.chance(2) }
            kept += 1_000_000..<1_002_000
        default:
            // Many, too far apart for that.
            kept.removeAll { _ in samples.chance(2) }
            kept += (1..<1_500).map { UInt64($0) << 40 }
        }
        return IDBitmap(kept)
    }

    @Test(arguments: PostgresServer.Version.allCases, [91, 92, 93] as [UInt64])
    func `are found as in the index of this process, for every query and filter, through changes`(
        version: PostgresServer.Version, seed: UInt64
    ) async throws {
        var samples = TextSamples(seed: seed)
        let both = try TextConformance(try await PostgresServer.shared(version).words())
        let spread: UInt64 = seed % 2 == 0 ? 1 : 997
        for step in 0..<8 {
            let note = "seed \(seed), step \(step)"
            let ids = Set(
                (0..<Int.random(in: 1...80, using: &samples.numbers)).map { _ in
                    UInt64.random(in: 0..<300, using: &samples.numbers) * spread
                }
            ).sorted()
            if step > 0, samples.chance(4) {
                try await both.remove(ids)
            } else {
                try await both.upsert(ids.map { samples.document($0) })
            }
            try await both.expectSameContents(samples.vocabulary, note)
            for _ in 0..<10 {
                let query = samples.query()
                let filter = Self.filter(both.local.ids().sorted(), &samples)
                try await both.expectSame(query, filter: filter, limits: [1, 10, 1_000], note)
                for id in ids.prefix(2) { try await both.expectSameExplanation(query, id: id, note) }
            }
        }
    }

    @Test func `are found as exactly where they are looked at page by page`() async throws {
        var samples = TextSamples(seed: 94, vocabulary: 300)
        let both = try TextConformance(try await PostgresServer.shared(.v18).words())
        try await both.upsert((0..<2_000).map { samples.document($0) })
        for _ in 0..<20 {
            var query = samples.query()
            query.proximity = nil
            try await both.expectSame(query, filter: nil, limits: [1, 20, 300], "seed 94")
        }
    }

    @Test(arguments: [1, 100])
    func `are matches with their scores, and as many, where only some can be looked at`(
        ranked: Int
    ) async throws {
        var samples = TextSamples(seed: 96, vocabulary: 300)
        var options = PostgresTextOptions()
        (options.ranked, options.evaluated) = (ranked, 200)
        let both = try TextConformance(try await PostgresServer.shared(.v16).words(options: options))
        try await both.upsert((0..<2_000).map { samples.document($0) })
        for _ in 0..<20 {
            let terms = (0..<3).map { _ in samples.term() }
            let query = TextQuery(terms: terms)
            let found = try await waiting { try both.store.search(query, limit: 20, filter: nil) }
            let expected = try both.local.search(query, limit: 20)
            let all = try both.local.search(query, limit: 100_000)
            let scores = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.score) })
            #expect(found.count == expected.count, "seed 96, \(terms)")
            for match in found {
                let score = try #require(scores[match.id])
                #expect(abs(match.score - score) <= 1e-4 * score, "seed 96, \(terms)")
            }
        }
    }

    // MARK: Common words

    @Test func `are found though more passages have them than are looked at`() async throws {
        var options = PostgresTextOptions()
        options.evaluated = 50
        let store = try await PostgresServer.shared(.v16).words(options: options)
        try await waiting { () throws -> Void in
            try store.upsert(
                (0..<600).map { id in
                    titled(id, "the", id % 2 == 0 ? "mill" : "dam", id % 100 == 7 ? "weir" : "bank")
                })
            func found(_ terms: String..., filter: IDBitmap? = nil) throws -> [UInt64] {
                try store.search(TextQuery(terms: terms), limit: 20, filter: filter).map(\.id)
            }
            // Never nothing, and the rarest first.
            #expect(try found("the").count == 20)
            #expect(try found("the", "mill").count == 20)
            #expect(try found("the", "mill").allSatisfy { $0 % 2 == 0 })
            #expect(try found("the", "weir").prefix(6).allSatisfy { $0 % 100 == 7 })
            #expect(try found("the", "weir").count == 20)
            #expect(try found("mill", "weir", "nowhere").count == 20)
            // Nobody's place is taken by what may not be read.
            let few = IDBitmap([399, 401, 7, 900])
            #expect(Set(try found("the", "mill", filter: few)) == [399, 401, 7])
            let many = IDBitmap(Array(400..<600) + (5_000..<8_000))
            #expect(try found("the", "bank", filter: many).allSatisfy { 400..<600 ~= $0 })
            #expect(try found("the", "bank", filter: many).count == 20)
            let required = TextQuery(
                groups: [TextQuery.Group("the", isRequired: true), TextQuery.Group("dam", isRequired: true)])
            #expect(try store.search(required, limit: 20).allSatisfy { $0.id % 2 == 1 })
            #expect(try store.search(required, limit: 20).count == 20)
            #expect(try store.matchCount(required, filter: nil) == 300)
        }
    }

    // MARK: Changing

    @Test(arguments: PostgresServer.Version.allCases)
    func `are replaced, removed and counted`(version: PostgresServer.Version) async throws {
        let store = try await PostgresServer.shared(version).words()
        try await waiting { () throws -> Void in
            let query = TextQuery(terms: ["wheel"])
            try store.upsert([titled(1, "wheel"), titled(2, "race"), titled(.max, "wheel", "dam")])
            #expect(store.count == 3)
            #expect(Set(store.ids()) == [1, 2, .max])
            #expect(store.contains(.max) && !store.contains(7))
            #expect(try store.stored(among: [7, 2, .max, 1]) == [2, .max, 1])
            #expect(try store.stored(among: []) == [])
            #expect(try store.search(query, limit: 9).map(\.id) == [1, .max])
            let first = store.revision
            try store.upsert([titled(1, "wheel")])
            #expect(store.revision == first, "the same again is no change")
            try store.upsert([titled(1, "race")])
            #expect(store.revision > first)
            #expect(try store.search(query, limit: 9).map(\.id) == [.max])
            #expect(try store.documentFrequency(of: "wheel") == 1)
            try store.remove([.max, 99])
            try store.remove([.max])
            #expect(try store.search(query, limit: 9) == [])
            #expect(try store.documentFrequency(of: "wheel") == 0)
            #expect(store.count == 2)
            let ended = TextQuery(groups: [TextQuery.Group([], prefix: TextQuery.Prefix("whe"))])
            #expect(try store.search(ended, limit: 9) == [])
        }
    }

    @Test func `are the same for all who name the same passages, and others for others`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let one = try await server.words(schema: schema)
        let other = try await server.words(schema: schema)
        let elsewhere = try await server.words(schema: schema, content: "another")
        let otherRules = try await server.words(schema: schema, rules: "0.0")
        #expect(one.level == nil)
        try await waiting { () throws -> Void in
            try one.upsert([titled(5, "wheel")])
            #expect(other.contains(5))
            #expect(!elsewhere.contains(5) && !otherRules.contains(5))
            try one.save(upTo: 41)
            try other.save(upTo: 40)
        }
        let before = other.revision
        try await other.refresh()
        #expect(other.count == 1)
        #expect(other.revision == before + 1)
        #expect(try await server.words(schema: schema).level == 41)
        #expect(try await server.words(schema: schema, content: "another").level == nil)
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `are counted right though several processes store the same at once`(
        version: PostgresServer.Version
    ) async throws {
        let server = try PostgresServer.shared(version)
        let schema = PostgresServer.freshSchema()
        let local = try LocalTextStore(directory: nil)
        var samples = TextSamples(seed: 95)
        let rounds = (0..<4).map { _ in (0..<60).map { samples.document($0) } }
        let vocabulary = samples.vocabulary
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    let store = try await server.words(schema: schema, size: 2)
                    try await waiting { () throws -> Void in
                        for round in rounds {
                            try store.upsert(round)
                            try store.remove([UInt64(number)])
                        }
                        // All end with the same.
                        try store.upsert(rounds[3])
                    }
                }
            }
            try await group.waitForAll()
        }
        try local.upsert(rounds[3])
        let store = try await server.words(schema: schema)
        try await waiting { () throws -> Void in
            #expect(store.count == 60)
            for term in vocabulary {
                let expected = try local.documentFrequency(of: term)
                #expect(try store.documentFrequency(of: term) == expected, "seed 95, \(term)")
            }
            let query = TextQuery(terms: ["t1", "t2", "t3"])
            let (found, expected) = (
                try store.search(query, limit: 60), try local.search(query, limit: 60)
            )
            #expect(found.map(\.id).sorted() == expected.map(\.id).sorted())
            for (one, other) in zip(found, expected) { #expect(abs(one.score - other.score) < 1e-4) }
        }
    }
}
