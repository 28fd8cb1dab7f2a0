import Foundation
import Synchronization
import Testing

@testable import TextIndex

@Suite(.timeLimit(.minutes(2))) struct `Searches beside a writer` {
    /// How far the writer is, and what the readers saw.
    private final class Progress: Sendable {
        let isDone = Atomic(false)
        let newest = Atomic(0)
        let searches = Atomic(0)
        let failures = Atomic(0)
    }

    private static func documents(_ version: Int) -> [TextDocument] {
        (0..<UInt64(10)).map { id in
            let terms = ["all", "v\(version)", "x\(id).\(version)"]
            let occurrences = terms.enumerated().map { TermOccurrence($1, at: UInt32($0)) }
            return TextDocument(id: id, fields: [TextField(occurrences)])
        }
    }

    /// Searches until the writer is done.
    private static func read(_ store: LocalTextStore, _ progress: Progress) {
        let query = TextQuery(groups: [
            TextQuery.Group("all"), TextQuery.Group([], prefix: TextQuery.Prefix("v", limit: 100)),
        ])
        while !progress.isDone.load(ordering: .acquiring) {
            let version = progress.newest.load(ordering: .acquiring)
            // Ten documents of one version have one score; of two versions they would have two.
            let found = (try? store.search(query, limit: 100)) ?? []
            let count = (try? store.documentFrequency(of: "v\(version)")) ?? -1
            let isOneVersion = found.count == 10 && Set(found.map(\.score)).count == 1
            if !isOneVersion || count != 10 && count != 0 { progress.failures.add(1, ordering: .relaxed) }
            progress.searches.add(1, ordering: .relaxed)
        }
    }

    /// The writer keeps every id in the index all the time, and replaces ten together: a snapshot that is no
    /// moment's would show ten of different versions. Readers have threads of their own, as they never pause.
    @Test func `see the documents of one moment`() throws {
        let format = try TextFormat(fields: ["body"])
        try withTemporaryDirectory { directory in
            let store = try smallStore(
                directory, format: format, scoring: .uniform(format), memoryByteLimit: 30_000)
            try store.upsert(Self.documents(0))
            let progress = Progress()
            let readers = DispatchGroup()
            for _ in 0..<2 {
                readers.enter()
                Thread.detachNewThread {
                    Self.read(store, progress)
                    readers.leave()
                }
            }
            defer {
                progress.isDone.store(true, ordering: .releasing)
                readers.wait()
            }
            for version in 1...200 {
                try store.upsert(Self.documents(version))
                progress.newest.store(version, ordering: .releasing)
                if version % 100 == 0 { try store.compact() }
            }
            #expect(progress.failures.load(ordering: .acquiring) == 0)
            #expect(progress.searches.load(ordering: .acquiring) > 0)
            #expect(store.count == 10)
        }
    }
}
