import Confluence
import Foundation
import Ingest
import Logging
import Server
import ServiceLifecycle
import UnixSignals

/// Everything that `serve` keeps running, as one group of services.
///
/// The group ends them one after the other, each when the one before it has ended: first the server, so that
/// nobody is promised anything more and what was asked is answered; then the syncs; then the worker that reads
/// what both have asked for. It stops at its next safe point; what it has not read stays in the queue of the
/// database. Should one of them fail, the others are cancelled and its error ends the process.
struct Serving {
    /// Time that the syncs and the worker have for their ends.
    private static let workersGrace = Duration.seconds(10)

    private let group: ServiceGroup

    /// - Parameters:
    ///   - services: in the order in which they start; they end in the opposite one.
    ///   - grace: time after which whatever still runs is cancelled.
    init(_ services: [any Service], grace: Duration, signals: [UnixSignal], logger: Logger) {
        // What the group would say of its services, they say themselves, in their own words.
        var quiet = logger
        quiet.logLevel = .critical
        var configuration = ServiceGroupConfiguration(
            services: services.map { NamedService(base: $0) }, gracefulShutdownSignals: signals, logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = grace
        group = ServiceGroup(configuration: configuration)
    }

    /// The server of `configuration`, and what follows a Confluence if anything does.
    ///
    /// - Parameters:
    ///   - references: follows what settings stand for; `nil` when none stands for anything.
    ///   - workers: what carries out asynchronous runs, and keeps the workspace.
    ///   - socket: where connections wait already; `nil` to listen at the configuration's address.
    ///   - onReady: called once, with the port, as soon as connections are accepted.
    init(
        _ server: MillraceServer, _ configuration: ServerConfiguration, follower: Services.Follower?,
        references: ReferenceService? = nil, workers: [any Service] = [],
        on socket: ListeningSocket? = nil, logger: Logger,
        onReady: @escaping @Sendable (_ port: Int) -> Void
    ) {
        var services: [any Service] = []
        if let references { services.append(references) }
        if let follower {
            services.append(RefreshService(worker: follower.worker))
        }
        services += workers
        services.append(HTTPService(server: server, socket: socket, onReady: onReady))
        self.init(
            services, grace: configuration.shutdownGrace + Self.workersGrace, signals: [.sigint, .sigterm],
            logger: logger)
    }

    /// Runs until a signal ends it, or a service fails.
    ///
    /// - Throws: the failed service's error.
    func run() async throws {
        do {
            try await group.run()
        } catch is CancellationError {
            // By the end of the grace that a shutdown gives.
        }
    }
}

/// A service under its type's name: the group describes each to its logger, and describing one as it is means describing
/// everything that it holds.
private struct NamedService: Service, CustomStringConvertible, CustomDebugStringConvertible {
    let base: any Service

    var description: String { "\(type(of: base))" }
    var debugDescription: String { description }

    func run() async throws { try await base.run() }
}

/// Answers over HTTP.
private struct HTTPService: Service {
    let server: MillraceServer
    let socket: ListeningSocket?
    let onReady: @Sendable (_ port: Int) -> Void

    func run() async throws {
        try await server.run(on: socket, onReady: onReady)
    }
}

/// Reads what waits in the queue of refresh requests.
private struct RefreshService: Service {
    let worker: RefreshWorker

    func run() async {
        await cancelWhenGracefulShutdown { await worker.run() }
    }
}
