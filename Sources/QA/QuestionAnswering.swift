import Corpus
import Foundation
import Models
import VectorIndex

/// The settings of retrieval and answers.
public struct QAConfiguration: Sendable, Hashable {
    /// Breadth of the graph search.
    public var efSearch: Int
    public var fusion: FusionParameters
    /// Limit of one run of a flow.
    public var timeout: Duration

    public init(
        efSearch: Int = 128, fusion: FusionParameters = FusionParameters(), timeout: Duration = .seconds(60)
    ) {
        self.efSearch = efSearch
        self.fusion = fusion
        self.timeout = timeout
    }
}

/// Everything that answers: search by three modes, and flows by name.
public struct QuestionAnswering: Sendable {
    public static let defaultFlow = "question-answering"

    public let corpus: CorpusStore
    public let embedder: any Embedder
    public let generator: any Generator
    let dense: DenseRetriever
    let keyword: KeywordRetriever
    let configuration: QAConfiguration
    private let services: FlowServices
    private let plans: [FlowPlan]

    /// - Parameter customFlows: run beside the built-in one; a flow of its name replaces it.
    /// - Throws: ``QAError/invalidFlow(name:faults:)`` for the first flow that cannot run.
    public init(
        corpus: CorpusStore, index: any VectorStore, embedder: any Embedder, generator: any Generator,
        configuration: QAConfiguration = QAConfiguration(), customFlows: [Flow] = []
    ) throws(QAError) {
        self.corpus = corpus
        self.embedder = embedder
        self.generator = generator
        self.configuration = configuration
        let readable = ReadableChunks(corpus: corpus, model: embedder.model.name)
        dense = DenseRetriever(
            corpus: corpus, index: index, embedder: embedder, readable: readable,
            efSearch: configuration.efSearch)
        keyword = KeywordRetriever(corpus: corpus)
        services = FlowServices(
            corpus: corpus, embedder: embedder, dense: dense, keyword: keyword, generator: generator)
        var flows = [try Self.builtIn(configuration.fusion)]
        for flow in customFlows {
            flows.removeAll { $0.name == flow.name }
            flows.append(flow)
        }
        var plans: [FlowPlan] = []
        for flow in flows {
            plans.append(try FlowPlan(flow, services: services))
        }
        self.plans = plans
    }

    /// The flow that Millrace ships, fusing as search does.
    public static func builtIn(_ fusion: FusionParameters = FusionParameters()) throws(QAError) -> Flow {
        var flow = try Flow.decode(
            Data(PackageResources.question_answering_json), file: "the built-in flow question-answering.json")
        let settings = [
            "k": fusion.k, "vector_weight": fusion.vectorWeight, "keyword_weight": fusion.keywordWeight,
        ]
        for index in flow.components.indices where flow.components[index].type == FusePassages.type {
            flow.components[index].parameters.merge(settings.mapValues { .number($0) }) { given, _ in given }
        }
        return flow
    }

    public var flows: [Flow] { plans.map(\.flow) }
    public var modelName: String { embedder.model.name }
    public var generatorName: String { generator.name }

    /// - Throws: ``QAError/invalidFlow(name:faults:)`` with everything that keeps the flow from running.
    public func validate(_ flow: Flow) throws(QAError) {
        _ = try FlowPlan(flow, services: services)
    }

    /// Runs a flow to its answer.
    public func run(_ question: Question, flow: String = defaultFlow) async throws -> FlowResult {
        try await runner(flow).run(question)
    }

    /// Runs a flow, telling what happens as it happens; ends with `.finished` or by throwing.
    public func events(
        _ question: Question, flow: String = defaultFlow
    ) throws(QAError) -> AsyncThrowingStream<FlowEvent, any Error> {
        try runner(flow).events(question)
    }

    /// A retriever of one of the three modes.
    public func retriever(_ mode: SearchMode) -> any Retriever {
        switch mode {
        case .vector: dense
        case .keyword: keyword
        case .hybrid: HybridRetriever(dense: dense, keyword: keyword, fusion: configuration.fusion)
        }
    }

    private func runner(_ name: String) throws(QAError) -> FlowRunner {
        guard let plan = plans.first(where: { $0.flow.name == name }) else {
            throw .unknownFlow(name: name, known: plans.map(\.flow.name))
        }
        return FlowRunner(plan, timeout: configuration.timeout)
    }
}
