import Foundation
import Workspace

/// Values that tests keep.
enum Sample {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)
    /// What a workspace takes for now where nobody says.
    static let now = start + 1_000
    static let ann = Owner(name: "user:ann")
    static let bob = Owner(name: "user:bob")
    /// Of Ann's name, elsewhere.
    static let otherAnn = Owner(tenant: "other", name: "user:ann")

    static func flow(
        _ id: String, _ name: String = "Flow", of owner: Owner = ann, endpoint: String? = nil,
        isShared: Bool = false, project: String? = nil
    ) -> StoredFlow {
        StoredFlow(
            id: id, owner: owner, name: name, endpoint: endpoint, project: project, tags: ["a", "b"],
            isShared: isShared, createdAt: start, updatedAt: start)
    }

    static func key(_ session: String, _ flow: String = "f", of owner: Owner = ann) -> ConversationKey {
        ConversationKey(owner: owner, flow: flow, session: session)
    }

    static func message(
        _ id: String, in key: ConversationKey, _ text: String = "", after seconds: Double = 0
    ) -> StoredMessage {
        StoredMessage(
            id: id, key: key, role: "user", sender: "User", text: text, details: Data("{}".utf8),
            sentAt: start + seconds)
    }

    static func run(
        _ id: String, of owner: Owner = ann, flow: String = "f", request: String = "{}", priority: Int = 0,
        after seconds: Double = 0
    ) -> StoredRun {
        StoredRun(
            id: id, owner: owner, flow: flow, version: 1, session: "s", request: Data(request.utf8),
            priority: priority, createdAt: start + seconds, callback: "https://example.com/told")
    }

    static func file(
        _ id: String, _ name: String, of owner: Owner = ann, flow: String? = nil
    ) -> StoredFile {
        StoredFile(
            id: id, owner: owner, flow: flow, name: name, mediaType: "text/plain", byteCount: 3,
            digest: "00", createdAt: start)
    }

    static func variable(_ id: String, _ name: String, of owner: Owner = ann) -> StoredVariable {
        StoredVariable(
            id: id, owner: owner, name: name, isSecret: false, value: Data("value".utf8),
            defaultFields: ["api_key"], updatedAt: start)
    }

    static func event(_ position: Int) -> StoredRunEvent {
        StoredRunEvent(position: position, event: Data("{\"n\":\(position)}".utf8))
    }
}

extension RunStore {
    /// Leases of a minute, from a moment after the start.
    func lease(
        _ limit: Int = 1, by worker: String = "w", after seconds: Double = 0, attempts: Int = 3
    ) async throws(WorkspaceError) -> [(run: StoredRun, lease: RunLease)] {
        try await lease(
            limit, by: worker, for: .seconds(60), at: Sample.start + seconds, attempts: attempts)
    }

    func end(
        _ lease: RunLease, _ state: StoredRun.State = .finished, messages: [StoredMessage] = [],
        after seconds: Double = 0
    ) async throws(WorkspaceError) {
        try await end(
            lease, state, result: Data("done".utf8), failure: nil, messages: messages,
            at: Sample.start + seconds)
    }
}

/// Does something with each of `elements`, all at once.
func atOnce<Element: Sendable>(
    _ elements: some Sequence<Element>, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for element in elements { group.addTask { try await body(element) } }
        try await group.waitForAll()
    }
}
