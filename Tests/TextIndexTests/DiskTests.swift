import Foundation
import Testing
import VectorIndex

@testable import TextIndex

@Suite struct `A text index on disk` {
    private static let ids = Array(UInt64(0)..<400)

    /// An index of several segments with deletions, and changes in the log.
    private func build(_ directory: URL) throws {
        var corpus = TextCorpus(seed: 21)
        let store = try smallStore(directory)
        for first in stride(from: 0, to: 400, by: 40) {
            try store.upsert(corpus.documents(Self.ids[first..<first + 40]))
        }
        try store.remove(Array(stride(from: 0, to: 400, by: 7)))
        try store.upsert(corpus.documents([3, 50, 399]))
        try store.save(generation: 77)
    }

    @Test func `is what it was when it is opened again`() throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            let before = try answers(of: smallStore(directory))
            let store = try smallStore(directory)
            #expect(try answers(of: store) == before)
            #expect(store.generation == 77)
            let statistics = store.statistics()
            #expect(statistics.diskSegmentCount > 0)
            #expect(statistics.count == store.ids().count)
            try store.verify()
            try store.compact()
            #expect(try answers(of: store) == before)
            #expect(store.statistics().deadCount == 0)
            #expect(store.statistics().diskSegmentCount == 1)
            #expect(store.statistics().logByteCount == 64)
        }
    }

    @Test func `answers the same as one in memory`() throws {
        try withTemporaryDirectory { directory in
            var corpus = TextCorpus(seed: 22)
            let (kept, memory) = (try smallStore(directory), try smallStore(nil))
            for step in 0..<30 {
                let ids = (0..<20).map { _ in UInt64.random(in: 0..<200, using: &corpus.numbers) }
                if step % 5 == 4 {
                    try kept.remove(ids)
                    try memory.remove(ids)
                } else {
                    let documents = corpus.documents(Set(ids).sorted())
                    try kept.upsert(documents)
                    try memory.upsert(documents)
                }
            }
            #expect(try answers(of: kept) == answers(of: memory))
            #expect(kept.statistics().diskSegmentCount > 0)
        }
    }

    @Test func `may be scored otherwise at every opening, and stays exact`() throws {
        try withTemporaryDirectory { directory in
            var corpus = TextCorpus(seed: 23)
            let documents = corpus.documents(Self.ids)
            try smallStore(directory).upsert(documents)
            var scoring = TextScoring.passages
            scoring.k1 = 0.4
            scoring.fields[0] = TextScoring.Field(weight: 9, b: 1)
            scoring.fields[2] = TextScoring.Field(weight: 0.2, b: 0)
            let store = try smallStore(directory, scoring: scoring)
            var oracle = Oracle(scoring: scoring)
            oracle.upsert(documents)
            for _ in 0..<60 {
                let query = corpus.query()
                let found = try store.search(query, limit: 7)
                let difference = difference(
                    found, from: oracle.ranking(query), limit: 7, greatest: oracle.greatestScore(query))
                #expect(difference == nil, "\(query)")
            }
        }
    }

    @Test func `of other fields is refused by name`() throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            let format = try TextFormat(fields: ["a", "b", "c", "d"])
            let error = #expect(throws: TextIndexError.self) { try smallStore(directory, format: format) }
            guard case .settingMismatch(_, "fields", "title, heading, body, labels", "a, b, c, d") = error
            else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.isCuredByRebuilding == true)
        }
    }

    @Test func `keeps others out, and begins empty after a reset`() throws {
        try withTemporaryDirectory { directory in
            try build(directory)
            var store: LocalTextStore? = try smallStore(directory)
            let error = TextIndexError.inUse(directory: directory.path)
            #expect(throws: error) { try smallStore(directory) }
            #expect(throws: error) { try LocalTextStore.reset(directory: directory) }
            _ = store?.count
            store = nil
            try LocalTextStore.reset(directory: directory)
            #expect(try directory.segments.isEmpty)
            #expect(try smallStore(directory).count == 0)
        }
    }

    @Test func `without its log, or a segment, is damaged`() throws {
        for remove in [IndexLog.name, "segment"] {
            try withTemporaryDirectory { directory in
                try build(directory)
                let file =
                    remove == "segment"
                    ? try #require(try directory.segments.first) : directory.appendingPathComponent(remove)
                try FileManager.default.removeItem(at: file)
                let error = #expect(throws: TextIndexError.self) { try smallStore(directory) }
                guard case .damaged(let path, _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(path == file.path)
            }
        }
    }
}
