import Hummingbird
import Logging

/// Hummingbird as it comes, with one route that answers a few bytes: what `GET /healthz` is compared with by
/// `health_peers.py`.
enum BareServer {
    static func run(arguments: [String]) async throws {
        guard let port = arguments.first.flatMap({ Int($0) }) else {
            throw BenchmarkError("usage: bare-server PORT")
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let router = Router()
        router.get("healthz") { _, _ in #"{"status":"ok"}"# }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.runService()
    }
}
