import Corpus
import Documents
import EngineSupport
import Models
import Sourcing
import TestSupport
import Testing

@testable import Ingest

/// Pages that include others, over the whole pipeline.
@Suite struct `Included pages` {
    private let ops = AccessRule(allOf: [[.group("ops")]])
    private let ana = AccessRule(allOf: [[.user("ana")]])

    private func include(_ title: String, space: String? = nil) -> String {
        let space = space.map { " ri:space-key=\"\($0)\"" } ?? ""
        return """
            <ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page \
            ri:content-title="\(title)"\(space)/></ac:link></ac:parameter></ac:structured-macro>
            """
    }

    private func excerptInclude(_ title: String, name: String? = nil) -> String {
        let name = name.map { "<ac:parameter ac:name=\"name\">\($0)</ac:parameter>" } ?? ""
        return """
            <ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name=""><ac:link><ri:page \
            ri:content-title="\(title)"/></ac:link></ac:parameter>\(name)</ac:structured-macro>
            """
    }

    private func page(
        _ id: String, _ title: String, _ body: String, version: Int = 1, space: String = "OPS",
        readers: AccessRule = .everybody
    ) -> TestPage {
        TestPage(id: id, title: title, version: version, space: space, body: body, readers: readers)
    }

    private func text(_ id: String, _ bench: PipelineBench) async throws -> String {
        try await bench.store.documentWithOrigin(id: id)?.0.text ?? "absent"
    }

    /// What a reader can find of a document.
    private func passages(_ id: String, _ reader: Reader, _ bench: PipelineBench) async throws -> String {
        let ids = try await bench.store.chunkIDs(model: bench.embedder.model.name).sorted()
        return try await bench.store.chunks(ids, reader: reader).filter { $0.documentID == id }.map(\.text)
            .joined(separator: "\n")
    }

    @Test(arguments: [true, false], StorageEngine.allCases)
    func `an included body stands there once, whichever page is listed first`(
        isFirst: Bool, engine: StorageEngine
    ) async throws {
        let bench = try await PipelineBench(engine)
        let around = page("1", "Guide", "<p>Before.</p>\(include("Shared"))<p>After.</p>\(include("Shared"))")
        let inner = page("2", "Shared", "<p>Wear boots.</p>")
        let report = await bench.run(isFirst ? [inner, around] : [around, inner])
        #expect(report.exitCode == 0)
        await #expect(
            try text("1", bench) == "Before.\n\nIncluded from Shared\nWear boots.\n\nAfter.\n\nShared")
        #expect(report.pages.added == 2)
        // Pages that come together are rendered together, before any of them is stored.
        #expect(report.pages.refreshed == 1)
        #expect(try await bench.isLevel())
        // The second run finds everything as it is.
        let again = await bench.run(isFirst ? [inner, around] : [around, inner])
        #expect(again.pages.unchanged == 2)
        #expect(again.pages.refreshed == 0)
        #expect(again.chunks.embedded == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that some readers may not read is its title alone`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([
            page("1", "Guide", include("Plan")), page("2", "Plan", "<p>Secret.</p>", readers: ops),
            page(
                "3", "Inside", include("Plan"), readers: AccessRule(allOf: [[.group("ops")], [.user("bo")]])),
        ])
        #expect(try await text("1", bench) == "Plan")
        #expect(try await text("3", bench).contains("Secret."))
    }

    @Test(arguments: StorageEngine.allCases)
    func `what an included page includes is shown only to its own readers`(engine: StorageEngine) async throws
    {
        let bench = try await PipelineBench(engine)
        _ = await bench.run([
            page("1", "Guide", include("Plan")), page("2", "Plan", "<p>Open.</p>\(include("Budget"))"),
            page("3", "Budget", "<p>Secret.</p>", readers: ops),
        ])
        #expect(try await text("1", bench) == "Included from Plan\nOpen.\n\nBudget")
    }

    @Test(arguments: StorageEngine.allCases)
    func `narrowed readers close the including page at once, and the next ingest opens it`(
        engine: StorageEngine
    ) async throws {
        let bench = try await PipelineBench(engine)
        let around = page("1", "Guide", "<p>Mine.</p>\(include("Plan"))")
        _ = await bench.run([around, page("2", "Plan", "<p>Secret.</p>")])
        #expect(try await passages("1", .anonymous, bench).contains("Secret."))
        try await bench.store.setReaders(ana, ofDocument: "2")
        #expect(try await passages("1", .anonymous, bench).isEmpty)
        #expect(try await passages("1", Reader([.user("ana")]), bench).contains("Secret."))
        // A source that says who reads the page itself does not open it.
        try await bench.store.setReaders(.everybody, ofDocument: "1")
        #expect(try await passages("1", .anonymous, bench).isEmpty)
        #expect(try await bench.store.storedDocument(id: "1")?.readers == .everybody)
        _ = await bench.run([around, page("2", "Plan", "<p>Secret.</p>", readers: ana)])
        #expect(try await passages("1", .anonymous, bench) == "Mine.\n\nPlan")
        // And widened readers bring the content back.
        let report = await bench.run([around, page("2", "Plan", "<p>Secret.</p>")])
        #expect(report.pages.refreshed == 1)
        #expect(try await passages("1", .anonymous, bench).contains("Secret."))
    }

    @Test(arguments: StorageEngine.allCases)
    func `wider readers of the including page take the content away`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let plan = page("2", "Plan", "<p>Secret.</p>", readers: ops)
        _ = await bench.run([plan, page("1", "Guide", include("Plan"), readers: ops)])
        #expect(try await text("1", bench).contains("Secret."))
        _ = await bench.run([plan, page("1", "Guide", include("Plan"))])
        #expect(try await text("1", bench) == "Plan")
        #expect(try await passages("1", .anonymous, bench) == "Plan")
    }

    @Test(arguments: StorageEngine.allCases)
    func `a changed, renamed or removed page changes those that include it`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        let around = page("1", "Guide", include("Plan"))
        _ = await bench.run([around, page("2", "Plan", "<p>Old.</p>")])
        _ = await bench.run([around, page("2", "Plan", "<p>New.</p>", version: 2)])
        #expect(try await text("1", bench) == "Included from Plan\nNew.")
        _ = await bench.run([around, page("2", "Renamed", "<p>New.</p>", version: 3)])
        #expect(try await text("1", bench) == "Plan")
        _ = await bench.run([around, page("3", "plan", "<p>Another.</p>")])
        #expect(try await text("1", bench) == "Included from plan\nAnother.")
        _ = await bench.run([around])
        #expect(try await text("1", bench) == "Plan")
    }

    @Test(arguments: StorageEngine.allCases)
    func `circles are cut where they close`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let report = await bench.run([
            page("1", "A", "<p>a</p>\(include("B"))"), page("2", "B", "<p>b</p>\(include("C"))"),
            page("3", "C", "<p>c</p>\(include("A"))"), page("4", "Self", "<p>s</p>\(include("Self"))"),
        ])
        #expect(report.exitCode == 0)
        await #expect(
            try text("1", bench) == "a\n\nIncluded from B\nb\n\nIncluded from C\nc\n\nA")
        #expect(try await text("4", bench) == "s\n\nSelf")
        let again = await bench.run([
            page("1", "A", "<p>a</p>\(include("B"))"), page("2", "B", "<p>b</p>\(include("C"))"),
            page("3", "C", "<p>c</p>\(include("A"))"), page("4", "Self", "<p>s</p>\(include("Self"))"),
        ])
        #expect(again.pages.unchanged == 4)
    }

    @Test(arguments: StorageEngine.allCases)
    func `pages that include each other many times do not multiply`(engine: StorageEngine) async throws {
        let bench = try await PipelineBench(engine)
        let pages = (0..<30).map { number in
            let others = (0..<30).map { include("P\($0)") }.joined()
            return page("\(number)", "P\(number)", "<p>Page \(number).</p>\(others)")
        }
        let report = await bench.run(pages)
        #expect(report.exitCode == 0)
        #expect(try await text("0", bench).utf8.count < 10_000)
    }

    @Test(arguments: StorageEngine.allCases)
    func `an excerpt is found by its name, in a block, a sentence, a cell or a panel`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        let source = """
            <p>Intro.</p><ac:structured-macro ac:name="excerpt"><ac:rich-text-body><p>The short of it.</p>\
            </ac:rich-text-body></ac:structured-macro><p>Our <ac:structured-macro ac:name="excerpt">\
            <ac:parameter ac:name="name">price</ac:parameter><ac:rich-text-body>ten <strong>euros</strong>\
            </ac:rich-text-body></ac:structured-macro> a seat.</p><table><tbody><tr><td>\
            <ac:structured-macro ac:name="excerpt"><ac:parameter ac:name="name">cell</ac:parameter>\
            <ac:rich-text-body><p>In a cell.</p></ac:rich-text-body></ac:structured-macro></td></tr></tbody></table>
            """
        _ = await bench.run([
            page("1", "Facts", source),
            page(
                "2", "Guide",
                ["", "price", "cell", "nosuch"].map {
                    excerptInclude("Facts", name: $0.isEmpty ? nil : $0)
                }.joined()),
        ])
        await #expect(
            try text("2", bench) == """
                Included from Facts
                The short of it.

                Included from Facts
                ten euros

                Included from Facts
                In a cell.

                Facts
                """)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page of another space is found there, and people keep their names`(engine: StorageEngine)
        async throws
    {
        let bench = try await PipelineBench(engine)
        let body = "<p>Ask <ac:link><ri:user ri:account-id=\"557058:ana\" /></ac:link>.</p>"
        var shared = page("2", "Shared", body, space: "DEV")
        shared.references = KnownNames(names: [.accountID("557058:ana"): "Ana Ruiz"])
        _ = await bench.run([page("1", "Guide", include("Shared", space: "DEV")), shared])
        #expect(try await text("1", bench) == "Included from Shared\nAsk Ana Ruiz.")
    }
}
