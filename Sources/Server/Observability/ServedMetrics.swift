import Corpus

/// What the server is given to tell of itself at `/metrics`.
public struct ServedMetrics: Sendable {
    /// What runs take; the same one that ``RunMetrics/metering(_:price:)`` was asked of.
    public var runs: RunMetrics
    /// Records what requests do; the same one that whatever else is traced begins its traces with.
    public var tracer: RequestTracer
    /// Asks sources before documents are shown; `nil` where none is asked.
    public var verifier: ReadVerifier?
    /// How many documents the index of words holds now; `nil` and it is left out.
    public var wordCount: (@Sendable () -> Int)?
    /// How the database server is; `nil` where there is none.
    public var database: (@Sendable () -> DatabaseFigures)?
    /// Who else shares the database, as it was found last; `nil` where nobody can.
    public var nodes: (@Sendable () -> NodeWatch.Standing)?
    /// How many settings stand for values elsewhere that could not be fetched when last asked for; `nil` where none
    /// stands for any.
    public var staleSettings: (@Sendable () -> Int)?
    /// Whether other machines may read `/metrics`. Without this, only who asks from this machine may.
    public var isOpenToOthers: Bool

    public init(
        runs: RunMetrics = RunMetrics(), tracer: RequestTracer = RequestTracer(),
        verifier: ReadVerifier? = nil, wordCount: (@Sendable () -> Int)? = nil,
        database: (@Sendable () -> DatabaseFigures)? = nil,
        nodes: (@Sendable () -> NodeWatch.Standing)? = nil, staleSettings: (@Sendable () -> Int)? = nil,
        isOpenToOthers: Bool = false
    ) {
        self.runs = runs
        self.tracer = tracer
        self.verifier = verifier
        self.wordCount = wordCount
        self.database = database
        self.nodes = nodes
        self.staleSettings = staleSettings
        self.isOpenToOthers = isOpenToOthers
    }
}
