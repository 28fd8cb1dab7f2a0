import ArgumentParser
import Corpus
import Documents
import Foundation
import Ingest
import Text

/// What `parse` shows of a document.
enum ParseFormat: String, CaseIterable, ExpressibleByArgument { case text, markdown, json, chunks }

struct ParseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Shows what Millrace sees of one page's body.",
        discussion: """
            The body is in storage format, or in Atlassian Document Format when it begins as JSON does.

            text is what is searched and quoted, markdown what a person reads, json the tree of blocks, and chunks
            the passages as they are embedded. What had to be repaired is said on standard error.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The document; - for standard input.", valueName: "file|-"))
    var file: String

    @Flag(help: "Read Atlassian Document Format, however the document begins.")
    var adf = false

    @Option(help: "text, markdown, json or chunks.")
    var format: ParseFormat = .text

    @Option(help: "The page's title, which leads each chunk.")
    var title: String?

    func run() async throws {
        let services = try await common.services()
        let source = try InputText.read(file)
        let page =
            adf || ADFParser.canRead(source)
            ? try ADFParser().parse(source) : try StorageFormatParser().parse(source)
        let names = KnownNames(names: page.names)
        for warning in page.warnings { Terminal.print(error: "warning: \(warning)") }
        let standardTitle =
            file == "-" ? "Untitled" : URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let title = title ?? standardTitle
        switch format {
        case .text: print(TextRenderer(references: names).render(page.blocks, title: title).text)
        case .markdown: print(MarkdownRenderer(references: names).render(page.blocks))
        case .json: print(try BlockJSON.string(page.blocks))
        case .chunks: try await printChunks(page, names, title: title, services)
        }
    }

    private func printChunks(
        _ page: ParsedPage, _ names: KnownNames, title: String, _ services: Services
    ) async throws {
        let text = TextRenderer(references: names).render(page.blocks, title: title)
        let chunker = Chunker(
            configuration: try ChunkerConfiguration(
                strategy: services.settings[\.ingest.strategy],
                maxTokens: services.settings[\.ingest.maxTokens]),
            counter: try await services.tokenCounter())
        let chunks = chunker.chunks(of: text, title: title)
        if common.json {
            print(try JSONText.encode(chunks.map(ChunkOutput.init)))
            return
        }
        for chunk in chunks {
            let range = "bytes \(chunk.range.lowerBound)–\(chunk.range.upperBound)"
            let facts = "#\(chunk.ordinal) · \(chunk.kind.rawValue) · \(chunk.tokenCount) tokens · \(range)"
            print(Terminal.styled(facts, .accent))
            print(chunk.embeddedText + "\n")
        }
    }
}

private struct ChunkOutput: Encodable {
    var ordinal: Int
    var kind: String
    var headingPath: [String]
    var text: String
    var embeddedText: String
    var tokenCount: Int
    var range: [Int]
    var anchor: String?

    init(_ chunk: Chunk) {
        ordinal = chunk.ordinal
        kind = chunk.kind.rawValue
        headingPath = chunk.headingPath
        text = chunk.text
        embeddedText = chunk.embeddedText
        tokenCount = chunk.tokenCount
        range = [chunk.range.lowerBound, chunk.range.upperBound]
        anchor = chunk.anchor
    }
}
