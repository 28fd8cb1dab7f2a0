import Crypto
import Foundation

/// A run that outlives the request that began it.
public struct StoredRun: Sendable, Hashable {
    /// How far a run is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case queued, running, finished, failed, cancelled
        /// Every attempt failed; kept for a person to look at and to queue again.
        case dead

        /// Whether nothing more happens to it by itself.
        public var isEnd: Bool { self != .queued && self != .running }
    }

    /// A UUID in lower case.
    public var id: String
    public var owner: Owner
    /// The flow's id or name.
    public var flow: String
    /// The version that it runs; 0 for a flow that has none.
    public var version: Int
    /// The conversation that it is part of.
    public var session: String
    /// What it is run with, as JSON. What a caller may read is in it as principals, never as classes.
    public var request: Data
    public var state: State
    /// 0 for ordinary ones; higher ones begin first.
    public var priority: Int
    /// Attempts that have begun.
    public var attempts: Int
    public var createdAt: Date
    /// When its first attempt began.
    public var startedAt: Date?
    /// `nil` until its end.
    public var endedAt: Date?
    /// What it made, as JSON; of finished runs.
    public var result: Data?
    /// Why it failed, as a problem document's JSON.
    public var failure: Data?
    /// Whether somebody asked for its end.
    public var isCancelRequested: Bool
    /// The id of a webhook of its owner's that is told of its end, whatever that one subscribes to.
    public var callback: String?

    public init(
        id: String, owner: Owner, flow: String, version: Int, session: String, request: Data,
        state: State = .queued, priority: Int = 0, attempts: Int = 0, createdAt: Date,
        startedAt: Date? = nil, endedAt: Date? = nil, result: Data? = nil, failure: Data? = nil,
        isCancelRequested: Bool = false, callback: String? = nil
    ) {
        self.id = id
        self.owner = owner
        self.flow = flow
        self.version = version
        self.session = session
        self.request = request
        self.state = state
        self.priority = priority
        self.attempts = attempts
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.result = result
        self.failure = failure
        self.isCancelRequested = isCancelRequested
        self.callback = callback
    }
}

extension StoredRun {
    /// SHA-256 of its flow and its request.
    public var requestDigest: Data {
        var hash = SHA256()
        hash.update(data: Data("\(flow.utf8.count):\(flow)".utf8))
        hash.update(data: request)
        return Data(hash.finalize())
    }
}

/// A worker's right to a run until a moment. Whoever has none of the newest number may write nothing of the run.
public struct RunLease: Sendable, Hashable {
    public var run: String
    /// Grows with each lease of the run: a fencing token.
    public var number: Int
    /// Who has it, as it names itself.
    public var worker: String
    /// Others may take the run from then on.
    public var expiresAt: Date

    public init(run: String, number: Int, worker: String, expiresAt: Date) {
        self.run = run
        self.number = number
        self.worker = worker
        self.expiresAt = expiresAt
    }
}

/// One event of a run as it is kept; positions of a run count from 0 without gaps.
public struct StoredRunEvent: Sendable, Hashable {
    public var position: Int
    /// As JSON.
    public var event: Data

    public init(position: Int, event: Data) {
        self.position = position
        self.event = event
    }
}
