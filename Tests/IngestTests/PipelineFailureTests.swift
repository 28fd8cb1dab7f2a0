import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing
import Text
import VectorIndex

@testable import Ingest

private func page(_ number: Int, _ text: String? = nil) -> TestPage {
    TestPage(
        id: "p\(number)", title: "Page \(number)",
        body: text
            ?? "<h1>One</h1><p>\(words(90, "a\(number)x"))</p><h1>Two</h1><p>\(words(90, "b\(number)x"))</p>")
}

@Suite struct `Ingest that meets trouble` {
    @Test(arguments: StorageEngine.allCases)
    func `a text that cannot be embedded fails its page alone`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        bench.embedder = HashingEmbedder(failingOn: { $0.contains("poison") })
        let report = await bench.run((0..<12).map { page($0, $0 == 5 ? "<p>poison</p>" : nil) })
        #expect(report.pages.added == 11 && report.exitCode == 3)
        #expect(report.skipped.map(\.id) == ["p5"])
        #expect(report.skipped.first?.reason.contains("the test told the embedder to fail") == true)
        #expect(report.summaryLines.contains { $0.contains("p5 “Page 5”") })
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `a body that is refused fails its page alone`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let huge = "<p>" + String(repeating: "too long ", count: 2 << 20) + "</p>"
        let report = await bench.run([page(1), page(2, huge), page(3)])
        #expect(report.pages.added == 2)
        #expect(report.skipped.map(\.id) == ["p2"])
        #expect(report.skipped.first?.reason.contains("limit") == true)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a dead embedder ends the run instead of trying every page`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        let counter = CallCounter()
        bench.embedder = HashingEmbedder(failingOn: { _ in counter.count() })
        let report = await bench.run((0..<200).map { page($0) })
        #expect(report.exitCode == 1)
        #expect(report.stopReason?.contains("three batches in a row") == true)
        #expect(counter.value < 100)
        #expect(try await bench.store.storedVersions().isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `vectors of a wrong length are refused`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        struct Short: Embedder {
            let model = EmbeddingModel(name: "short", dimension: 64, maxTokens: 256)
            func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
                texts.map { _ in [1, 0] }
            }
        }
        let pipeline = IngestPipeline(
            store: bench.store, index: bench.index, embedder: Short(), counter: QuarterWordCounter())
        let report = await pipeline.run(
            ListedSource(events: [.space(Space(key: "OPS", name: "Ops")), page(1).event]))
        #expect(report.pages.failed == 1)
        #expect(report.skipped.first?.reason.contains("wrong length") == true)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page of a space that nobody announced is reported`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run(ListedSource(events: [page(1).event]))
        #expect(report.skipped.map(\.id) == ["p1"])
        #expect(report.exitCode == 3)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page named twice is stored once, as it was last`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run([page(1), page(1, "<p>later</p>")])
        #expect(report.exitCode == 0)
        #expect(bench.index.count == 1)
        #expect(try await bench.isLevel())
    }
}

private final class CallCounter: Sendable {
    private let calls = Mutex(0)
    func count() -> Bool {
        calls.withLock { $0 += 1 }
        return true
    }
    var value: Int { calls.withLock { $0 } }
}

@Suite struct `An interrupted ingest` {
    private let pages = (0..<60).map { page($0) }

    private func source(stoppingAt position: Int, _ stop: @escaping @Sendable () -> Void) -> ListedSource {
        ListedSource(
            events: [.space(Space(key: "OPS", name: "OPS"))] + pages.map(\.event) + [
                .listed(spaceKey: "OPS")
            ],
            before: { if $0 == position { stop() } })
    }

    /// Over a server each takes longer, so fewer seeds have to do.
    private static let seeds: [(UInt64, StorageEngine)] =
        (0..<20).map { ($0, .sqlite) } + (0..<6).map { ($0, .postgres) }

    @Test(arguments: Self.seeds)
    func `keeps what was stored and is completed by the next one`(seed: UInt64, engine: StorageEngine)
        async throws
    {
        var random = SeededGenerator(seed: seed)
        // What it comes to over SQLite is what it comes to anywhere.
        let whole = try await PipelineBench(.sqlite)
        _ = await whole.run(pages)

        var bench = try await PipelineBench(engine)
        bench.embedder = HashingEmbedder(delay: .microseconds(Int.random(in: 0...400, using: &random)))
        for _ in 0..<3 {
            let position = Int.random(in: 0...61, using: &random)
            let report = await interrupted(bench, at: position)
            #expect(report.isInterrupted && report.exitCode == 130, "seed \(seed)")
            #expect(report.pages.removed == 0)
            #expect(try await bench.isLevel(), "seed \(seed)")
        }
        let report = await bench.run(pages)
        #expect(report.exitCode == 0)
        #expect(try await bench.contents() == whole.contents(), "seed \(seed)")
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `reports no failures of its own making`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        bench.embedder = HashingEmbedder(delay: .milliseconds(5))
        let report = await interrupted(bench, at: 50)
        #expect(report.isInterrupted)
        #expect(report.skipped.isEmpty)
        #expect(report.summaryLines.first?.hasPrefix("Interrupted after") == true)
    }

    /// Cancels the run when the source is asked for its event number `position`.
    private func interrupted(_ bench: PipelineBench, at position: Int) async -> IngestReport {
        await withTaskGroup(of: IngestReport?.self) { group in
            let (signals, signal) = AsyncStream.makeStream(of: Void.self)
            let source = source(stoppingAt: position) { signal.yield() }
            group.addTask { await bench.run(source) }
            group.addTask {
                for await _ in signals { break }
                return nil
            }
            var report: IngestReport?
            for await result in group {
                if let result { report = result } else { group.cancelAll() }
            }
            return report ?? IngestReport(source: "none")
        }
    }
}

@Suite struct `Levelling the index` {
    @Test(arguments: StorageEngine.allCases)
    func `adds what is missing and removes what is no more, and embeds nothing`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        _ = await bench.run((0..<10).map { page($0) })
        let embedded = bench.embedder.texts.count
        let ids = bench.index.ids().sorted()
        try bench.index.remove(Array(ids.prefix(3)))
        try bench.index.upsert([VectorEntry(id: 999_999, vector: [1] + Array(repeating: 0, count: 63))])
        let change = try await VectorIndexSync.level(store: bench.store, index: bench.index, model: "hashing")
        #expect(change == (3, 1))
        #expect(bench.index.ids().sorted() == ids)
        #expect(bench.embedder.texts.count == embedded)
    }

    @Test(arguments: StorageEngine.allCases)
    func `fills an empty index of a full database`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run((0..<10).map { page($0) })
        let fresh = try FlatIndex(dimension: 64, metric: .cosine)
        let change = try await VectorIndexSync.level(store: bench.store, index: fresh, model: "hashing")
        #expect(change.added == bench.index.count)
        #expect(Set(fresh.ids()) == Set(bench.index.ids()))
    }
}
