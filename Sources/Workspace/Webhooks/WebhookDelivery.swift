import Crypto
import Foundation

/// One message to one endpoint, from the moment it is stored until it is taken or given up.
public struct WebhookDelivery: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Waits for its next attempt.
        case pending
        /// The receiver took it, with a 2xx.
        case delivered
        /// Given up; it can be sent anew.
        case failed
    }

    /// Goes out as `webhook-id` with every attempt: receivers know by it what they have already. It has no full stop.
    public var id: String
    /// The endpoint's id.
    public var endpoint: String
    public var event: WebhookEvent
    /// The run that it tells of; `nil` for a test, and for a job's end.
    public var run: String?
    /// JSON, sent byte for byte with each attempt. Empty in lists.
    public var body: Data
    public var state: State
    /// Attempts that have begun.
    public var attempts: Int
    public var createdAt: Date
    /// When it is sent next; while it is being sent, when its sender is taken for dead.
    public var dueAt: Date
    public var lastAttemptAt: Date?
    /// When it was taken or given up.
    public var endedAt: Date?
    /// What the receiver answered to the last attempt that it answered.
    public var lastStatus: Int?
    /// Why the last attempt failed. Nothing that the receiver said is in it but its status.
    public var lastError: String?

    public init(
        id: String, endpoint: String, event: WebhookEvent, run: String?, body: Data,
        state: State = .pending, attempts: Int = 0, createdAt: Date, dueAt: Date? = nil,
        lastAttemptAt: Date? = nil, endedAt: Date? = nil, lastStatus: Int? = nil, lastError: String? = nil
    ) {
        self.id = id
        self.endpoint = endpoint
        self.event = event
        self.run = run
        self.body = body
        self.state = state
        self.attempts = attempts
        self.createdAt = createdAt
        self.dueAt = dueAt ?? createdAt
        self.lastAttemptAt = lastAttemptAt
        self.endedAt = endedAt
        self.lastStatus = lastStatus
        self.lastError = lastError
    }

    /// The name of the one message that tells an endpoint of a job's end.
    package static func id(ofJob job: String, to endpoint: String) -> String {
        let digest = SHA256.hash(data: Data("\(job)\n\(endpoint)".utf8))
        return "msg_" + digest.prefix(16).map { String(format: "%02x", $0) }.joined()
    }

    /// A name that no other message has.
    public static func freshID() -> String {
        "msg_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
    }
}

/// A sender's right to one attempt at a delivery, until a moment. Whoever has none of the newest number may say nothing
/// of how it went.
public struct WebhookLease: Sendable, Hashable {
    /// The delivery's id.
    public var delivery: String
    /// Grows with each lease of the delivery: a fencing token.
    public var number: Int
    public var sender: String
    public var expiresAt: Date

    public init(delivery: String, number: Int, sender: String, expiresAt: Date) {
        self.delivery = delivery
        self.number = number
        self.sender = sender
        self.expiresAt = expiresAt
    }
}

/// A delivery whose attempt begins now, and where it goes.
public struct LeasedDelivery: Sendable, Hashable {
    public var delivery: WebhookDelivery
    public var endpoint: WebhookEndpoint
    public var lease: WebhookLease

    public init(delivery: WebhookDelivery, endpoint: WebhookEndpoint, lease: WebhookLease) {
        self.delivery = delivery
        self.endpoint = endpoint
        self.lease = lease
    }
}

/// How an attempt went.
public enum WebhookOutcome: Sendable, Hashable {
    /// The receiver took it.
    case delivered(status: Int)
    /// It is sent once more.
    case postponed(until: Date, status: Int?, error: String)
    /// It is given up.
    ///
    /// - `disabling`: why its endpoint is sent nothing any more; `nil` and it is.
    case failed(status: Int?, error: String, disabling: String? = nil)
}
