import ArgumentParser
import Corpus
import Foundation
import Server
import ServiceLifecycle
import Synchronization
import VectorIndex

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the page, the search API and the answer endpoint.",
        discussion:
            "Listens on loopback unless told otherwise. Ctrl-C ends it once running requests are answered.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on; 0 for any free one.")
    var port: Int?

    @Flag(
        help: ArgumentHelp(
            "Takes the socket over from the process that serves the same data folder, which then ends.",
            discussion: "No connection is refused meanwhile. Where no process serves, it starts as ever."))
    var takeover = false

    func validate() throws { try OptionRange.check("--port", port, in: 0...65_535) }

    func run() async throws {
        var common = common
        if let host { common.overrides.append("\(Settings.name(\.server.host))=\(host)") }
        if let port { common.overrides.append("\(Settings.name(\.server.port))=\(port)") }
        let services = try await common.services()
        let settings = services.settings
        var serving = try settings.serverConfiguration()
        try serving.validate()
        let handover = ServedSocket(settings)
        try services.tracer().bootstrap()
        let socket = try await handover.given(takesOver: takeover, serving, services)
        if let socket { serving.serve(on: socket) }
        // It can be asked before that is there, and waits then: most of what it needs is at work until it is ready.
        services.opensReaderLate.store(true, ordering: .relaxed)
        services.beginAnswering()
        Task { MillraceServer.prepare() }
        let identity = try await services.identity()
        let collections = try await services.collections()
        let disk = DiskSpace(of: settings[\.data])
        let usage = try services.usageMeter()
        try await services.checkSomebodyCanSignIn(serving, identity)
        let qa = try await services.questionAnswering()
        let index = try await services.index()
        let follower = try await services.follower()
        let flows = try await services.flows()
        let evaluations = try await services.evaluations()
        let tenants = try await services.servedTenants(disk)
        let server = try MillraceServer(
            qa: qa, corpus: try services.shownCorpus(), indexCount: { index.store.count }, flows: flows,
            configuration: serving, logger: services.logger, version: Millrace.version,
            webhooks: follower?.receiver.map { [$0] } ?? [], identity: identity,
            ingest: try await services.servedIngest(),
            collections: collections, administration: try await services.administration(usage, disk),
            metrics: try await services.servedMetrics(), index: try await services.servedIndex(),
            evaluations: evaluations, shared: try services.redis()?.shared ?? SharedMemory(),
            tenants: tenants.served, separatesTenants: try await services.separatesTenants())
        // A mistyped folder is made like any other; whoever follows a site may begin with an empty one.
        // Only an index without vectors makes it worth reading every document's version.
        let isEmpty =
            index.store.count == 0 ? try await services.corpus().storedVersions().isEmpty : false
        let isBare = isEmpty && follower == nil
        let folder = settings[\.data].path(percentEncoded: false)
        let takesWebhooks = follower?.receiver != nil
        let host = serving.host.contains(":") ? "[\(serving.host)]" : serving.host
        let scheme = serving.tls == nil ? "http" : "https"
        // The first ends last: a question may take all of the time that a shutdown has, which the others need first.
        var workers: [any Service] = [ServedQuestions(root: services).point(tenants.houses)]
        workers += try await services.workers(flows.service)
        workers += try await services.jobServices()
        workers += [
            services.service(of: collections), UsageService(meter: usage), DiskService(disk: disk),
            FreedMemoryService(),
        ]
        if let uploads = flows.uploads { workers.append(UploadsService(uploads: uploads)) }
        workers.append(handover.point(of: server))
        workers.append(EvaluationService(jobs: evaluations))
        workers += try services.traceServices() + services.reporters(server)
        workers += try await services.nodeServices(role: "serve")
        workers += try services.noticeServices()
        workers += tenants.services
        let running = Serving(
            server, serving, follower: follower, references: services.referenceService, workers: workers,
            on: socket, logger: services.logger
        ) { port in
            print(
                """
                Millrace listens on \(scheme)://\(host):\(port)
                  page    \(scheme)://\(host):\(port)/
                  ask     POST \(scheme)://\(host):\(port)/v1/ask
                  search  POST \(scheme)://\(host):\(port)/v1/search
                """)
            if takesWebhooks { print("  webhook POST \(scheme)://\(host):\(port)/v1/webhooks/confluence") }
            if isBare { Terminal.print(error: Hint.nothingStored(in: folder)) }
            fflush(nil)
            Task { await services.beginReading() }
            Task { await services.foldLongLog() }
        }
        try await running.run()
    }
}
