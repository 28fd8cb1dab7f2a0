import ArgumentParser
import Confluence
import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Models
import Sourcing
import VectorIndex

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Reads a Confluence space into the data folder.",
        discussion: """
            Reads a space export (the zip file that Confluence writes, or a folder with its contents), a folder of
            pages (.xhtml, .md, .txt, .html, .csv, .pdf, .docx, .xlsx, .pptx), or a live Confluence. Pages that did not change are left alone, pages that
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

    @Flag(help: "Print what would change; change and embed nothing.")
    var dryRun = false

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
        let corpus = try corpus(composition)
        let source = try source(composition, corpus)
        let pipeline = try await pipeline(composition, corpus)
        let line = ProgressLine(isEnabled: !quiet && !common.json)
        let report = try await Interruption.cancelling {
            await pipeline.run(source) { line.show($0) }
        }
        line.finish()
        if report.exitCode == 0, !dryRun {
            try await corpus.removeUnusedEmbeddings()
            try await corpus.setState("synced_at", Date().formatted(.iso8601))
            if let confluence = source as? ConfluenceSource {
                try await confluence.pruneCache(toBytes: composition.pageCacheLimit())
            }
        }
        if common.json {
            print(try JSONText.encode(report))
        } else {
            report.summaryLines.forEach { print(Terminal.safe($0)) }
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// A dry run makes no data folder where there is none.
    private func corpus(_ composition: Composition) throws -> any CorpusStore {
        let file = composition.configuration.dataFolder.appendingPathComponent(SQLiteCorpus.fileName).path
        if dryRun, !FileManager.default.fileExists(atPath: file) { return try SQLiteCorpus.inMemory() }
        return try composition.corpus()
    }

    private func pipeline(_ composition: Composition, _ corpus: any CorpusStore) async throws
        -> IngestPipeline
    {
        let embedder = try composition.embedder()
        var options = try composition.ingestOptions()
        options.allowsMassRemoval = allowRemovals
        options.isDryRun = dryRun
        guard !dryRun else {
            return IngestPipeline(
                store: corpus, index: nil, embedder: embedder, counter: try composition.tokenCounter(),
                options: options, logger: composition.logger)
        }
        let index = try await composition.index(corpus, model: embedder.model)
        return IngestPipeline(
            store: corpus, index: index, saveIndex: { try index.save(generation: UInt64(clamping: $0)) },
            embedder: embedder, counter: try composition.tokenCounter(), options: options,
            logger: composition.logger)
    }

    private func source(
        _ composition: Composition, _ corpus: any CorpusStore
    ) throws -> any DocumentSource {
        // What a sync remembers is changed by it, so a dry run reads as if for the first time.
        if let confluence {
            return try composition.confluenceSource(confluence, corpus: dryRun ? nil : corpus)
        }
        let path = URL(fileURLWithPath: ((export ?? "") as NSString).expandingTildeInPath)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
            throw CommandError("There is no file or folder \(path.path). Check the path given to --export.")
        }
        let attachmentText = try composition.attachmentText()
        if isFolder.boolValue, !SpaceExportSource.isExport(folder: path) {
            return FolderSource(folder: path, attachmentText: attachmentText)
        }
        var base: URL?
        if let baseURL {
            guard let url = URL(string: baseURL), url.host != nil else {
                throw CommandError("--base-url \(baseURL) is no address such as https://wiki.example.com.")
            }
            base = url
        }
        var source = try SpaceExportSource(path: path, baseURL: base, attachmentText: attachmentText)
        // A site backup knows who is in which group; a dry run learns nothing.
        if !dryRun {
            source.onMemberships = { groups in
                for group in groups { try await corpus.setMembers(group.members, of: group.group) }
            }
        }
        return source
    }
}
