import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing

@testable import Ingest

/// Calls the language of a text English if it says "the"; remembers what it was asked.
private final class TheAnalyzer: TextAnalyzer {
    let name: String
    private let texts = Mutex<[String]>([])
    private let failing = Mutex(false)

    init(name: String = "the/1") {
        self.name = name
    }

    struct Down: Error, CustomStringConvertible {
        var description: String { "the analyzer is down" }
    }

    var asked: [String] { texts.withLock { $0 } }
    func fail(_ isFailing: Bool) { failing.withLock { $0 = isFailing } }

    func insights(of texts: [String]) async throws -> [TextInsights] {
        if failing.withLock({ $0 }) { throw Down() }
        self.texts.withLock { $0 += texts }
        return texts.map { text in
            TextInsights(
                language: text.contains("the ") ? "en" : "de", sentiment: nil, entities: [], keyPhrases: [])
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What is found out about passages at ingest` {
    private let pages = [
        TestPage(id: "1", body: "<p>Open the door.</p>"), TestPage(id: "2", body: "<p>Tür auf.</p>"),
    ]

    private func find(_ bench: PipelineBench, language: String) async throws -> [String] {
        let scope = bench.store.scope(for: .anonymous)
        let model = bench.embedder.model.name
        return try await bench.store.withSnapshot(for: scope) { snapshot in
            let filter = ChunkFilter(insights: [.language: [language]])
            return try snapshot.chunks(
                snapshot.chunkIDs(matching: filter, model: model, inDocuments: nil).sorted()
            ).map(\.documentID)
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `it can be filtered by, and a text is asked about once`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        let analyzer = TheAnalyzer()
        bench.analyzer = analyzer
        _ = await bench.run(pages)
        #expect(try await find(bench, language: "en") == ["1"])
        #expect(try await find(bench, language: "de") == ["2"])
        #expect(analyzer.asked.count == 2)
        var changed = pages
        changed[1].version = 2
        changed[1].body = "<p>Tür auf.</p><p></p>"
        _ = await bench.run(changed + [TestPage(id: "3", body: "<p>Tür auf.</p>")])
        #expect(try await find(bench, language: "de").sorted() == ["2", "3"])
        #expect(analyzer.asked.count == 2)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a text that could not be analyzed is tried again by the next run`(engine: StorageEngine)
        async throws
    {
        var bench = try await PipelineBench(engine)
        let analyzer = TheAnalyzer()
        bench.analyzer = analyzer
        analyzer.fail(true)
        let report = await bench.run(pages)
        #expect(report.pages.failed == 2 && report.pages.added == 0)
        #expect(report.skipped.contains { $0.reason.contains("the analyzer is down") })
        analyzer.fail(false)
        #expect(await bench.run(pages).pages.added == 2)
        #expect(try await find(bench, language: "en") == ["1"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `another analyzer asks about everything anew`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        bench.analyzer = TheAnalyzer()
        _ = await bench.run(pages)
        let second = TheAnalyzer(name: "the/2")
        bench.analyzer = second
        #expect(await bench.run(pages).pages.updated == 2)
        #expect(second.asked.count == 2)
        #expect(await bench.run(pages).pages.unchanged == 2)
    }
}
