import ArgumentParser
import Foundation
import Ingest
import QA
import Server
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

    func run() async throws {
        var common = common
        if let host { common.overrides.append("server.host=\(host)") }
        if let port { common.overrides.append("server.port=\(port)") }
        let configuration = try common.configuration()
        let settings = configuration.settings
        let composition = Composition(configuration)
        let serving = ServerConfiguration(
            host: settings.text("server.host"), port: try settings.integer("server.port", in: 0...65_535),
            bodyLimitBytes: try settings.integer("server.body_limit_bytes", in: 1_024...67_108_864),
            maxConcurrentRuns: try settings.integer("server.max_concurrent_runs", in: 1...1_024),
            defaultReader: configuration.defaultReader)
        try serving.validate()
        let (qa, corpus, index, embedder) = try await composition.questionAnswering()
        let follower = try composition.follower(corpus: corpus, index: index, embedder: embedder)
        let server = try MillraceServer(
            qa: qa, corpus: corpus, indexCount: { index.count }, configuration: serving,
            logger: composition.logger, version: Millrace.version,
            webhooks: follower?.receiver.map { [$0] } ?? [])
        let worker = Task { await follower?.run() }
        defer { worker.cancel() }
        let host = serving.host.contains(":") ? "[\(serving.host)]" : serving.host
        try await server.run { port in
            print(
                """
                Millrace listens on http://\(host):\(port)
                  page    http://\(host):\(port)/
                  ask     POST http://\(host):\(port)/v1/ask
                  search  POST http://\(host):\(port)/v1/search
                """)
            if follower?.receiver != nil {
                print("  webhook POST http://\(host):\(port)/v1/webhooks/confluence")
            }
            fflush(nil)
        }
    }
}
