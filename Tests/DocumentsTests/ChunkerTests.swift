import TestSupport
import Testing
import Text

@testable import Documents

/// Builds rendered pages by hand, so that the chunker is tested without the parser.
struct PageBuilder {
    private(set) var page = RenderedText(
        text: "", sections: [.init(headingPath: [], anchor: nil)], units: [])
    private var groups = 0

    mutating func heading(_ path: String...) {
        separate("\n\n")
        page.text += path.last ?? ""
        page.sections.append(.init(headingPath: path, anchor: path.joined(separator: "-")))
    }

    mutating func paragraph(_ text: String, _ kind: Chunk.Kind = .prose) {
        separate("\n\n")
        unit(text, kind, group: kind == .prose ? nil : nextGroup())
    }

    mutating func list(lead: String, _ items: [String]) {
        let group = nextGroup()
        for item in items {
            separate("\n")
            unit(item, .list, group: group, lead: lead)
        }
    }

    mutating func table(header: String, _ rows: [String]) {
        separate("\n\n")
        page.text += header
        let group = nextGroup()
        for row in rows {
            separate("\n")
            unit(row, .table, group: group, lead: header)
        }
    }

    private mutating func unit(_ text: String, _ kind: Chunk.Kind, group: Int?, lead: String = "") {
        let start = page.text.utf8.count
        page.text += text
        page.units.append(
            .init(
                kind: kind, range: start..<page.text.utf8.count, section: page.sections.count - 1,
                group: group,
                lead: lead))
    }

    private mutating func separate(_ text: String) {
        if !page.text.isEmpty { page.text += text }
    }

    private mutating func nextGroup() -> Int {
        groups += 1
        return groups
    }
}

/// A chunker over ``QuarterWordCounter``.
func chunker(
    _ strategy: ChunkerConfiguration.Strategy = .structure, max: Int = 60, mergeBelow: Int = 15,
    overlap: Int = 12
) throws -> Chunker {
    Chunker(
        configuration: try ChunkerConfiguration(
            strategy: strategy, maxTokens: max, mergeBelowTokens: mergeBelow, overlapTokens: overlap),
        counter: QuarterWordCounter())
}

@Suite struct `Cutting a page` {
    @Test func `a page without text becomes a chunk of its title`() throws {
        for text in ["", " \n\u{A0}\t"] {
            let chunks = try chunker().chunks(
                of: RenderedText(text: text, sections: [], units: []), title: "On call")
            #expect(chunks.map(\.text) == ["On call"])
            #expect(chunks.first?.embeddedText == "On call")
            #expect(chunks.first?.tokenCount == 2)
        }
    }

    @Test func `a page with neither text nor title has no chunks`() throws {
        #expect(try chunker().chunks(of: RenderedText(text: "", sections: [], units: []), title: "").isEmpty)
    }

    @Test func `text without units is still found`() throws {
        let chunks = try chunker().chunks(
            of: RenderedText(text: " kept ", sections: [], units: []), title: "T")
        #expect(chunks.map(\.text) == ["kept"])
        #expect(chunks.map(\.range) == [1..<5])
    }

    @Test func `the header names title and headings and counts toward the budget`() throws {
        var builder = PageBuilder()
        builder.heading("Setup", "Linux")
        builder.paragraph(words(30))
        let chunk = try #require(try chunker().chunks(of: builder.page, title: "Guide").first)
        #expect(chunk.embeddedText == "Guide › Setup › Linux\n" + words(30))
        #expect(chunk.text == words(30))
        #expect(chunk.tokenCount == 2 + 1 + 2 + 1 + 2 + 30)
        #expect(chunk.headingPath == ["Setup", "Linux"])
        #expect(chunk.anchor == "Setup-Linux")
    }

    @Test(arguments: [(59, 1), (60, 2)])
    func `a unit exactly at the budget stays whole and one token more cuts it`(count: Int, chunks: Int) throws
    {
        var builder = PageBuilder()
        builder.paragraph(words(count))
        let result = try chunker(overlap: 0).chunks(of: builder.page, title: "T")
        #expect(result.count == chunks)
        #expect(result[0].tokenCount == 60)
    }

    @Test func `a section begins a new chunk when both have something to say`() throws {
        var builder = PageBuilder()
        builder.heading("A")
        builder.paragraph(words(20, "a"))
        builder.heading("B")
        builder.paragraph(words(20, "b"))
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.map(\.headingPath) == [["A"], ["B"]])
    }

    @Test func `small sibling sections share a chunk under their common heading and keep their own`() throws {
        var builder = PageBuilder()
        builder.heading("Setup", "Linux")
        builder.paragraph("apt install it")
        builder.heading("Setup", "Mac")
        builder.paragraph("brew install it")
        let result = try chunker().chunks(of: builder.page, title: "Guide")
        #expect(result.count == 1)
        #expect(result[0].embeddedText == "Guide › Setup\nLinux\napt install it\n\nMac\n\nbrew install it")
        #expect(result[0].anchor == "Setup-Linux")
        #expect(result[0].tokenCount == QuarterWordCounter().count(result[0].embeddedText[...]))
    }

    @Test func `a table is cut between rows and repeats its header`() throws {
        var builder = PageBuilder()
        builder.paragraph("Ports in use")
        builder.table(header: "port | name", (0..<10_000).map { "\($0) | svc\($0)" })
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.count > 700)
        for chunk in result.dropFirst() {
            #expect(chunk.text.hasPrefix("port | name\n"))
            #expect(chunk.kind == .table)
            #expect(chunk.tokenCount <= 60)
            // Only whole rows.
            #expect(chunk.text.split(separator: "\n").allSatisfy { $0.split(separator: " ").count == 3 })
        }
        #expect(result.reduce(0) { $0 + $1.text.split(separator: "\n").count - 1 } >= 9_999)
    }

    @Test func `a row over budget is cut between cells`() throws {
        var builder = PageBuilder()
        builder.table(header: "h", [(0..<30).map { "cell\($0) text" }.joined(separator: " | ")])
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.count > 1)
        #expect(result.dropLast().allSatisfy { $0.text.hasSuffix("|") })
        #expect(result.allSatisfy { $0.text.hasPrefix("h\n") })
    }

    @Test func `code that fits stays whole and leaves room behind`() throws {
        var builder = PageBuilder()
        builder.paragraph(words(20))
        builder.paragraph(words(25, "c") + "\n\n" + words(25, "d"), .code)
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.map(\.kind) == [.prose, .code])
    }

    @Test func `code of 5,000 lines is cut at line ends and keeps its indentation`() throws {
        var builder = PageBuilder()
        let lines = (0..<5_000).map { $0 % 9 == 8 ? "" : "    run\($0) x" }
        builder.paragraph(lines.joined(separator: "\n"), .code)
        let result = try chunker().chunks(of: builder.page, title: "T")
        let rebuilt = result.flatMap { $0.text.split(separator: "\n").map(String.init) }
        #expect(rebuilt == lines.filter { !$0.isEmpty })
        #expect(result.allSatisfy { $0.tokenCount <= 60 })
    }

    @Test func `code over budget is cut at blank lines first`() throws {
        var builder = PageBuilder()
        let blocks = ["a", "b", "c"].map { name in (0..<10).map { "\(name)\($0) x y" }.joined(separator: "\n")
        }
        builder.paragraph(blocks.joined(separator: "\n\n"), .code)
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.map(\.text) == blocks)
    }

    @Test func `a list that is cut repeats its lead-in`() throws {
        var builder = PageBuilder()
        builder.paragraph("Do these in order:")
        builder.list(lead: "Do these in order:", (0..<30).map { "- step\($0) now" })
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.count > 1)
        #expect(result.allSatisfy { $0.text.hasPrefix("Do these in order:") })
    }

    @Test func `prose cut within a section repeats a sentence and no more`() throws {
        var builder = PageBuilder()
        builder.paragraph((0..<20).map { "Say \(words(4, "s\($0)")) end." }.joined(separator: " "))
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.count > 1)
        for (earlier, later) in zip(result, result.dropFirst()) {
            #expect(later.range.lowerBound < earlier.range.upperBound)
            let repeated =
                String(
                    builder.page.text.utf8.dropFirst(later.range.lowerBound)
                        .prefix(earlier.range.upperBound - later.range.lowerBound)) ?? ""
            #expect(repeated.hasPrefix("Say ") && repeated.hasSuffix("end."))
            #expect(QuarterWordCounter().count(repeated[...]) <= 12)
        }
    }

    @Test func `no overlap is made when none is asked for`() throws {
        var builder = PageBuilder()
        builder.paragraph((0..<20).map { "Say \(words(4, "s\($0)")) end." }.joined(separator: " "))
        let result = try chunker(overlap: 0).chunks(of: builder.page, title: "T")
        #expect(zip(result, result.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound })
    }

    @Test func `one huge word is cut between characters`() throws {
        var builder = PageBuilder()
        let word = String(repeating: "né🇩🇪", count: 4_000)
        builder.paragraph(word)
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.map(\.text).joined() == word)
        #expect(result.allSatisfy { $0.tokenCount <= 60 })
    }

    @Test func `a title longer than the budget leaves half of it to the passage`() throws {
        var builder = PageBuilder()
        builder.heading("H")
        builder.paragraph(words(29, "p"))
        let result = try chunker().chunks(of: builder.page, title: words(500, "t"))
        #expect(result.count == 1)
        #expect(result[0].tokenCount <= 60)
        #expect(result[0].embeddedText.hasPrefix("t0 t1"))
        #expect(result[0].text == words(29, "p"))
    }

    @Test func `a header row over half the room is shortened, never the rows`() throws {
        var builder = PageBuilder()
        builder.table(header: words(200, "h"), (0..<5).map { "\(words(10, "r\($0)x"))" })
        let result = try chunker().chunks(of: builder.page, title: "T")
        #expect(result.allSatisfy { $0.tokenCount <= 60 && $0.text.hasPrefix("h0 h1") })
        for row in 0..<5 { #expect(result.contains { $0.text.contains(words(10, "r\(row)x")) }) }
    }
}

@Suite struct `Chunker configuration` {
    @Test func `another setting is another signature`() throws {
        let signatures = [
            ChunkerConfiguration.standard, try ChunkerConfiguration(strategy: .fixed),
            try ChunkerConfiguration(maxTokens: 128), try ChunkerConfiguration(mergeBelowTokens: 60),
            try ChunkerConfiguration(overlapTokens: 0),
        ].map(\.signature)
        #expect(Set(signatures).count == signatures.count)
    }

    @Test func `a budget too small for any text is refused by name`() {
        #expect(throws: ChunkerConfiguration.Invalid(name: "max_tokens", value: 31, allowed: 32...32_768)) {
            try ChunkerConfiguration(maxTokens: 31)
        }
    }

    @Test func `an overlap over half a chunk is refused by name`() {
        #expect(throws: ChunkerConfiguration.Invalid(name: "overlap_tokens", value: 51, allowed: 0...50)) {
            try ChunkerConfiguration(maxTokens: 100, overlapTokens: 51)
        }
    }
}
