import Foundation

/// An asynchronous run, as it stands.
public struct StoredRun: Sendable, Hashable, Decodable, Identifiable {
    /// How far it is. States that this version does not name are told by their name.
    public struct State: RawRepresentable, Sendable, Hashable, Decodable {
        /// The state's name.
        public var rawValue: String

        /// A state by its name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It waits for a worker.
        public static let queued = State(rawValue: "queued")
        /// A worker carries it out.
        public static let running = State(rawValue: "running")
        /// It has its result.
        public static let finished = State(rawValue: "finished")
        /// It failed, and would again.
        public static let failed = State(rawValue: "failed")
        /// It was ended.
        public static let cancelled = State(rawValue: "cancelled")
        /// Given up after its last attempt.
        public static let dead = State(rawValue: "dead")
    }

    /// The run's id.
    public var id: String
    /// The flow's id.
    public var flow: String
    /// The flow's version; 0 of a flow of the settings.
    public var version: Int
    /// The conversation that it belongs to.
    public var session: String
    /// How far it is.
    public var state: State
    /// Higher ones begin first.
    public var priority: Int
    /// How often it was begun.
    public var attempts: Int
    /// When it was stored.
    public var createdAt: Date
    /// When it was last begun.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?
    /// Of a finished run; in lists `nil` where it is larger than 256 KiB.
    public var result: RunResult?
    /// Of a failed or dead run, where something is known.
    public var failure: RunFailure?
    /// Whether somebody has asked for its end.
    public var isCancelRequested: Bool

    private enum CodingKeys: String, CodingKey {
        case id, flow, version, session, state, priority, attempts, result, failure
        case createdAt = "created_at"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case isCancelRequested = "cancel_requested"
    }
}

/// Stored runs, the newest first.
public struct RunPage: Sendable, Hashable, Decodable {
    /// The newest first.
    public var runs: [StoredRun]
    /// Given as `after`, it brings the next page; `nil` behind the last one.
    public var next: String?
}
