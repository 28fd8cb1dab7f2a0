import Foundation

/// An address of an owner's that is told when something happens.
public struct WebhookEndpoint: Sendable, Hashable {
    /// A UUID in lower case.
    public var id: String
    public var owner: Owner
    /// In the normal form of the parser that connects; or a topic's ARN (``TopicARN``), which is published to.
    public var url: String
    /// For people.
    public var description: String
    /// What it is told of; with none, only of runs that name it.
    public var events: Set<WebhookEvent>
    /// The only flow whose runs it is told of, as runs name it; `nil` for every flow. Jobs have none, and are told of all
    /// the same.
    public var flow: String?
    /// Whether what a run made goes along.
    public var includesResult: Bool
    /// What messages are signed with, sealed.
    public var secret: Data
    /// The one before, which signs beside the newest one for a while.
    public var previousSecret: PreviousSecret?
    public var createdAt: Date
    public var updatedAt: Date
    /// Why nothing is sent to it any more; `nil` while something is.
    public var disabling: Disabling?
    /// When the first of the attempts failed that have all failed since.
    public var failingSince: Date?

    /// A secret that was replaced.
    public struct PreviousSecret: Sendable, Hashable {
        /// Sealed.
        public var secret: Data
        public var validUntil: Date

        public init(secret: Data, validUntil: Date) {
            self.secret = secret
            self.validUntil = validUntil
        }
    }

    /// When and why an endpoint was disabled.
    public struct Disabling: Sendable, Hashable {
        public var at: Date
        public var reason: String

        public init(at: Date, reason: String) {
            self.at = at
            self.reason = reason
        }
    }

    public init(
        id: String, owner: Owner, url: String, description: String = "",
        events: Set<WebhookEvent> = Set(WebhookEvent.ofRuns), flow: String? = nil,
        includesResult: Bool = false, secret: Data, previousSecret: PreviousSecret? = nil, createdAt: Date,
        updatedAt: Date? = nil, disabling: Disabling? = nil, failingSince: Date? = nil
    ) {
        self.id = id
        self.owner = owner
        self.url = url
        self.description = description
        self.events = events
        self.flow = flow
        self.includesResult = includesResult
        self.secret = secret
        self.previousSecret = previousSecret
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.disabling = disabling
        self.failingSince = failingSince
    }
}

extension WebhookEndpoint {
    public var isEnabled: Bool { disabling == nil }

    /// Refuses names and sizes that no store keeps, and a secret in clear.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "webhook")
        try WorkspaceLimits.check(url, as: "address")
        try WorkspaceLimits.check(
            description.utf8.count, of: "description", limit: WorkspaceLimits.textBytes)
        if let flow { try WorkspaceLimits.check(flow, as: "flow") }
        let secrets = [secret] + (previousSecret.map { [$0.secret] } ?? [])
        guard secrets.allSatisfy(VariableSeal.isSealed) else { throw .unsealed(variable: "webhook \(id)") }
    }
}

extension WorkspaceLimits {
    /// For each owner.
    public static let webhooks = 100
    /// Of a run's result that goes along with word of its end.
    public static let webhookResultBytes = 256 * 1_024
    /// Of why an attempt failed.
    public static let webhookErrorBytes = 500
}
