import Components
import Concurrency
import Corpus
import Flow
import Foundation
import Logging
import QA
import Workspace

/// How flows are run and kept.
public struct FlowServiceConfiguration: Sendable {
    /// Of one run; its time is its caller's.
    public var budget: RunBudget
    /// Flows that one owner may keep.
    public var flowLimit: Int
    /// Asynchronous runs of one owner that may wait at a time.
    public var waitingRuns = 10_000
    /// Attempts of an asynchronous run, the first included.
    public var attempts: Int
    /// Time of an asynchronous run.
    public var runTime: Duration
    /// How long a worker's right to a run lasts without a sign of life.
    public var lease: Duration
    /// How long ended runs and their events are kept.
    public var runsKept: Duration
    /// How long conversations are kept after their last message; `nil` for ever.
    public var conversationsKept: Duration?
    /// How long a flow is taken to be as it was found, unless a change of it is told.
    public var trust = Duration.seconds(1)

    public init(
        budget: RunBudget = RunBudget(), flowLimit: Int = 10_000, attempts: Int = 3,
        runTime: Duration = .seconds(3_600), lease: Duration = .seconds(30),
        runsKept: Duration = .seconds(3_600), conversationsKept: Duration? = nil
    ) {
        self.budget = budget
        self.flowLimit = flowLimit
        self.attempts = attempts
        self.runTime = runTime
        self.lease = lease
        self.runsKept = runsKept
        self.conversationsKept = conversationsKept
    }
}

/// Runs flows for every surface, and keeps them, their conversations and their runs.
///
/// A flow is one of the settings, found by its name, or a stored one, found by its id or endpoint among those that
/// the caller may run. What it runs as is never in the flow: a run receives the caller's rights, conversation and
/// files as facts (``Flow/RunContext``), made here from the ``FlowCaller``.
public struct FlowService: Sendable {
    public let store: any WorkspaceStore
    /// What flows may use.
    public let catalog: ComponentCatalog
    /// Flows that every caller may run and nobody changes.
    public let settingsFlows: [FlowDefinition]
    public let configuration: FlowServiceConfiguration
    let scopes: any ReadScopes
    let plans: RunnableFlows
    let vault: (any SecretVault)?
    let observer: (any StepObserver)?
    /// Begins the traces of stored runs; `nil` and they have none.
    let tracing: (any TraceBeginning)?
    /// Counts what stored runs use; `nil` and nobody does.
    let accounting: (any WorkAccounting)?
    /// The files of an owner and flow, as components see them.
    let files: (@Sendable (Owner, _ flow: String?) -> any FlowFiles)?
    let logger: Logger
    let onLibraryChange: @Sendable () -> Void
    public let now: @Sendable () -> Date
    let freshID: @Sendable () -> String
    /// Told of every run that is queued in this process.
    let queued: Nudge
    /// Told of the same, for whoever tells a queue.
    let outgoing: Nudge

    /// - Parameters:
    ///   - store: where flows, conversations and runs are kept.
    ///   - catalog: what flows may use.
    ///   - scopes: makes the rights of runs that are carried out later.
    ///   - vault: finds the values of secret variables; `nil` and flows have none.
    ///   - observer: is told of the steps of every run that this process carries out.
    ///   - tracing: begins the traces of stored runs, which belong to no request; `nil` and they have none.
    ///   - accounting: counts what stored runs use, for whoever stored them; `nil` and nobody does.
    ///   - onLibraryChange: called after a flow or a variable was changed here, for other processes to be told of it; must
    ///     not wait.
    public init(
        store: any WorkspaceStore, catalog: ComponentCatalog, settingsFlows: [FlowDefinition],
        scopes: any ReadScopes, vault: (any SecretVault)? = nil,
        files: (@Sendable (Owner, _ flow: String?) -> any FlowFiles)? = nil,
        configuration: FlowServiceConfiguration = FlowServiceConfiguration(),
        observer: (any StepObserver)? = nil, tracing: (any TraceBeginning)? = nil,
        accounting: (any WorkAccounting)? = nil, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UniqueID.ordered() },
        onLibraryChange: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.catalog = catalog
        self.settingsFlows = settingsFlows
        self.scopes = scopes
        self.vault = vault
        self.observer = observer
        self.tracing = tracing
        self.accounting = accounting
        self.files = files
        self.configuration = configuration
        self.logger = logger
        self.now = now
        self.freshID = freshID
        self.onLibraryChange = onLibraryChange
        plans = RunnableFlows(trust: configuration.trust)
        queued = Nudge()
        outgoing = Nudge()
    }
}

/// Finds the values of an owner's secret variables.
public protocol SecretVault: Sendable {
    /// - Throws: when there is none of this name, or it cannot be opened.
    func value(of variable: String, for owner: Owner) async throws -> String
}
