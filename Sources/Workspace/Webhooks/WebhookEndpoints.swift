import Foundation

/// Why an address may not be an endpoint's.
public struct WebhookAddressRefused: Error, Hashable, CustomStringConvertible {
    /// Ends a sentence that begins with the address.
    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }

    public var description: String { "The address cannot be a webhook's: it \(reason)." }
}

/// What an owner says of an endpoint; what is `nil` is left as it is, or as it is at first.
public struct WebhookDraft: Sendable {
    public var url: String?
    public var description: String?
    public var events: Set<WebhookEvent>?
    /// Empty for every flow.
    public var flow: String?
    public var includesResult: Bool?
    public var isEnabled: Bool?

    public init(
        url: String? = nil, description: String? = nil, events: Set<WebhookEvent>? = nil,
        flow: String? = nil, includesResult: Bool? = nil, isEnabled: Bool? = nil
    ) {
        self.url = url
        self.description = description
        self.events = events
        self.flow = flow
        self.includesResult = includesResult
        self.isEnabled = isEnabled
    }
}

/// Endpoints as their owners see them: secrets are made and sealed here, and addresses looked at.
public struct WebhookEndpoints: Sendable {
    public let store: any WebhookStore
    private let seal: VariableSeal
    private let checked: @Sendable (String) throws(WebhookAddressRefused) -> String
    private let now: @Sendable () -> Date
    private let freshID: @Sendable () -> String

    /// How long a secret signs after it was replaced.
    public static let previousSecretSeconds: TimeInterval = 24 * 3_600

    /// - Parameter checked: gives an address in its normal form, or refuses one that nothing may be sent to.
    public init(
        store: any WebhookStore, seal: VariableSeal,
        checked: @escaping @Sendable (String) throws(WebhookAddressRefused) -> String,
        now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) {
        self.store = store
        self.seal = seal
        self.checked = checked
        self.now = now
        self.freshID = freshID
    }

    /// Makes an endpoint.
    ///
    /// - Returns: it, and its secret, which is not told again.
    /// - Throws: ``WebhookAddressRefused``, ``WorkspaceError``.
    public func create(
        _ draft: WebhookDraft, for owner: Owner
    ) async throws -> (endpoint: WebhookEndpoint, secret: WebhookSecret) {
        let (id, secret, time) = (freshID(), WebhookSecret(), now())
        var endpoint = WebhookEndpoint(
            id: id, owner: owner, url: try checked(draft.url ?? ""),
            secret: try seal.seal(secret, ofWebhook: id, for: owner), createdAt: time)
        draft.apply(to: &endpoint, url: endpoint.url, at: time)
        try await store.add(endpoint)
        return (endpoint, secret)
    }

    /// Changes an endpoint; one that is enabled again begins without what has failed before.
    ///
    /// - Throws: ``WebhookAddressRefused``, ``WorkspaceError``.
    public func change(
        _ id: String, _ draft: WebhookDraft, for owner: Owner
    ) async throws -> WebhookEndpoint {
        let time = now()
        let url = try draft.url.map { try checked($0) }
        return try await store.update(webhook: id, for: owner, at: time) {
            draft.apply(to: &$0, url: url, at: time)
        }
    }

    /// Gives it another secret; the one before signs beside it for a day.
    public func rotate(
        _ id: String, for owner: Owner
    ) async throws(WorkspaceError) -> (endpoint: WebhookEndpoint, secret: WebhookSecret) {
        let (secret, time) = (WebhookSecret(), now())
        let sealed = try seal.seal(secret, ofWebhook: id, for: owner)
        let endpoint = try await store.update(webhook: id, for: owner, at: time) { endpoint in
            endpoint.previousSecret = .init(
                secret: endpoint.secret, validUntil: time.addingTimeInterval(Self.previousSecretSeconds))
            endpoint.secret = sealed
        }
        return (endpoint, secret)
    }

    /// Sends `webhook.test` to it, though it be disabled.
    public func test(_ id: String, for owner: Owner) async throws -> WebhookDelivery {
        let time = now()
        let delivery = WebhookDelivery(
            id: WebhookDelivery.freshID(), endpoint: id, event: .test, run: nil,
            body: try TestMessage(of: id, at: time).json, createdAt: time)
        try await store.enqueue(delivery, for: owner)
        return delivery
    }

    /// The endpoint that a caller names for a run: by its id, or by the very address of one of the caller's.
    ///
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    public func named(_ name: String, for owner: Owner) async throws(WorkspaceError) -> WebhookEndpoint {
        let all = try await store.webhooks(for: owner)
        let url = (try? checked(name)) ?? name
        let found =
            all.first { $0.id == name } ?? all.first { $0.url == url && $0.isEnabled }
            ?? all.first { $0.url == url }
        guard let found else { throw .notFound(kind: "webhook", id: name) }
        return found
    }

    /// Sends one delivery once more.
    public func replay(
        _ delivery: String, of endpoint: String, for owner: Owner
    ) async throws(WorkspaceError) -> WebhookDelivery {
        try await store.replay(delivery: delivery, of: endpoint, for: owner, at: now())
    }

    /// Sends everything once more that failed and is not older than `since`.
    public func replayFailed(
        of endpoint: String, since: Date, for owner: Owner
    ) async throws(WorkspaceError) -> Int {
        try await store.replayFailed(of: endpoint, for: owner, since: since, at: now())
    }
}

extension WebhookDraft {
    fileprivate func apply(to endpoint: inout WebhookEndpoint, url: String?, at time: Date) {
        if let url { endpoint.url = url }
        if let description { endpoint.description = description }
        if let events { endpoint.events = events }
        if let flow { endpoint.flow = flow.isEmpty ? nil : flow }
        if let includesResult { endpoint.includesResult = includesResult }
        switch isEnabled {
        case true?:
            endpoint.disabling = nil
            endpoint.failingSince = nil
        case false? where endpoint.isEnabled:
            endpoint.disabling = .init(at: time, reason: "disabled by its owner")
        default: break
        }
    }
}

/// The body of `webhook.test`.
private struct TestMessage: Encodable {
    struct Facts: Encodable {
        var webhook: [String: String]
    }

    var type = WebhookEvent.test.rawValue
    var timestamp: Date
    var data: Facts

    init(of endpoint: String, at time: Date) {
        timestamp = time
        data = Facts(webhook: ["id": endpoint])
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            return try encoder.encode(self)
        }
    }
}
