import Foundation

/// A set of questions, kept to be asked again.
public struct StoredEvaluationSet: Sendable, Hashable {
    /// A UUID in lower case.
    public var id: String
    public var tenant: String
    public var name: String
    public var createdAt: Date
    public var createdBy: String
    /// One question of JSON a line, as evaluations read them.
    public var lines: String

    public init(
        id: String, tenant: String, name: String, createdAt: Date, createdBy: String, lines: String
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lines = lines
    }
}

/// A set asked once, by some settings.
public struct StoredEvaluationRun: Sendable, Hashable {
    /// How far a run is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case queued, running, finished, failed, cancelled

        /// Whether it stays so.
        public var isFinal: Bool { self != .queued && self != .running }
    }

    /// A UUID in lower case.
    public var id: String
    public var tenant: String
    /// The set's id.
    public var set: String
    /// What the set was called when the run was asked for.
    public var setName: String
    /// Names the settings, for people.
    public var name: String
    /// The flow that answered, by its name.
    public var flow: String
    /// JSON of what differs from the settings that are served.
    public var settings: String
    /// Only questions of this half; `nil` for all.
    public var half: String?
    /// Only so many questions; `nil` for all.
    public var limit: Int?
    /// Questions asked at once.
    public var concurrency: Int
    public var state: State
    /// Questions that were asked and judged.
    public var done: Int
    /// Questions that there are to ask.
    public var total: Int
    public var createdAt: Date
    public var createdBy: String
    public var startedAt: Date?
    public var endedAt: Date?
    /// Why it failed, for people.
    public var failure: String?
    /// A few figures of its report as JSON, so that a list needs no report.
    public var summary: String?

    public init(
        id: String, tenant: String, set: String, setName: String, name: String, flow: String,
        settings: String, half: String?, limit: Int?, concurrency: Int, total: Int, createdAt: Date,
        createdBy: String
    ) {
        self.id = id
        self.tenant = tenant
        self.set = set
        self.setName = setName
        self.name = name
        self.flow = flow
        self.settings = settings
        self.half = half
        self.limit = limit
        self.concurrency = concurrency
        state = .queued
        done = 0
        self.total = total
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}
