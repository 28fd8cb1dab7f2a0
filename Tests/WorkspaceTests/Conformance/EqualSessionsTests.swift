import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(2))) struct `Sessions of equal names` {
    /// 10,000 conversations called “chat”, of 200 callers of two tenants with 50 flows each, written all at once.
    @Test(arguments: WorkspaceEngine.all)
    func `of different callers and flows never cross`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let keys = (0..<10_000).map { number in
            Sample.key(
                "chat", "flow \(number % 50)",
                of: Owner(tenant: "tenant \(number / 50 % 2)", name: "user:\(number / 100)"))
        }
        @Sendable func text(_ key: ConversationKey, _ part: Int) -> String {
            "\(key.owner), \(key.flow), \(part)"
        }
        try await atOnce(keys) { key in
            // Ids that every owner has.
            try await store.append(
                (0..<2).map { Sample.message("\(key.flow).\($0)", in: key, text(key, $0)) })
        }
        for key in keys {
            let messages = try await store.messages(of: key, before: nil, limit: 9)
            try #require(messages.map(\.text) == (0..<2).map { text(key, $0) }, "\(key)")
            try #require(messages.allSatisfy { $0.key == key })
        }
        for owner in Set(keys.map(\.owner)) {
            let conversations = try await store.conversations(for: owner, flow: nil, after: nil, limit: 99)
            try #require(conversations.count == 50)
            let all = try await store.messages(for: owner, flow: nil, session: "chat", after: nil, limit: 999)
            try #require(all.count == 100 && all.allSatisfy { $0.text.hasPrefix("\(owner), ") })
        }
    }
}
