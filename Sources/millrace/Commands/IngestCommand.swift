import ArgumentParser
import Corpus
import Foundation
import Ingest
import Models
import VectorIndex

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Reads a Confluence space into the data folder.",
        discussion: """
            Reads a space export (the zip file that Confluence writes, or a folder with its contents), a folder of
            pages (.xhtml, .md, .txt), or a live Confluence. Pages that did not change are left alone, pages that
            went are removed. Ctrl-C ends it at a safe point; the same command goes on from there.

            Confluence's token comes from MILLRACE_CONFLUENCE_TOKEN, the account of a Cloud token from
            confluence.email.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("A space export: a zip file or a folder.", valueName: "file|folder"))
    var export: String?

    @Option(
        help: ArgumentHelp("A live Confluence: its address, or that of any of its pages.", valueName: "url"))
    var confluence: String?

    @Option(name: .customLong("base-url"), help: "Where an export's pages are served, for links.")
    var baseURL: String?

    @Flag(help: "Let documents go however many the source no longer has.")
    var allowRemovals = false

    @Flag(help: "Print no progress.")
    var quiet = false

    func validate() throws {
        guard (export == nil) != (confluence == nil) else {
            throw ValidationError("Give either --export FILE or --confluence URL.")
        }
    }

    func run() async throws {
        let configuration = try common.configuration()
        let composition = Composition(configuration)
        let source = try source(composition)
        let corpus = try composition.corpus()
        let embedder = try composition.embedder()
        let index = try composition.index(corpus, model: embedder.model)
        let pipeline = IngestPipeline(
            store: corpus, index: index, saveIndex: { try index.save(generation: UInt64(clamping: $0)) },
            embedder: embedder, counter: try composition.tokenCounter(), options: try options(configuration),
            logger: composition.logger)
        let line = ProgressLine(isEnabled: !quiet && !common.json)
        let report = try await Interruption.cancelling {
            await pipeline.run(source) { line.show($0) }
        }
        line.finish()
        if report.exitCode == 0 {
            try corpus.removeUnusedEmbeddings()
            try corpus.setState("synced_at", Date().formatted(.iso8601))
        }
        if common.json {
            print(try JSONText.encode(report))
        } else {
            report.summaryLines.forEach { print(Terminal.safe($0)) }
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func options(_ configuration: Configuration) throws -> IngestOptions {
        let settings = configuration.settings
        var options = IngestOptions()
        options.chunker = try ChunkerConfiguration(
            strategy: settings.choice("ingest.strategy", ChunkerConfiguration.Strategy.self),
            maxTokens: settings.integer("ingest.max_tokens", in: 32...32_768))
        options.removalShare = try settings.number("ingest.max_removal_share", in: 0...1)
        options.allowsMassRemoval = allowRemovals
        return options
    }

    private func source(_ composition: Composition) throws -> any DocumentSource {
        if let confluence { return try composition.confluenceSource(confluence) }
        let path = URL(fileURLWithPath: ((export ?? "") as NSString).expandingTildeInPath)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
            throw CommandError("There is no file or folder \(path.path). Check the path given to --export.")
        }
        let entities = path.appendingPathComponent("entities.xml").path
        if isFolder.boolValue, !FileManager.default.fileExists(atPath: entities) {
            return FolderSource(folder: path)
        }
        var base: URL?
        if let baseURL {
            guard let url = URL(string: baseURL), url.host != nil else {
                throw CommandError("--base-url \(baseURL) is no address such as https://wiki.example.com.")
            }
            base = url
        }
        return try SpaceExportSource(path: path, baseURL: base)
    }
}
