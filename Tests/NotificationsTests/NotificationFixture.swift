import Foundation
import Logging
import Notifications
import Synchronization
import Transport
import Workspace
import WorkspaceSQLite

/// A time that stands still until a test moves it.
final class SetTime: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 += duration / .seconds(1) }
    }
}

/// An outbox in memory with a receiver, a time of its own, and a sender that may reach this machine.
struct NotificationFixture {
    static let ann = Owner(name: "user:ann")

    let time = SetTime()
    let receiver: Receiver
    let store: SQLiteWorkspace
    let seal = VariableSeal(SealKeys())
    let endpoints: WebhookEndpoints

    init() throws {
        let time = time
        receiver = try Receiver()
        store = try SQLiteWorkspace.inMemory(now: { time.now })
        endpoints = WebhookEndpoints(
            store: store, seal: seal, checked: { text throws(WebhookAddressRefused) in text },
            now: { time.now })
    }

    /// - Parameters:
    ///   - ranges: private addresses that may be reached.
    ///   - allowedTopics: topics that may be published to.
    func sender(
        _ name: String = "sender", ranges: [String] = ["127.0.0.1"],
        topics: (any MessageTopics)? = nil, allowedTopics: [String] = [],
        limit: Duration = WebhookTransport.standardLimit,
        _ configuration: NotificationConfiguration = NotificationConfiguration()
    ) throws -> NotificationSender {
        let time = time
        return NotificationSender(
            store: store, seal: seal,
            transport: try WebhookTransport(
                try WebhookAddresses(
                    ranges: ranges.map { try AddressRange($0) }, topics: allowedTopics), limit: limit),
            topics: topics,
            configuration: configuration, name: name,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { time.now })
    }

    /// An endpoint at the receiver, which knows its secret.
    func endpoint(
        _ name: String = "a", _ draft: WebhookDraft = WebhookDraft()
    ) async throws -> WebhookEndpoint {
        var draft = draft
        draft.url = draft.url ?? receiver.url(name)
        let (endpoint, secret) = try await endpoints.create(draft, for: Self.ann)
        try await receiver.know(secret, name)
        return endpoint
    }

    /// Begins a run and ends it.
    func endRun(_ id: String, _ state: StoredRun.State = .finished, result: String? = nil) async throws {
        let run = StoredRun(
            id: id, owner: Self.ann, flow: "f", version: 3, session: "s", request: Data("{}".utf8),
            createdAt: time.now)
        _ = try await store.enqueue(run, key: nil)
        let leased = try await store.lease(1, by: "worker", for: .seconds(60), at: time.now, attempts: 3)
        guard let lease = leased.first?.lease else { return }
        try await store.end(
            lease, state, result: result.map { Data($0.utf8) }, failure: nil, messages: [], at: time.now)
    }

    /// The deliveries to an endpoint, newest first.
    func deliveries(_ endpoint: WebhookEndpoint) async throws -> [WebhookDelivery] {
        try await store.deliveries(
            of: endpoint.id, for: Self.ann, state: nil, before: nil, limit: 1_000)
    }

    func kept(_ endpoint: WebhookEndpoint) async throws -> WebhookEndpoint {
        try await store.webhook(endpoint.id, for: Self.ann)
    }
}
