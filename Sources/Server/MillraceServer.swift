import Concurrency
import Foundation
import Logging
import QA
import VectorCollections

/// Millrace over HTTP: the API under `/v1`, health checks, and the page at `/`.
///
/// ```swift
/// let server = try MillraceServer(
///     qa: qa, corpus: corpus, indexCount: { index.count }, flows: flows, configuration: configuration, logger: logger,
///     version: "0.1.0")
/// try await server.run { port in print("http://127.0.0.1:\(port)/") }
/// ```
public struct MillraceServer: Sendable {
    private let adapter: HTTPAdapter

    /// Puts the server together; nothing is listened on yet.
    ///
    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - indexCount: how many vectors the index holds now; `/readyz` compares it with the corpus.
    ///   - flows: runs and keeps flows.
    ///   - version: shown by `/v1/status`.
    ///   - webhooks: who takes deliveries; none, and there is no such route.
    ///   - identity: how callers prove who they are.
    ///   - ingest: what carries out ingest jobs; `nil` for a server that only answers.
    ///   - collections: vectors of callers' own making; `nil` for none.
    ///   - administration: what administrators see and do of the server itself.
    ///   - metrics: what is told at `/metrics`, and to whom.
    ///   - index: what is told of the indexes, and drawn of them; `nil` for nothing.
    ///   - evaluations: asks sets of questions; whoever makes it runs it, too. `nil` where nobody may.
    ///   - shared: what is shared with other processes that serve the same.
    ///   - tenants: those with documents of their own, by their names; everybody else belongs to the default tenant.
    ///     Without any, all tenants share one corpus, unless `separatesTenants`.
    ///   - separatesTenants: whether callers of tenants that are not served are let in nowhere, although none is served
    ///     but the default one.
    ///   - freshID: makes the id of a request that brings none.
    /// - Throws: ``ServerError/invalidSetting(name:value:allowed:)``.
    public init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        flows: ServedFlows, configuration: ServerConfiguration = ServerConfiguration(), logger: Logger,
        version: String,
        webhooks: [WebhookReceiver] = [], identity: ServedIdentity = ServedIdentity(),
        ingest: ServedIngest? = nil, collections: VectorCollections? = nil,
        administration: ServedAdministration = ServedAdministration(),
        metrics: ServedMetrics = ServedMetrics(), index: ServedIndex? = nil,
        evaluations: EvaluationJobs? = nil, shared: SharedMemory = SharedMemory(),
        tenants: [String: ServedTenant] = [:], separatesTenants: Bool = false,
        freshID: @escaping @Sendable () -> String = { UniqueID.random() }
    ) throws(ServerError) {
        try configuration.validate()
        adapter = HTTPAdapter(
            application: Application(
                qa: qa, corpus: corpus, indexCount: indexCount, flows: flows, configuration: configuration,
                logger: logger, version: version, webhooks: webhooks, identity: identity, ingest: ingest,
                collections: collections, administration: administration,
                metrics: metrics, index: index, evaluations: evaluations, shared: shared, tenants: tenants,
                separatesTenants: separatesTenants),
            logger: logger, freshID: freshID)
    }

    /// Makes what every server needs and nobody has to be asked for, the files of the page above all: begun early it is
    /// there when a server is put together.
    public static func prepare() {
        _ = PageOperations.operations()
    }

    var metrics: ServerMetrics { adapter.application.metrics }

    /// Serves until the task is cancelled, or the group of services that it belongs to shuts down; requests under
    /// way are finished first then, as far as ``ServerConfiguration/shutdownGrace`` allows. Signals are the
    /// process's business.
    ///
    /// - Parameters:
    ///   - socket: where connections wait already, from whoever served before; `nil` to listen at the configuration's
    ///     address.
    ///   - onReady: called once, with the port, as soon as connections are accepted.
    public func run(
        on socket: ListeningSocket? = nil, onReady: @escaping @Sendable (_ port: Int) -> Void
    ) async throws(ServerError) {
        try await adapter.run(on: socket, onReady: onReady)
    }

    /// Hands the server's socket over to a process that asks for it at a path.
    ///
    /// - Parameters:
    ///   - path: of a Unix socket, in a folder that nobody else may write.
    ///   - stop: called once the socket is another's; ends this server as a signal would.
    public func handover(at path: String, stop: @escaping @Sendable () -> Void) -> HandoverPoint {
        HandoverPoint(path: path, point: adapter.listening, logger: adapter.logger, stop: stop)
    }
}
