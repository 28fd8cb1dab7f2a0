import ArgumentParser
import Confluence
import Corpus
import Foundation
import Ingest
import Sourcing

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
    @OptionGroup var tenant: TenantOption

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
        let services = try await tenant.services(common)
        let source = try source(services)
        var options = try services.ingestOptions()
        options.allowsMassRemoval = allowRemovals
        options.isDryRun = dryRun
        let pipeline = try await services.pipeline(options)
        let line = ProgressLine(isEnabled: !quiet && !common.json)
        let turn = try turn(services)
        let report = try await Interruption.cancelling {
            try await turn.hold { await pipeline.run(source) { line.show($0) } }
        }
        line.finish()
        if report.exitCode == 0, !dryRun { try await finish(services, source) }
        if common.json {
            print(try JSONText.encode(report))
        } else {
            report.summaryLines.forEach { print(Terminal.safe($0)) }
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    /// Where processes share a database, one at a time reads a site: this one waits for its turn.
    private func turn(_ services: Services) throws -> IngestTurn {
        guard !dryRun, let confluence, let leases = try services.corpus() as? any SourceLeases else {
            return IngestTurn()
        }
        let isOfSettings = services.settings[\.confluence.url] == confluence
        return IngestTurn(
            ofSource: isOfSettings ? Services.confluenceID : confluence, leases: leases,
            worker: "ingest/\(UUID().uuidString.lowercased())", logger: services.logger)
    }

    /// What a source that was read whole leaves to be done.
    private func finish(_ services: Services, _ source: any DocumentSource) async throws {
        let corpus = try services.corpus()
        try await corpus.removeUnusedEmbeddings()
        try await corpus.setState("synced_at", Date().formatted(.iso8601))
        if let confluence = source as? ConfluenceSource {
            try await confluence.pruneCache(toBytes: services.pageCacheLimit)
        }
    }

    private func source(_ services: Services) throws -> any DocumentSource {
        // What a sync remembers is changed by it, so a dry run reads as if for the first time.
        if let confluence {
            return try services.confluenceSource(confluence, corpus: dryRun ? nil : services.corpus())
        }
        let path = URL(fileURLWithPath: ((export ?? "") as NSString).expandingTildeInPath)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
            throw CommandError("There is no file or folder \(path.path). Check the path given to --export.")
        }
        let attachmentText = services.attachmentText()
        if isFolder.boolValue, !SpaceExportSource.isExport(folder: path) {
            if let refusal = SpaceExportSource.refusal(ofFolder: path) { throw refusal }
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
            let corpus = try services.corpus()
            source.onMemberships = { groups in
                for group in groups { try await corpus.setMembers(group.members, of: group.group) }
            }
        }
        return source
    }
}
