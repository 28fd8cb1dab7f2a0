import Concurrency
import Corpus
import FlowService
import Foundation
import HTTPTypes
import Logging
import QA
import VectorCollections
import Workspace

/// What operations ask of a corpus, and the door for its callers.
public typealias ServedCorpus = EmbeddingStore & PassageStore & ReadScopes & StateStore

/// Everything between a request and its response, without any network.
struct Application: Sendable {
    let router: OperationRouter
    let door: Door
    let hostCheck: HostCheck
    private let crossOrigin: CrossOriginPolicy
    let logger: Logger
    let configuration: ServerConfiguration
    let metrics: ServerMetrics
    private let tracer: RequestTracer
    private let usage: UsageMeter?
    private let disk: DiskSpace?
    /// The applications of the other tenants, by their names. This one's callers are those of the default tenant, or all
    /// where there are no others.
    private(set) var houses: [String: Application] = [:]

    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - indexCount: how many vectors the index holds now.
    ///   - flows: runs and keeps flows.
    ///   - metrics: what is told at `/metrics`.
    ///   - index: what is told of the indexes; `nil` for nothing.
    ///   - evaluations: asks sets of questions; `nil` where nobody may.
    ///   - shared: what is shared with other processes.
    ///   - tenants: those with documents of their own, by their names.
    ///   - separatesTenants: whether callers of other tenants are kept out although `tenants` has none.
    ///   - limiter: gives questions their turns; `nil` to make one.
    ///   - tenancy: whose callers come in; `nil` for those of all tenants, unless `tenants` has any or
    ///     `separatesTenants`.
    init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        flows: ServedFlows, configuration: ServerConfiguration,
        logger: Logger, version: String, webhooks: [WebhookReceiver] = [],
        identity: ServedIdentity = ServedIdentity(), ingest: ServedIngest? = nil,
        collections: VectorCollections? = nil, administration: ServedAdministration = ServedAdministration(),
        metrics served: ServedMetrics = ServedMetrics(), index: ServedIndex? = nil,
        evaluations: EvaluationJobs? = nil, shared: SharedMemory = SharedMemory(),
        sockets: SocketConversation.Limits? = nil, tenants: [String: ServedTenant] = [:],
        separatesTenants: Bool = false, limiter: RunLimiter? = nil, tenancy: Tenancy? = nil
    ) {
        let runs = FlowRuns(
            qa: qa,
            limiter: limiter
                ?? RunLimiter(
                    running: configuration.maxConcurrentRuns, waiting: configuration.maxQueuedRuns),
            watch: AccessWatch(corpus: corpus, scopes: corpus))
        var operations: [Operation] = [
            AnswerOperation(runs: runs).operation,
            SearchOperation(qa: qa, runs: runs).operation,
            PassageOperation(corpus: corpus).operation,
            StatusOperation(
                qa: qa, corpus: corpus, examples: ExampleQuestions(qa), version: version
            ).operation,
        ]
        operations += FlowOperations(qa: qa, runs: runs, service: flows.service).operations
        operations += ComponentOperations(service: flows.service).operations
        operations.append(FlowImportOperation(service: flows.service, unzip: flows.unzip).operation)
        operations += RunOperations(service: flows.service, runs: runs, webhooks: flows.webhooks).operations
        operations += ConversationOperations(service: flows.service).operations
        operations += LangflowOperations(flows: flows, runs: runs, version: version).operations
        if let webhooks = flows.webhooks {
            operations += WebhookEndpointOperations(webhooks: webhooks, service: flows.service).operations
        }
        operations +=
            MCPOperations(
                qa: qa, corpus: corpus, service: flows.service, runs: runs, version: version, logger: logger,
                resource: identity.resource
            ).operations
        operations += OpenAIOperations(qa: qa, service: flows.service, runs: runs).operations
        operations.append(
            MeOperation.operation(
                isPrincipalsHeaderTrusted: configuration.trustsPrincipalsHeader,
                signIn: identity.signIn == nil ? nil : SignInOperations.path))
        operations.append(
            SocketOperation.operation(
                sockets ?? SocketConversation.Limits(streams: configuration.socketRuns)))
        if let keys = identity.keys { operations += KeyOperations(keys: keys).operations }
        if let collections { operations += CollectionOperations(collections: collections).operations }
        if let ingest { operations += ingest.operations(resuming: flows.uploads) }
        if let uploads = flows.uploads { operations += UploadOperations(uploads: uploads).operations }
        if let signIn = identity.signIn {
            operations += SignInOperations(signIn: signIn, logger: logger).operations
        }
        if let audit = identity.audit {
            let isWhole = tenancy == nil || tenancy?.own == Owner.defaultTenant
            operations += AuditOperations(log: audit, isWhole: isWhole).operations
        }
        operations += administration.operations(identity)
        operations += webhooks.map { WebhookOperation(receiver: $0).operation }
        operations +=
            HealthOperations(
                corpus: corpus, model: qa.modelName, indexCount: indexCount, disk: administration.disk,
                tenants: tenants.values.map {
                    HealthOperations(corpus: $0.corpus, model: $0.qa.modelName, indexCount: $0.indexCount)
                }
            ).operations
        operations += ProblemOperations.operations
        operations += TraceOperations(tracer: served.tracer).operations
        if let evaluations {
            evaluations.take(turnsOf: runs.limiter)
            operations += EvaluationOperations(jobs: evaluations).operations
        }
        let houses = Self.houses(
            of: tenants,
            Common(
                configuration: configuration, logger: logger, version: version, identity: identity,
                limiter: runs.limiter))
        let recall = index.map { IndexRecall($0, logger: logger) }
        if let index {
            operations +=
                MapOperations(maps: IndexMaps(index, logger: logger), qa: qa, corpus: corpus).operations
        }
        var indexFigures: [MetricsSource] = []
        if let index, let recall { indexFigures.append(.indexFigures(index, recall)) }
        let page = PageOperations.operations(framedBy: configuration.frameOrigins)
        let metrics = ServerMetrics(
            of: ReferenceOperations.adding(to: operations) + page, served, version: version,
            sources: [
                .caches { qa.cacheStatistics }, .runs(flows),
                .turns(
                    runs.limiter,
                    limits: (configuration.maxConcurrentRuns, configuration.maxQueuedRuns)),
                .indexes(vectors: indexCount, words: served.wordCount),
                .corpus(corpus, model: qa.modelName), .process(), .traces(served.tracer),
            ] + indexFigures + (served.verifier.map { [.verification($0)] } ?? [])
                + (administration.disk.map { [.disk($0)] } ?? [])
                + (shared.figures.map { [.shared($0)] } ?? [])
                + (served.database.map { [.database($0)] } ?? [])
                + (served.nodes.map { [.nodes($0)] } ?? [])
                + (tenants.isEmpty ? [] : [.tenants(tenants, houses)]))
        operations.append(MetricsOperation.operation(metrics, isOpenToOthers: served.isOpenToOthers))
        if let index, let recall {
            operations.append(
                IndexOperations(
                    index: index, recall: recall, qa: qa, corpus: corpus, metrics: metrics,
                    tracer: served.tracer
                ).operation)
        }
        self.init(
            operations: ReferenceOperations.adding(to: ContractOperation.adding(to: operations)) + page,
            scopes: corpus, configuration: configuration, logger: logger, identity: identity,
            metrics: metrics, tracer: served.tracer, usage: administration.usage, disk: administration.disk,
            replies: IdempotentReplies(store: flows.service.store, now: flows.service.now),
            pace: RequestPace(shared: shared.pace),
            tenancy: tenants.isEmpty && !separatesTenants
                ? tenancy
                : Tenancy(
                    own: Owner.defaultTenant, served: Set(tenants.keys).union([Owner.defaultTenant])))
        self.houses = houses
    }

    /// - Parameters:
    ///   - operations: everything that it can do.
    ///   - metrics: count its requests; `nil` for ones that nobody asks for.
    ///   - tracer: records them.
    ///   - disk: whether there is room to write; `nil` where nobody looks.
    ///   - usage: counts what they use; `nil` and nothing is counted.
    ///   - replies: responses under idempotency keys; `nil` and each request is carried out.
    ///   - pace: counts callers' requests.
    init(
        operations: [Operation], scopes: any ReadScopes, configuration: ServerConfiguration, logger: Logger,
        identity: ServedIdentity = ServedIdentity(), metrics: ServerMetrics? = nil,
        tracer: RequestTracer = RequestTracer(), usage: UsageMeter? = nil, disk: DiskSpace? = nil,
        replies: IdempotentReplies? = nil, pace: RequestPace = RequestPace(), tenancy: Tenancy? = nil
    ) {
        self.disk = disk
        self.tracer = tracer
        self.usage = usage
        self.metrics = metrics ?? ServerMetrics(of: operations, ServedMetrics(), version: "", sources: [])
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        crossOrigin = CrossOriginPolicy(configuration.allowedOrigins)
        door = Door(
            callers: CallerReader(configuration, identity: identity), scopes: scopes,
            timeLimit: configuration.requestTimeout, replies: replies, pace: pace, tenancy: tenancy)
        router = OperationRouter(operations)
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: the request's body; asked for only when the operation declares one.
    func respond(to request: APIRequest, body: BodySource = .none) async -> APIResponse {
        guard !houses.isEmpty, request.found == nil else { return await serve(request, body) }
        let identified = await identified(request)
        if let tenant = identified.found?.owner?.tenant, let house = houses[tenant] {
            return await house.serve(identified, body)
        }
        return await serve(identified, body)
    }

    private func serve(_ request: APIRequest, _ body: BodySource) async -> APIResponse {
        // Whatever is asked of AWS for this request belongs to its trace.
        await RequestTrace.$header.withValue(request.headers[.traceID]) {
            guard let usage else { return await answer(to: request, body: body) }
            let own = RequestUsage()
            let response = await RequestUsage.$current.withValue(own) {
                await answer(to: request, body: body)
            }
            return usage.counting(response, of: own)
        }
    }

    private func answer(to request: APIRequest, body: BodySource) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var observation = metrics.requests.begin()
        var span: RequestSpan?
        var response: APIResponse
        var form = FailureForm.problem
        let admission = AdmissionHeaders()
        // A cookie that was changed for another reaches the browser, whatever else becomes of the request.
        if let cookie = request.found?.cookie { admission.set(.setCookie, cookie) }
        let request = known(request)
        do {
            try hostCheck.check(request)
            if request.method == .options {
                return finish(try options(request), request, log, observation, span)
            }
            let match = try router.match(method: request.method, path: request.path)
            // A browser posts a form, or nothing at all, to any server without asking it first; for JSON it asks, and
            // Millrace agrees only to the origins that the settings name.
            if request.method == .post, !JSONBody.isJSON(request) { try OriginCheck.check(request) }
            log = log.naming(match.operation.path)
            RequestUsage.current?.routed(to: match.operation.id)
            if let disk, disk.isFull, match.operation.needsRoom { throw RequestFault.storageFull }
            form = match.operation.failureForm
            observation.operation = match.operation.countedAs
            span = RequestSpan(
                request, match.operation, tracer: tracer, isTLS: configuration.tls != nil,
                concurrent: metrics.requests.inFlightCount)
            var routed = RoutedRequest(
                request: request, parameters: match.parameters, admission: admission,
                answer: { await respond(to: $0) })
            try match.operation.checkAccept(of: request)
            try await routed.take(body, for: match.operation, limitBytes: configuration.bodyLimitBytes)
            response = try await RequestTrace.within(span?.span) { [routed] in
                try await match.operation.respond(to: routed, door: door)
            }
        } catch {
            let problem = ProblemDetails(error)
            if problem.type == ProblemKind.storageFull.urn { disk?.look() }
            RequestTrace.immediately(within: span?.span) { log.failed(problem) }
            response = form.response(to: problem, requestID: request.id)
        }
        admission.add(to: &response.headers)
        return RequestTrace.immediately(within: span?.span) { [response, log, observation] in
            finish(response, request, log, observation, span)
        }
    }

    /// The request as operations see it: whoever changes something names it by its tag, however it came packed.
    func known(_ request: APIRequest) -> APIRequest {
        var request = request
        if let tags = request.headers[.ifMatch] { request.headers[.ifMatch] = CodedTag.plain(tags) }
        request.hasAdmittedOrigin = crossOrigin.admitted(request) != nil
        return request
    }

    /// What may be done at an address; to a browser that asks for another site's page, whether that page may do it.
    private func options(_ request: APIRequest) throws(RequestFault) -> APIResponse {
        let (operations, methods) = try router.options(at: request.path)
        var headers: HTTPFields = [.allow: methods.joined(separator: ", ")]
        crossOrigin.addPreflight(to: &headers, for: request, methods: methods, operations: operations)
        return APIResponse(status: .noContent, headers: headers)
    }

    /// Whether another site's page asks, by its browser's word, which may not read the answer.
    private func isForeign(_ request: APIRequest) -> Bool {
        guard let site = request.headers[.fetchSite], !request.hasAdmittedOrigin else { return false }
        return site != "same-origin" && site != "none"
    }

    private func finish(
        _ response: APIResponse, _ request: APIRequest, _ log: RequestLog, _ observation: RequestObservation,
        _ span: RequestSpan?
    ) -> APIResponse {
        var response = response
        response.headers[.requestID] = request.id
        SecurityHeaders.add(to: &response.headers)
        crossOrigin.add(to: &response.headers, for: request)
        response.pack(for: request, isForeign: isForeign(request))
        let status = response.status.code
        switch response.body {
        case .data(let data):
            if response.status != .notModified, response.status != .noContent {
                response.headers[.contentLength] = String(data.count)
            }
            if request.method == .head { response.body = .data(Data()) }
            observation.ended(status: status)
            log.served(status: status, bytes: data.count)
            span?.ended(status: status)
        case .events(let stream):
            let observed = observation.becomingStream(span: span)
            // The trace is bound around the end, too: its log line names it.
            response.body = .events(
                stream.observingEnd {
                    observed.ended($0, status: status)
                    log.streamed($0, status: status)
                }.under(span?.span, header: request.headers[.traceID]))
        case .bytes(let stream):
            if let length = stream.length { response.headers[.contentLength] = String(length) }
            if request.method == .head {
                response.body = .data(Data())
                observation.ended(status: status)
                log.served(status: status, bytes: 0)
                span?.ended(status: status)
            } else {
                let observed = observation.becomingStream(span: span)
                response.body = .bytes(
                    stream.observingEnd { outcome in
                        RequestTrace.immediately(within: span?.span) {
                            observed.ended(outcome, status: status)
                            log.streamed(outcome, status: status)
                        }
                    })
            }
        case .webSocket(let session):
            let observed = observation.becomingStream(isTimed: false, span: span)
            response.body = .webSocket(
                session.observingEnd { outcome in
                    RequestTrace.immediately(within: span?.span) {
                        observed.ended(outcome, status: status)
                        log.streamed(outcome, status: status)
                    }
                }.under(span?.span))
        }
        return response
    }
}
