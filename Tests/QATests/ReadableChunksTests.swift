import Corpus
import EngineSupport
import Foundation
import Synchronization
import TestSupport
import Testing
import Text
import VectorIndex

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `The passages that somebody may read` {
    private static let model = "m"
    private static let groups = ["a", "b", "c"]
    private static let filters = [
        ChunkFilter.everything, ChunkFilter(spaces: ["ENG"]), ChunkFilter(labels: ["x", "y"]),
        ChunkFilter(kinds: [.comment]), ChunkFilter(authors: ["Lena"]),
        ChunkFilter(spaces: ["HR"], updatedAfter: Date(timeIntervalSince1970: 50)),
    ]
    private static let readers = [
        Reader.anonymous, Reader([.user("omar")]), Reader([.group("a")]), Reader([.group("a"), .group("c")]),
    ]

    private func corpus(_ engine: StorageEngine) async throws -> any CorpusStore {
        let corpus = try await engine.corpus()
        for key in ["ENG", "HR"] { try await corpus.upsert(space: Space(key: key, name: key)) }
        _ = try await corpus.setMembers([.user("omar")], of: .group("b"))
        return corpus
    }

    private func rule(_ generator: inout SeededGenerator) -> AccessRule {
        switch generator.next() % 4 {
        case 0: .everybody
        case 1: .nobody
        default: AccessRule(allOf: [[.group(Self.groups[Int(generator.next() % 3)])]])
        }
    }

    /// A document with facts of every kind that a filter asks for, all of them likely to be met.
    private func document(_ id: String, _ generator: inout SeededGenerator) -> Document {
        Document(
            id: id, kind: generator.next() % 3 == 0 ? .comment : .page,
            spaceKey: generator.next() % 2 == 0 ? "ENG" : "HR", title: "T",
            labels: ["x", "y", "z"].filter { _ in generator.next() % 3 == 0 },
            author: generator.next() % 2 == 0 ? "Lena" : "Omar",
            updatedAt: Date(timeIntervalSince1970: Double(generator.next() % 100)), text: "text",
            readers: rule(&generator))
    }

    /// One of the ways in which a corpus changes.
    private func change(_ corpus: any CorpusStore, _ generator: inout SeededGenerator) async throws {
        let id = "\(generator.next() % 40)"
        switch generator.next() % 5 {
        case 0, 1:
            let chunks = (0..<Int(generator.next() % 4)).map {
                Chunk(
                    ordinal: $0, headingPath: [], kind: .prose, text: "t", embeddedText: "\($0)",
                    tokenCount: 1, range: 0..<1)
            }
            let document = document(id, &generator)
            _ = try await corpus.replace(
                document, contentHash: "", chunkSignature: "", chunks: chunks,
                embeddings: chunks.map { _ in [1, 0] },
                model: generator.next() % 5 == 0 ? "other" : Self.model)
        case 2: try await corpus.setReaders(rule(&generator), ofDocument: id)
        case 3:
            let place = DocumentPlace(
                spaceKey: generator.next() % 2 == 0 ? "ENG" : "HR", ancestors: [],
                labels: generator.next() % 2 == 0 ? ["x"] : nil)
            try await corpus.update([DocumentUpdate(id: id, place: place)])
        default: _ = try await corpus.removeDocuments([id])
        }
    }

    /// What the database says now, without anything that is kept.
    private func expected(_ filter: ChunkFilter, _ snapshot: any CorpusSnapshot) throws -> [UInt64] {
        let readable = try snapshot.accessClasses(model: Self.model)
            .filter { snapshot.classes.contains($0.accessClass) }.map(\.chunk)
        let matching = Set(try snapshot.chunkIDs(matching: filter, model: Self.model, inDocuments: nil))
        return readable.filter(matching.contains).map(UInt64.init).sorted()
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, StorageEngine.allCases)
    func `sets that follow changes are those that are made anew`(seed: UInt64, engine: StorageEngine)
        async throws
    {
        var generator = SeededGenerator(seed: seed)
        let corpus = try await corpus(engine)
        let readable = ReadableChunks(model: Self.model)
        for _ in 0..<120 {
            for _ in 0..<(generator.next() % 6) { try await change(corpus, &generator) }
            let reader = Self.readers[Int(generator.next() % 4)]
            let filter = Self.filters[Int(generator.next() % UInt64(Self.filters.count))]
            try await corpus.withSnapshot(for: corpus.scope(for: reader)) { snapshot in
                let found = try readable.bitmap(for: filter, in: snapshot)
                let right = try expected(filter, snapshot)
                #expect(found.ids() == right, "seed \(seed), \(filter)")
                #expect(found.count == right.count)
            }
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `whoever missed more changes than are kept begins anew`(engine: StorageEngine) async throws {
        var generator = SeededGenerator(seed: 9)
        let corpus = try await corpus(engine)
        let readable = ReadableChunks(model: Self.model)
        func check() async throws {
            for filter in Self.filters {
                try await corpus.withSnapshot(for: corpus.scope(for: Self.readers[2])) { snapshot in
                    let found = try readable.bitmap(for: filter, in: snapshot)
                    #expect(try found.ids() == expected(filter, snapshot))
                }
            }
        }
        try await check()
        let chunks = (0..<3_000).map {
            Chunk(
                ordinal: $0, headingPath: [], kind: .prose, text: "t", embeddedText: "t", tokenCount: 1,
                range: 0..<1)
        }
        for round in 0..<24 {
            let document = document("big", &generator)
            _ = try await corpus.replace(
                document, contentHash: "", chunkSignature: "", chunks: chunks,
                embeddings: chunks.map { _ in [1, 0] }, model: Self.model)
            // Now and then in between: what is followed and what is made anew must join.
            if round % 7 == 3 { try await check() }
        }
        try await check()
    }

    @Test(arguments: StorageEngine.allCases)
    func `many readers at once while the corpus changes never see what they may not`(engine: StorageEngine)
        async throws
    {
        let corpus = try await corpus(engine)
        let readable = ReadableChunks(model: Self.model)
        let writer = Task {
            var generator = SeededGenerator(seed: 77)
            for _ in 0..<300 { try await change(corpus, &generator) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for round in 0..<60 {
                        let filter = Self.filters[(lane + round) % Self.filters.count]
                        try await corpus.withSnapshot(for: corpus.scope(for: Self.readers[lane])) {
                            snapshot in
                            let found = try readable.bitmap(for: filter, in: snapshot)
                            // What a newer snapshot taught the sets may be missing here; what is shown is checked.
                            let shown = try snapshot.chunks(found.ids().map { Int64(clamping: $0) })
                            let right = Set(try expected(.everything, snapshot))
                            #expect(shown.allSatisfy { right.contains(UInt64($0.id)) })
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await writer.value
        for reader in Self.readers {
            for filter in Self.filters {
                try await corpus.withSnapshot(for: corpus.scope(for: reader)) { snapshot in
                    let found = try readable.bitmap(for: filter, in: snapshot)
                    #expect(try found.ids() == expected(filter, snapshot))
                }
            }
        }
    }

    @Test func `a cache forgets what was not used for longest`() {
        var cache = LRUCache<String, Int>(limit: 2)
        cache.put(1, for: "a")
        cache.put(2, for: "b")
        if let value = cache.take("a") { cache.put(value, for: "a") }
        cache.put(3, for: "c")
        #expect(cache.count == 2)
        #expect(cache.take("b") == nil)
        #expect(cache.take("a") == 1)
        #expect(cache.take("c") == 3)
    }
}
