import Corpus
import FlowService
import Foundation
import Logging
import QA
import VectorCollections
import Workspace

extension Application {
    /// Everything that a server offers of the parts that it is given.
    ///
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
        operations += flows.operations(asking: qa, runs: runs, version: version)
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
        let occasional: [MetricsSource?] = [
            index.flatMap { index in recall.map { .indexFigures(index, $0) } },
            served.verifier.map { .verification($0) }, administration.disk.map { .disk($0) },
            shared.figures.map { .shared($0) }, served.database.map { .database($0) },
            served.nodes.map { .nodes($0) }, served.staleSettings.map { .staleSettings($0) },
            tenants.isEmpty ? nil : .tenants(tenants, houses),
        ]
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
            ] + occasional.compactMap { $0 })
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
            replies: IdempotentReplies(
                store: flows.service.store, access: AccessWatch(corpus: corpus, scopes: corpus),
                now: flows.service.now),
            pace: RequestPace(shared: shared.pace),
            tenancy: tenants.isEmpty && !separatesTenants
                ? tenancy
                : Tenancy(
                    own: Owner.defaultTenant, served: Set(tenants.keys).union([Owner.defaultTenant])),
            houses: houses)
    }
}
