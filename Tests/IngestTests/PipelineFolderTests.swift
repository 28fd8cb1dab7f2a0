import Corpus
import EngineSupport
import Foundation
import Sourcing
import TestSupport
import Testing
import Text
import VectorIndex

@testable import Documents
@testable import Ingest

@Suite struct `A folder as a source` {
    private func ingest(_ folder: TemporaryDirectory, _ bench: PipelineBench) async -> IngestReport {
        await IngestPipeline(
            store: bench.store, index: bench.index, embedder: bench.embedder, counter: QuarterWordCounter()
        ).run(FolderSource(folder: folder.url))
    }

    @Test(arguments: StorageEngine.allCases)
    func `pages, Markdown and text are taken in, other and hidden files are not`(engine: StorageEngine)
        async throws
    {
        let folder = try TemporaryDirectory()
        try folder.write("<h1>Failover</h1><p>Promote the replica.</p>", to: "runbooks/failover.xhtml")
        try folder.write("# Rota\n\nAnna is on call.", to: "rota.md")
        try folder.write("Plain words.", to: "notes.txt")
        try folder.write("x", to: "image.png")
        try folder.write("secret", to: ".git/config.txt")
        let bench = try await PipelineBench(engine)
        let report = await ingest(folder, bench)
        #expect(report.exitCode == 0 && report.pages.added == 3, "\(report)")
        let stored = Set(try await bench.store.storedVersions().keys)
        #expect(stored == ["runbooks/failover.xhtml", "rota.md", "notes.txt"])
        #expect(bench.embedder.texts.contains("notes\nPlain words."))
        #expect(
            bench.embedder.texts.contains { $0.hasPrefix("Failover") && $0.hasSuffix("Promote the replica.") }
        )
    }

    @Test(arguments: StorageEngine.allCases)
    func `an unchanged folder is left alone, a removed file goes`(engine: StorageEngine) async throws {
        let folder = try TemporaryDirectory()
        try folder.write("One.", to: "one.txt")
        let two = try folder.write("Two.", to: "two.txt")
        let bench = try await PipelineBench(engine)
        _ = await ingest(folder, bench)
        #expect(await ingest(folder, bench).pages.unchanged == 2)
        try FileManager.default.removeItem(at: two)
        #expect(await ingest(folder, bench).pages.removed == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a file that is not UTF-8 is reported and the rest goes on`(engine: StorageEngine) async throws {
        let folder = try TemporaryDirectory()
        try folder.write(Data([0xFF, 0xFE, 0x41]), to: "bad.txt")
        try folder.write("Good.", to: "good.txt")
        let report = await ingest(folder, try await PipelineBench(engine))
        #expect(report.pages.added == 1 && report.exitCode == 3)
        #expect(report.skipped.map(\.id) == ["bad.txt"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `a folder that is not there stops the run and removes nothing`(engine: StorageEngine) async throws {
        let folder = try TemporaryDirectory()
        try folder.write("One.", to: "one.txt")
        let bench = try await PipelineBench(engine)
        _ = await ingest(folder, bench)
        try FileManager.default.removeItem(at: folder.url)
        let report = await ingest(folder, bench)
        #expect(report.exitCode == 1 && report.pages.removed == 0)
        #expect(try await bench.store.storedVersions().count == 1)
    }
}

@Suite struct `Text that needs no parser` {
    private func render(_ text: String, _ id: String) -> RenderedText {
        PlainTextRenderer.render(text, names: ["T", id])
    }

    private func units(_ page: RenderedText) -> [String] {
        page.units.map { unit in
            String(page.text.utf8.dropFirst(unit.range.lowerBound).prefix(unit.range.count)) ?? ""
        }
    }

    @Test func `text is cut at blank lines, whatever its line ends`() {
        let page = render("one\r\ntwo\r\n\r\nthree\r\n", "a.txt")
        #expect(units(page) == ["one\ntwo", "three"])
    }

    @Test func `Markdown's headings become paths and its lists keep their lead-in`() {
        let page = render(
            "Intro\n# A\ntext\n## B\nDo this:\n- one\n  more\n- two\n\n"
                + "```sh\n# no heading\nrun\n```\n# C\nend",
            "a.md")
        #expect(
            units(page) == [
                "Intro", "text", "Do this:", "- one\n  more", "- two", "```sh\n# no heading\nrun\n```", "end",
            ])
        #expect(page.units.map(\.kind) == [.prose, .prose, .prose, .list, .list, .code, .prose])
        #expect(page.units.map { page.sections[$0.section].headingPath }.last == ["C"])
        #expect(page.units[3].lead == "Do this:" && page.units[3].group == page.units[4].group)
        #expect(page.sections.map(\.headingPath) == [[], ["A"], ["A", "B"], ["C"]])
    }

    @Test func `rows of a Markdown table are headed by its first, a line with a bar is prose`() {
        let page = render(
            "a | b\n\n| Port | Fee |\n|------|:---:|\n| Hull | 3 |\n| Bremen | 4 |\n\nend", "a.md")
        #expect(units(page) == ["a | b", "| Hull | 3 |", "| Bremen | 4 |", "end"])
        #expect(page.units.map(\.kind) == [.prose, .table, .table, .prose])
        #expect(page.units[1].lead == "| Port | Fee |" && page.units[1].group == page.units[2].group)
    }

    @Test func `rows of CSV are headed by its first line`() {
        let page = render("port,name\n1,a\n2,b\n", "ports.csv")
        #expect(units(page) == ["1,a", "2,b"])
        #expect(page.units.allSatisfy { $0.lead == "port,name" && $0.kind == .table })
    }

    @Test(arguments: ["", "\n\n", " \r\n"])
    func `nothing but white space has no units`(text: String) {
        #expect(render(text, "a.txt").units.isEmpty)
        #expect(render(text, "a.md").units.isEmpty)
        #expect(render(text, "a.csv").units.allSatisfy { !$0.range.isEmpty })
    }
}

@Suite struct `Ingest report` {
    @Test func `the exit code tells what happened`() {
        var report = IngestReport(source: "s")
        #expect(report.exitCode == 0)
        report.add(SkippedDocument(id: "1", title: "", reason: "archived", isFailure: false))
        #expect(report.exitCode == 0)
        report.add(SkippedDocument(id: "2", title: "", reason: "broken", isFailure: true))
        #expect(report.exitCode == 3)
        report.stopReason = "disk full"
        #expect(report.exitCode == 1)
        report.isInterrupted = true
        #expect(report.exitCode == 130)
    }

    @Test func `a summary names failures, left out pages and refused removals`() {
        var report = IngestReport(source: "export.zip")
        report.pages.seen = 3
        report.pages.added = 1
        report.seconds = 1.26
        report.add(SkippedDocument(id: "1", title: "Old", reason: "It is archived.", isFailure: false))
        report.add(SkippedDocument(id: "2", title: "Bad", reason: "It is broken.", isFailure: true))
        report.add(IngestReport.Warning(id: "3", message: "odd"))
        report.refusedRemovals = [.init(spaceKey: "OPS", absent: 30, stored: 40)]
        #expect(
            report.summaryLines == [
                "Ingested export.zip in 1.3 s.",
                "3 documents seen: 1 added, 0 updated, 0 unchanged, 0 with other readers only, 0 removed, "
                    + "1 left out, 1 failed.",
                "0 chunks added, 0 removed; 0 texts embedded, 0 known from before.",
                "Failed; what was stored of them before stays:", "  2 “Bad”: It is broken.",
                "Left out on purpose:", "  1 “Old”: It is archived.", "1 warning:", "  3: odd",
                "30 of 40 stored documents of space OPS are absent from the source. That many are not "
                    + "removed unasked, and nobody may read them until the source has them again: check the "
                    + "source, or allow it with --allow-removals.",
            ])
    }

    @Test func `a report survives JSON`() throws {
        var report = IngestReport(source: "s")
        report.add(SkippedDocument(id: "2", title: "Bad", reason: "It is broken.", isFailure: true))
        report.chunks.added = 7
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(IngestReport.self, from: data) == report)
    }
}
