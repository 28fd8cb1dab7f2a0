import Foundation
import Synchronization
import Testing

@testable import TextIndex

@Suite(.timeLimit(.minutes(2))) struct `Searches beside a writer` {
    /// The writer keeps every id in the index all the time, and replaces ten together: a snapshot that is no
    /// moment's would show ten of different versions.
    @Test func `see the documents of one moment`() async throws {
        let format = try TextFormat(fields: ["body"])
        try await withDirectory { directory in
            let store = try smallStore(
                directory, format: format, scoring: .uniform(format), memoryByteLimit: 30_000)
            @Sendable func documents(_ version: Int) -> [TextDocument] {
                (0..<10).map { id in
                    TextDocument(
                        id: id,
                        fields: [
                            TextField([
                                TermOccurrence("all", at: 0), TermOccurrence("v\(version)", at: 1),
                                TermOccurrence("x\(id).\(version)", at: 2),
                            ])
                        ])
                }
            }
            try store.upsert(documents(0))
            let progress = Progress()
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        var searches = 0
                        while !progress.isDone.load(ordering: .acquiring) {
                            let version = progress.newest.load(ordering: .acquiring)
                            let query = TextQuery(groups: [
                                TextQuery.Group("all"),
                                TextQuery.Group([], prefix: TextQuery.Prefix("v", limit: 100)),
                            ])
                            guard let found = try? store.search(query, limit: 100) else { return -1 }
                            if found.count != 10 || Set(found.map(\.score)).count != 1 { return -1 }
                            // What was acknowledged before the search began is found, in this version or a
                            // later.
                            guard let count = try? store.documentFrequency(of: "v\(version)"),
                                count == 10 || count == 0
                            else { return -1 }
                            searches += 1
                        }
                        return searches
                    }
                }
                group.addTask {
                    for version in 1...300 {
                        guard (try? store.upsert(documents(version))) != nil else { return -1 }
                        progress.newest.store(version, ordering: .releasing)
                        if version % 100 == 0 { try? store.compact() }
                    }
                    progress.isDone.store(true, ordering: .releasing)
                    return 1
                }
                for await outcome in group { #expect(outcome > 0) }
            }
            #expect(store.count == 10)
        }
    }

    /// How far the writer is.
    private final class Progress: Sendable {
        let isDone = Atomic(false)
        let newest = Atomic(0)
    }

    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-text-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }
}
