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

    public init(
        efSearch: Int = 128, fusion: FusionParameters = FusionParameters(), boosts: Boosts = Boosts(),
        timeout: Duration = .seconds(60), prices: [String: ModelPrice] = [:]
    ) {
        self.efSearch = efSearch
        self.fusion = fusion
        self.boosts = boosts
        self.timeout = timeout
        self.prices = prices
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
    /// What flows may use.
    public let catalog: ComponentCatalog
    /// The built-in flow and those of the settings, in this order.
    public let flows: [FlowDefinition]
    private let plans: [String: Plan]

    /// - Parameters:
    ///   - index: the passages' vectors, by `embedder`.
    ///   - words: the same passages' words, in ``TextFormat/passages``.
    ///   - reranker: orders the best passages before one is chosen to answer; `nil` leaves them as they were found.
    ///   - external: managed searches that flows may ask.
    ///   - asksExternal: those that the built-in flow asks beside the corpus.
    ///   - customFlows: run beside the built-in one; a flow of its name replaces it.
    /// - Throws: ``QAError/invalidFlow(name:faults:)`` for the first flow that cannot run.
    public init(
        corpus: any PassageStore, index: any VectorStore, words: any TextStore, embedder: any Embedder,
        generator: any Generator, reranker: (any Reranker)? = nil,
        external: [ExternalSearchSource: any ExternalRetriever] = [:],
        asksExternal: [ExternalSearchSource] = [],
        configuration: QAConfiguration = QAConfiguration(), customFlows: [FlowDefinition] = []
    ) throws(QAError) {
        var flows = [
            try Self.builtIn(
                configuration.fusion, boosts: configuration.boosts, reranks: reranker != nil,
                // A model that writes reads on where a quoting one has what it quotes.
                neighbours: generator is ExtractiveGenerator ? 0 : 1, external: asksExternal)
        ]
        for flow in customFlows {
            flows.removeAll { $0.name == flow.name }
            flows.append(flow)
        }
        let readable = ReadableChunks(model: embedder.model.name)
        let dense = DenseRetriever(
            index: index, embedder: embedder, readable: readable, efSearch: configuration.efSearch)
        let keyword = KeywordRetriever(index: words, readable: readable)
        try self.init(
            corpus: corpus, dense: dense, keyword: keyword, embedder: embedder,
            generator: generator, reranker: reranker, external: external, configuration: configuration,
            flows: flows)
    }

    /// The same with another generator.
    init(_ other: QuestionAnswering, generator: any Generator) throws(QAError) {
        try self.init(
            corpus: other.corpus, dense: other.dense, keyword: other.keyword, embedder: other.embedder,
            generator: generator, reranker: other.reranker, external: other.external,
            configuration: other.configuration, flows: other.flows)
    }

    private init(
        corpus: any PassageStore, dense: DenseRetriever, keyword: KeywordRetriever, embedder: any Embedder,
        generator: any Generator, reranker: (any Reranker)?,
        external: [ExternalSearchSource: any ExternalRetriever], configuration: QAConfiguration,
        flows: [FlowDefinition]
    ) throws(QAError) {
        self.corpus = corpus
        self.embedder = embedder
        self.generator = generator
        self.reranker = reranker
        self.external = external
        self.configuration = configuration
        self.dense = dense
        self.keyword = keyword
        catalog = .questionAnswering(
            corpus: corpus, dense: dense, keyword: keyword, embedder: embedder, generator: generator,
            reranker: reranker, price: configuration.prices[generator.name], external: external)
        self.flows = flows
        var plans: [String: Plan] = [:]
        for flow in flows { plans[flow.name] = try Self.plan(flow, catalog, library: flows) }
        self.plans = plans
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

    public var modelName: String { embedder.model.name }
    public var generatorName: String { generator.name }

    /// - Throws: ``QAError/invalidFlow(name:faults:)`` with everything that keeps the flow from running.
    public func validate(_ flow: FlowDefinition) throws(QAError) {
        _ = try Self.plan(flow, catalog, library: flows)
    }

    /// Runs a flow to its answer.
    ///
    /// - Parameter scope: what the asking person may read; nothing else is looked at.
    public func run(
        _ question: Question, scope: ReadScope, flow: String = defaultFlow
    ) async throws -> FlowResult {
        try await answering(question, scope, flow).result()
    }

    /// Runs a flow, telling what happens as it happens; ends with `.finished` or by throwing.
    ///
    /// Nothing runs before the sequence is read, and nothing faster than it is read; dropping it ends the run.
    public func events(
        _ question: Question, scope: ReadScope, flow: String = defaultFlow
    ) throws(QAError) -> PulledSequence<FlowEvent> {
        try answering(question, scope, flow).events()
    }

    /// Ranks passages for a question and loads them.
    public func retrieve(
        _ query: RetrievalQuery, mode: SearchMode, scope: ReadScope
    ) async throws -> [RetrievedChunk] {
        let retriever = retriever(mode)
        let query = try await retriever.prepare(query)
        return try await corpus.withSnapshot(for: scope) { snapshot in
            try snapshot.load(retriever.rank(query, in: snapshot))
        }
    }

    /// A retriever of one of the three modes.
    public func retriever(_ mode: SearchMode) -> any Retriever {
        let base = relevant(mode)
        return configuration.boosts.isNone ? base : BoostedRetriever(base: base, boosts: configuration.boosts)
    }

    private func relevant(_ mode: SearchMode) -> any Retriever {
        switch mode {
        case .vector:
            RelevantRetriever(dense: dense, keyword: keyword, floor: configuration.fusion.floor)
        case .keyword: keyword
        case .hybrid: HybridRetriever(dense: dense, keyword: keyword, fusion: configuration.fusion)
        }
    }

    private func answering(
        _ question: Question, _ scope: ReadScope, _ flow: String
    ) throws(QAError) -> AnswerRun {
        guard let plan = plans[flow] else { throw .unknownFlow(name: flow, known: flows.map(\.name)) }
        return AnswerRun(plan: plan, question: question, scope: scope, timeout: configuration.timeout)
    }
}
