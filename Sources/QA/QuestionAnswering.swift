import Concurrency
import Corpus
import Flow
import Models
import TextIndex
import VectorIndex

/// The settings of retrieval and answers.
public struct QAConfiguration: Sendable, Hashable {
    /// Breadth of the graph search.
    public var efSearch: Int
    public var fusion: FusionParameters
    public var boosts: Boosts
    /// Limit of one run of a flow.
    public var timeout: Duration
    /// What models' tokens cost, by the names of their generators.
    public var prices: [String: ModelPrice]
    /// What may be kept of what was worked out.
    public var caches: CacheLimits

    public init(
        efSearch: Int = 128, fusion: FusionParameters = FusionParameters(), boosts: Boosts = Boosts(),
        timeout: Duration = .seconds(60), prices: [String: ModelPrice] = [:],
        caches: CacheLimits = CacheLimits()
    ) {
        self.efSearch = efSearch
        self.fusion = fusion
        self.boosts = boosts
        self.timeout = timeout
        self.prices = prices
        self.caches = caches
    }
}

/// Everything that answers: search by three modes, and flows by name.
public struct QuestionAnswering: Sendable {
    public static let defaultFlow = "question-answering"

    let corpus: any PassageStore
    public let embedder: any Embedder
    public let generator: any Generator
    let reranker: (any Reranker)?
    let external: [ExternalSearchSource: any ExternalRetriever]
    let dense: DenseRetriever
    let keyword: KeywordRetriever
    let configuration: QAConfiguration
    private let observer: (any StepObserver)?
    private let origin: FlowOrigin
    /// What flows may use.
    public let catalog: ComponentCatalog
    /// The built-in flow and those of the settings, in this order.
    public let flows: [FlowDefinition]
    private let plans: [String: Plan]
    private let caches: QuestionCaches
    /// By flow: under what its answers are kept; none for a flow whose answers may not be.
    private let digests: [String: String]
    let retrievers: CachedRetrievers

    /// - Parameters:
    ///   - index: the passages' vectors, by `embedder`.
    ///   - words: the same passages' words, in ``TextFormat/passages``.
    ///   - reranker: orders the best passages before one is chosen to answer; `nil` leaves them as they were found.
    ///   - external: managed searches that flows may ask.
    ///   - asksExternal: those that the built-in flow asks beside the corpus.
    ///   - customFlows: run beside the built-in one; a flow of its name replaces it.
    ///   - observer: is told of the steps of every run.
    ///   - sharedVectors: where vectors of questions are looked for before they are computed.
    ///   - sharing: how rankings and answers are shared with other processes; `nil` for not at all.
    /// - Throws: ``QAError/invalidFlow(name:faults:)`` for the first flow that cannot run.
    public init(
        corpus: any PassageStore, index: any VectorStore, words: any TextStore, embedder: any Embedder,
        generator: any Generator, reranker: (any Reranker)? = nil,
        external: [ExternalSearchSource: any ExternalRetriever] = [:],
        asksExternal: [ExternalSearchSource] = [],
        configuration: QAConfiguration = QAConfiguration(), customFlows: [FlowDefinition] = [],
        observer: (any StepObserver)? = nil, sharedVectors: (any SharedQuestionVectors)? = nil,
        sharing: ResultSharing? = nil
    ) throws(QAError) {
        let origin = FlowOrigin(
            quotes: generator is ExtractiveGenerator, reranks: reranker != nil, external: asksExternal,
            custom: customFlows)
        let readable = ReadableChunks(model: embedder.model.name)
        let dense = DenseRetriever(
            index: index, embedder: embedder, readable: readable, efSearch: configuration.efSearch)
        let keyword = KeywordRetriever(index: words, readable: readable)
        try self.init(
            corpus: corpus, dense: dense, keyword: keyword, embedder: embedder,
            generator: generator, reranker: reranker, external: external, configuration: configuration,
            flows: try origin.flows(configuration), origin: origin,
            caches: QuestionCaches(
                configuration.caches, index: index, words: words, shared: sharedVectors, sharing: sharing),
            observer: observer)
    }

    /// The same with another generator, working everything out anew.
    init(_ other: QuestionAnswering, generator: any Generator) throws(QAError) {
        try self.init(
            corpus: other.corpus, dense: other.dense, keyword: other.keyword, embedder: other.embedder,
            generator: generator, reranker: other.reranker, external: other.external,
            configuration: other.configuration, flows: other.flows, origin: other.origin, caches: .none,
            observer: other.observer)
    }

    /// The same by other settings, working everything out anew: for whoever compares settings.
    ///
    /// - Throws: ``QAError/invalidFlow(name:faults:)`` for a flow that cannot run by them.
    public func configured(_ configuration: QAConfiguration) throws(QAError) -> QuestionAnswering {
        var dense = dense
        dense.efSearch = configuration.efSearch
        return try QuestionAnswering(
            corpus: corpus, dense: dense, keyword: keyword, embedder: embedder, generator: generator,
            reranker: reranker, external: external, configuration: configuration,
            flows: try origin.flows(configuration), origin: origin, caches: .none, observer: observer)
    }

    /// The settings of retrieval and answers.
    public var settings: QAConfiguration { configuration }

    /// The same working everything out anew, for whoever measures the work itself.
    public func uncached() throws(QAError) -> QuestionAnswering {
        try QuestionAnswering(self, generator: generator)
    }

    private init(
        corpus: any PassageStore, dense: DenseRetriever, keyword: KeywordRetriever, embedder: any Embedder,
        generator: any Generator, reranker: (any Reranker)?,
        external: [ExternalSearchSource: any ExternalRetriever], configuration: QAConfiguration,
        flows: [FlowDefinition], origin: FlowOrigin, caches: QuestionCaches, observer: (any StepObserver)?
    ) throws(QAError) {
        self.origin = origin
        self.corpus = corpus
        self.embedder = embedder
        self.generator = generator
        self.reranker = reranker
        self.external = external
        self.configuration = configuration
        self.observer = observer
        self.dense = dense
        self.keyword = keyword
        self.caches = caches
        let asked: any Embedder =
            caches.embeddings.map { CachedEmbedder(base: embedder, cache: $0) } ?? embedder
        retrievers = CachedRetrievers(
            dense: dense.embedding(by: asked), keyword: keyword, fusion: configuration.fusion,
            cache: caches.retrieval)
        catalog = .questionAnswering(
            corpus: corpus, dense: retrievers.dense, keyword: retrievers.keyword, embedder: asked,
            generator: generator, reranker: reranker, price: configuration.prices[generator.name],
            external: external)
        self.flows = flows
        var plans: [String: Plan] = [:]
        for flow in flows { plans[flow.name] = try Self.plan(flow, catalog, library: flows) }
        self.plans = plans
        let parts = [embedder.model.name, generator.name, reranker?.name ?? ""]
        digests = Dictionary(
            flows.compactMap { flow in CacheableFlow.digest(flow, parts: parts).map { (flow.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func plan(
        _ flow: FlowDefinition, _ catalog: ComponentCatalog, library: [FlowDefinition]
    ) throws(QAError) -> Plan {
        do {
            return try PlanCompiler(catalog: catalog, library: library)
                .plan(flow, producing: [FlowGraph.outputName: Answer.self])
        } catch {
            throw QAError(error)
        }
    }

    /// What its caches hold, and what they spared.
    public var cacheStatistics: QuestionCacheStatistics { caches.statistics }

    public var modelName: String { embedder.model.name }
    public var generatorName: String { generator.name }

    /// - Throws: ``QAError/invalidFlow(name:faults:)`` with everything that keeps the flow from running.
    public func validate(_ flow: FlowDefinition) throws(QAError) {
        _ = try Self.plan(flow, catalog, library: flows)
    }

    /// Runs a flow to its answer, or gives the answer that the same question had from the same corpus.
    ///
    /// An answer that was kept, or that another request's run made, has the usage and the cost of no call of a model.
    ///
    /// - Parameter scope: what the asking person may read; nothing else is looked at.
    public func run(
        _ question: Question, scope: ReadScope, flow: String = defaultFlow
    ) async throws -> FlowResult {
        let run = try answering(question, scope, flow)
        let result = if let cached = cached(run) { try await cached.result() } else { try await run.result() }
        scope.shows(result.answer.documents)
        return result
    }

    /// Runs a flow, telling what happens as it happens; ends with `.finished` or by throwing.
    ///
    /// Nothing runs before the sequence is read, and nothing faster than its fastest reader reads; dropping it ends the
    /// run, unless others read it too. An answer that was kept tells its passages, words and citations as its run did,
    /// behind one stage of its own.
    public func events(
        _ question: Question, scope: ReadScope, flow: String = defaultFlow
    ) throws(QAError) -> PulledSequence<FlowEvent> {
        let run = try answering(question, scope, flow)
        return scope.noting(cached(run)?.events() ?? run.events())
    }

    /// Ranks passages for a question and loads them.
    public func retrieve(
        _ query: RetrievalQuery, mode: SearchMode, scope: ReadScope
    ) async throws -> [RetrievedChunk] {
        let found = try await withRanking(query, mode, scope) { ranked, snapshot in try snapshot.load(ranked)
        }
        scope.shows(found.documents)
        return found
    }

    /// A retriever of one of the three modes.
    public func retriever(_ mode: SearchMode) -> any Retriever {
        let base = retrievers[mode]
        return configuration.boosts.isNone ? base : BoostedRetriever(base: base, boosts: configuration.boosts)
    }

    private func cached(_ run: AnswerRun) -> CachedAnswering? {
        guard let cache = caches.answers, let digest = digests[run.plan.name] else { return nil }
        return CachedAnswering(run: run, corpus: corpus, cache: cache, digest: digest)
    }

    private func answering(
        _ question: Question, _ scope: ReadScope, _ flow: String
    ) throws(QAError) -> AnswerRun {
        guard let plan = plans[flow] else { throw .unknownFlow(name: flow, known: flows.map(\.name)) }
        return AnswerRun(
            plan: plan, question: question, scope: scope, timeout: configuration.timeout, observer: observer)
    }
}
