import QA
import VectorCollections

/// What the server needs for one tenant beside the one that everybody else belongs to: a corpus of its own, and
/// everything that rests on it.
///
/// Shared with the others are the connections, the proof of who somebody is, the turns of questions, and the models.
public struct ServedTenant: Sendable {
    public var qa: QuestionAnswering
    /// The one that ``qa`` asks.
    public var corpus: any ServedCorpus
    /// How many vectors the index holds now.
    public var indexCount: @Sendable () -> Int
    /// Over a workspace of the tenant's own.
    public var flows: ServedFlows
    /// What carries out ingest jobs; `nil` for a tenant that is only answered.
    public var ingest: ServedIngest?
    public var collections: VectorCollections?
    public var administration: ServedAdministration
    /// What the tenant's own figures are made of.
    public var metrics: ServedMetrics
    public var index: ServedIndex?
    public var evaluations: EvaluationJobs?
    public var shared: SharedMemory
    /// Requests a minute of each of its callers; `nil` for as many as there are.
    public var requestsPerMinute: Int?

    public init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        flows: ServedFlows, ingest: ServedIngest? = nil, collections: VectorCollections? = nil,
        administration: ServedAdministration = ServedAdministration(),
        metrics: ServedMetrics = ServedMetrics(), index: ServedIndex? = nil,
        evaluations: EvaluationJobs? = nil, shared: SharedMemory = SharedMemory(),
        requestsPerMinute: Int? = nil
    ) {
        self.requestsPerMinute = requestsPerMinute
        self.qa = qa
        self.corpus = corpus
        self.indexCount = indexCount
        self.flows = flows
        self.ingest = ingest
        self.collections = collections
        self.administration = administration
        self.metrics = metrics
        self.index = index
        self.evaluations = evaluations
        self.shared = shared
    }
}
