import Corpus
import EngineSupport
import Foundation
import Logging
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing
import Text
import VectorIndex

@testable import Documents
@testable import Ingest

/// Two paragraphs of some length, so that a page is more than one chunk with nothing between.
private func body(_ word: String, paragraphs: Int = 2) -> String {
    (0..<paragraphs).map { "<p>\(words(100, "\(word)\($0)x"))</p>" }.joined()
}

private let pages = (0..<30).map { TestPage(id: "p\($0)", title: "Page \($0)", body: body("q\($0)")) }

@Suite struct `Ingest` {
    @Test(arguments: StorageEngine.allCases)
    func `every page is stored, embedded and indexed`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run(pages)
        #expect(report.exitCode == 0, "\(report)")
        #expect(report.pages.added == 30 && report.pages.seen == 30)
        #expect(report.chunks.added == 60 && report.chunks.embedded == 60)
        #expect(try await bench.store.storedVersions().count == 30)
        #expect(try await bench.isLevel())
        let text = words(100, "q70x")
        #expect(bench.embedder.texts.contains("Page 7\n" + text))
        // Each chunk's vector is that of its own text.
        let query = try #require(try await bench.embedder.embed(["Page 7\n" + text], purpose: .query).first)
        let hit = try #require(try bench.index.search(query, k: 1).first)
        #expect(hit.distance < 1e-5)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a second run embeds and writes nothing`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let embedded = bench.embedder.texts.count
        let generation = try await bench.store.generation
        let report = await bench.run(pages)
        #expect(report.pages.unchanged == 30 && report.chunks.added == 0)
        #expect(bench.embedder.texts.count == embedded)
        #expect(try await bench.store.generation == generation)
    }

    @Test(arguments: StorageEngine.allCases)
    func `an edit replaces the page's chunks and embeds only what is new`(engine: StorageEngine) async throws
    {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let before = bench.embedder.texts.count
        var edited = pages
        edited[3].version = 2
        edited[3].body += "<p>\(words(100, "new"))</p>"
        let report = await bench.run(edited)
        #expect(report.pages.updated == 1 && report.pages.unchanged == 29)
        #expect(report.chunks.added == 3 && report.chunks.removed == 2)
        #expect(report.chunks.embedded == 1 && report.chunks.reused == 2)
        #expect(bench.embedder.texts.dropFirst(before) == ["Page 3\n" + words(100, "new")])
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `an edit without a new version is seen`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        var edited = pages
        edited[0].body = body("other")
        #expect(await bench.run(edited).pages.updated == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a new title is embedded, for it heads each passage`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        var renamed = pages
        renamed[5].title = "Renamed"
        let report = await bench.run(renamed)
        #expect(report.pages.updated == 1 && report.chunks.embedded == 2)
        #expect(bench.embedder.texts.suffix(2).allSatisfy { $0.hasPrefix("Renamed\n") })
    }

    @Test(arguments: StorageEngine.allCases)
    func `new labels are stored and embed nothing`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        var labeled = pages
        labeled[5].labels = ["runbook"]
        let report = await bench.run(labeled)
        #expect(report.pages.updated == 1 && report.chunks.embedded == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `other chunk settings or another model cut unchanged pages anew`(engine: StorageEngine) async throws
    {
        var bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        bench.options.chunker = try ChunkerConfiguration(maxTokens: 100)
        #expect(await bench.run(pages).pages.updated == 30)
        bench.embedder = HashingEmbedder(name: "another")
        let report = await bench.run(pages)
        #expect(report.pages.updated == 30 && report.chunks.reused == 0)
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `equal texts on several pages are embedded once`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let twins = (0..<20).map { TestPage(id: "t\($0)", title: "Twin", body: body("same")) }
        let report = await bench.run(twins)
        #expect(report.chunks.added == 40)
        #expect(Set(bench.embedder.texts).count == 2)
        #expect(bench.embedder.texts.count <= 4)
    }

    @Test(arguments: StorageEngine.allCases)
    func `an empty page is found by its title`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run([TestPage(id: "e", title: "On-call rota", body: "")])
        #expect(report.chunks.added == 1)
        #expect(bench.embedder.texts == ["On-call rota"])
    }
}

@Suite struct `Readers of ingested pages` {
    private let team = AccessRule(allOf: [[.group("team")]])

    @Test(arguments: StorageEngine.allCases)
    func `a new restriction alone changes readers and embeds nothing`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let embedded = bench.embedder.texts.count
        var restricted = pages
        restricted[4].readers = team
        let report = await bench.run(restricted)
        #expect(report.pages.readersChanged == 1 && report.pages.unchanged == 29)
        #expect(bench.embedder.texts.count == embedded)
        #expect(try await bench.store.storedDocument(id: "p4")?.readers == team)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a source that skips bodies still changes readers`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let events = pages.map {
            SourceEvent.unchanged(id: $0.id, readers: $0.id == "p1" ? team : .everybody)
        }
        let report = await bench.run(ListedSource(events: events + [.listed(spaceKey: "OPS")]))
        #expect(report.pages.readersChanged == 1 && report.pages.unchanged == 29 && report.pages.removed == 0)
        #expect(try await bench.store.storedDocument(id: "p1")?.readers == team)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page whose new text fails keeps the old text but not the old readers`(engine: StorageEngine)
        async throws
    {
        var bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        bench.embedder = HashingEmbedder(failingOn: { $0.contains("poison") })
        var changed = pages
        changed[2].body = "<p>poison</p>"
        changed[2].version = 2
        changed[2].readers = team
        let report = await bench.run(changed)
        #expect(report.pages.failed == 1)
        let stored = try #require(try await bench.store.storedDocument(id: "p2"))
        #expect(stored.version == 1)
        #expect(stored.readers == team)
    }
}

@Suite struct `Removal by ingest` {
    @Test(arguments: StorageEngine.allCases)
    func `a page that is gone from a listed space goes`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let report = await bench.run(Array(pages.dropLast()))
        #expect(report.pages.removed == 1 && report.chunks.removed == 2)
        #expect(try await bench.store.storedDocument(id: "p29") == nil)
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `a listing that broke off removes nothing`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let report = await bench.run(Array(pages.prefix(28)), failure: ListedSource.Broken())
        #expect(report.pages.removed == 0)
        #expect(report.stopReason == "the listing broke off" && report.exitCode == 1)
        #expect(try await bench.store.storedVersions().count == 30)
    }

    @Test(arguments: StorageEngine.allCases)
    func `what was read before the listing broke off is stored`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run(Array(pages.prefix(7)), failure: ListedSource.Broken())
        #expect(report.pages.added == 7)
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `more than half of a space is not removed unasked`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        let report = await bench.run(Array(pages.prefix(14)))
        #expect(report.refusedRemovals == [.init(spaceKey: "OPS", absent: 16, stored: 30)])
        #expect(report.exitCode == 3)
        #expect(try await bench.store.storedVersions().count == 30)
        bench.options.allowsMassRemoval = true
        #expect(await bench.run(Array(pages.prefix(14))).pages.removed == 16)
        #expect(try await bench.isLevel())
    }

    @Test(arguments: StorageEngine.allCases)
    func `a small space may lose all its pages`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(Array(pages.prefix(20)))
        #expect(await bench.run([]).pages.removed == 20)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that moved to another space is moved, not removed`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        var moved = pages
        moved[0].space = "DEV"
        let report = await bench.run(moved)
        #expect(report.pages.removed == 0 && report.pages.updated == 1 && report.chunks.embedded == 0)
        #expect(try await bench.store.documentIDs(inSpace: "DEV") == ["p0"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that could not be read stays, one left out on purpose goes`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        _ = await bench.run(pages)
        var events = pages.dropFirst(2).map(\.event)
        events.append(.skipped(SkippedDocument(id: "p0", title: "", reason: "403", isFailure: true)))
        events.append(.skipped(SkippedDocument(id: "p1", title: "", reason: "archived", isFailure: false)))
        events.append(.listed(spaceKey: "OPS"))
        let report = await bench.run(ListedSource(events: events))
        #expect(report.exitCode == 3)
        #expect(report.pages.failed == 1 && report.pages.leftOut == 1 && report.pages.removed == 1)
        #expect(try await bench.store.storedDocument(id: "p0") != nil)
        #expect(try await bench.store.storedDocument(id: "p1") == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a stored passage is shown within its section`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let body = "<p>Intro.</p><h2>Long</h2><p>First.</p><p>Second.</p><h2>Other</h2><p>Else.</p>"
        _ = await bench.run([TestPage(id: "1", title: "Manual", body: body)])
        let ids = try await bench.store.chunkIDs(model: bench.embedder.model.name).sorted()
        let context = try await bench.store.context(ofChunk: try #require(ids.first), reader: .anonymous)
        #expect(context?.section.contains("First.") == true)
        #expect(try await bench.store.context(ofChunk: 1 << 40, reader: .anonymous) == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `progress never counts more documents than there are, and ends at all of them`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        let told = Mutex<[IngestProgress]>([])
        let skip = SkippedDocument(id: "x", title: "x", reason: "it failed", isFailure: true)
        // A space at a time, and what hangs below its pages as it is found; one failure nobody expected.
        var events: [SourceEvent] = [.space(Space(key: "OPS", name: "OPS")), .expected(20)]
        events += pages.prefix(20).map(\.event) + [.expected(6)] + pages[20..<26].map(\.event)
        events += [.skipped(skip), .expected(4)] + pages.suffix(4).map(\.event) + [.listed(spaceKey: "OPS")]
        let pipeline = IngestPipeline(
            store: bench.store, index: bench.index, embedder: bench.embedder, counter: QuarterWordCounter(),
            options: bench.options, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        _ = await pipeline.run(ListedSource(events: events)) { progress in
            told.withLock { $0.append(progress) }
        }
        let all = told.withLock { $0 }
        #expect(all.allSatisfy { ($0.pagesExpected ?? .max) >= $0.pagesDone }, "\(all)")
        #expect(all.contains { $0.pagesExpected == 20 } && all.contains { $0.pagesExpected == 26 })
        #expect(all.last?.pagesDone == 31 && all.last?.pagesExpected == 31)
    }

    @Test(arguments: StorageEngine.allCases)
    func `readers are left as they are by a dry run`(engine: StorageEngine) async throws {
        var bench = try await PipelineBench(engine)
        let pages = (0..<30).map { TestPage(id: "p\($0)", body: "<p>Page \($0)</p>") }
        _ = await bench.run(pages)
        bench.options.isDryRun = true
        let dry = await bench.run(Array(pages.prefix(9)))
        #expect(dry.refusedRemovals.count == 1)
        #expect(try await bench.store.storedDocument(id: "p20")?.readers == .everybody)
        let events: [SourceEvent] = [.readers(id: "p1", .nobody), .readers(id: "unknown", .nobody)]
        let planned = await bench.run(ListedSource(events: events))
        #expect(planned.planned?.map(\.id) == ["p1"])
        #expect(try await bench.store.storedDocument(id: "p1")?.readers == .everybody)
        bench.options.isDryRun = false
        _ = await bench.run(ListedSource(events: events))
        #expect(try await bench.store.storedDocument(id: "p1")?.readers == .nobody)
    }
}
