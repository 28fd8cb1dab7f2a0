import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Logging
import QA
import VectorCollections

/// What operations ask of a corpus, and the door for its callers.
public typealias ServedCorpus = EmbeddingStore & PassageStore & ReadScopes & StateStore

/// Everything between a request and its response, without any network.
struct Application: Sendable {
    let router: OperationRouter
    private let door: Door
    private let hostCheck: HostCheck
    let logger: Logger
    let configuration: ServerConfiguration
    let metrics: ServerMetrics

    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - indexCount: how many vectors the index holds now.
    ///   - flows: runs and keeps flows.
    ///   - metrics: what is told at `/metrics`.
    init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        flows: ServedFlows, configuration: ServerConfiguration,
        logger: Logger, version: String, webhooks: [WebhookReceiver] = [],
        identity: ServedIdentity = ServedIdentity(), ingest: ServedIngest? = nil,
        collections: VectorCollections? = nil,
        metrics served: ServedMetrics = ServedMetrics()
    ) {
        let runs = FlowRuns(
            qa: qa,
            limiter: RunLimiter(
                running: configuration.maxConcurrentRuns, waiting: configuration.maxQueuedRuns))
        var operations: [Operation] = [
            AnswerOperation(runs: runs).operation,
            SearchOperation(qa: qa, runs: runs).operation,
            PassageOperation(corpus: corpus).operation,
            StatusOperation(
                qa: qa, corpus: corpus, examples: ExampleQuestions(qa), version: version
            ).operation,
        ]
        operations += FlowOperations(qa: qa, runs: runs, service: flows.service).operations
        operations += RunOperations(service: flows.service, runs: runs, webhooks: flows.webhooks).operations
        operations += ConversationOperations(service: flows.service).operations
        operations += LangflowOperations(flows: flows, runs: runs, version: version).operations
        if let webhooks = flows.webhooks {
            operations += WebhookEndpointOperations(webhooks: webhooks, service: flows.service).operations
        }
        operations +=
            MCPOperations(
                qa: qa, corpus: corpus, runs: runs, version: version, logger: logger,
                resource: identity.resource
            ).operations
        operations += OpenAIOperations(qa: qa, service: flows.service, runs: runs).operations
        operations.append(
            MeOperation.operation(
                isPrincipalsHeaderTrusted: configuration.trustsPrincipalsHeader,
                signIn: identity.signIn == nil ? nil : SignInOperations.path))
        if let keys = identity.keys { operations += KeyOperations(keys: keys).operations }
        if let collections { operations += CollectionOperations(collections: collections).operations }
        if let ingest { operations += ingest.operations }
        if let signIn = identity.signIn {
            operations += SignInOperations(signIn: signIn, logger: logger).operations
        }
        if let audit = identity.audit { operations += AuditOperations(log: audit).operations }
        operations += webhooks.map { WebhookOperation(receiver: $0).operation }
        operations +=
            HealthOperations(corpus: corpus, model: qa.modelName, indexCount: indexCount).operations
        let page = PageOperations.operations()
        let metrics = ServerMetrics(
            of: operations + page, served, version: version,
            sources: [
                .caches { qa.cacheStatistics }, .runs(flows),
                .turns(
                    runs.limiter,
                    limits: (configuration.maxConcurrentRuns, configuration.maxQueuedRuns)),
                .indexes(vectors: indexCount, words: served.wordCount),
                .corpus(corpus, model: qa.modelName), .process(),
            ])
        operations.append(MetricsOperation.operation(metrics, isOpenToOthers: served.isOpenToOthers))
        self.init(
            operations: ContractOperation.adding(to: operations) + page,
            scopes: corpus, configuration: configuration, logger: logger, identity: identity, metrics: metrics
        )
    }

    /// - Parameters:
    ///   - operations: everything that it can do.
    ///   - metrics: count its requests; `nil` for ones that nobody asks for.
    init(
        operations: [Operation], scopes: any ReadScopes, configuration: ServerConfiguration, logger: Logger,
        identity: ServedIdentity = ServedIdentity(), metrics: ServerMetrics? = nil
    ) {
        self.metrics = metrics ?? ServerMetrics(of: operations, ServedMetrics(), version: "", sources: [])
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        door = Door(
            callers: CallerReader(configuration, identity: identity), scopes: scopes,
            timeLimit: configuration.requestTimeout)
        router = OperationRouter(operations)
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: the request's body; asked for only when the operation declares one.
    func respond(to request: APIRequest, body: BodySource = .none) async -> APIResponse {
        // Whatever is asked of AWS for this request belongs to its trace.
        await RequestTrace.$header.withValue(request.headers[.traceID]) {
            await answer(to: request, body: body)
        }
    }

    private func answer(to request: APIRequest, body: BodySource) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var observation = metrics.requests.begin()
        var response: APIResponse
        var form = FailureForm.problem
        let admission = AdmissionHeaders()
        do {
            try hostCheck.check(request)
            let match = try router.match(method: request.method, path: request.path)
            // A browser posts a form, or nothing at all, to any server without asking it first; for JSON it asks, and
            // Millrace never agrees.
            if request.method == .post, !JSONBody.isJSON(request) { try OriginCheck.check(request) }
            log = log.naming(match.operation.path)
            form = match.operation.failureForm
            observation.operation = match.operation.id
            var routed = RoutedRequest(
                request: request, parameters: match.parameters, admission: admission)
            if let limit = match.operation.body?.streamLimitBytes {
                routed.pieces = body.pieces(limit)
            } else if match.operation.body != nil, request.body.isEmpty {
                routed.request.body = try await body.whole()
            }
            response = try await match.operation.respond(to: routed, door: door)
        } catch {
            let problem = ProblemDetails(error)
            log.failed(problem)
            response = form.response(to: problem, requestID: request.id)
        }
        admission.add(to: &response.headers)
        return finish(response, request, log, observation)
    }

    private func finish(
        _ response: APIResponse, _ request: APIRequest, _ log: RequestLog, _ observation: RequestObservation
    ) -> APIResponse {
        var response = response
        response.headers[.requestID] = request.id
        SecurityHeaders.add(to: &response.headers)
        let status = response.status.code
        switch response.body {
        case .data(let data):
            if response.status != .notModified { response.headers[.contentLength] = String(data.count) }
            if request.method == .head { response.body = .data(Data()) }
            observation.ended(status: status)
            log.served(status: status, bytes: data.count)
        case .events(let stream):
            let traced = stream.under(request.headers[.traceID])
            let observed = observation.becomingStream()
            response.body = .events(
                traced.observingEnd {
                    observed.ended($0, status: status)
                    log.streamed($0, status: status)
                })
        case .bytes(let stream):
            if let length = stream.length { response.headers[.contentLength] = String(length) }
            if request.method == .head {
                response.body = .data(Data())
                observation.ended(status: status)
                log.served(status: status, bytes: 0)
            } else {
                let observed = observation.becomingStream()
                response.body = .bytes(
                    stream.observingEnd {
                        observed.ended($0, status: status)
                        log.streamed($0, status: status)
                    })
            }
        case .webSocket(let session):
            let observed = observation.becomingStream(isTimed: false)
            response.body = .webSocket(
                session.observingEnd {
                    observed.ended($0, status: status)
                    log.streamed($0, status: status)
                })
        }
        return response
    }
}
