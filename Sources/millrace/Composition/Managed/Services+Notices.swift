import Backends
import Crypto
import Foundation
import ServiceLifecycle

/// What processes keep of the database, and tell each other that it changed.
enum ChangedPart: String {
    /// Documents, their passages and who may read them.
    case corpus
    /// Flows and variables.
    case flows
    /// API keys, those of all tenants.
    case keys
    /// Sources that administrators add.
    case sources
    /// Collections of vectors, and their points.
    case collections
}

extension Services {
    /// How the processes of this installation tell each other of changes; `nil` without a Redis. One of all tenants.
    func notices() throws -> RedisNotices? {
        if let root { return try root.notices() }
        return try noticesPart { [logger] in
            try self.redis()?.notices(teller: String(UUID().uuidString.lowercased().prefix(8)), logger)
        }
    }

    /// Tells the other processes that a part of this graph changed.
    func telling(_ part: ChangedPart) throws -> @Sendable () -> Void {
        guard let notices = try notices() else { return {} }
        let topic = topic(part)
        return { notices.tellSoon(topic) }
    }

    /// The same; returns when it was told, or could not be.
    func tellingNow(_ part: ChangedPart) throws -> @Sendable () async -> Void {
        guard let notices = try notices() else { return {} }
        let topic = topic(part)
        return { await notices.tell(topic) }
    }

    /// Has `look` called when another process tells that a part of this graph changed.
    func follow(_ part: ChangedPart, _ look: @escaping @Sendable () -> Void) throws {
        try notices()?.follow(topic(part), look)
    }

    /// What hears the other processes' notices until this one ends.
    func noticeServices() throws -> [any Service] {
        try notices().map { [NoticesService(notices: $0)] } ?? []
    }

    /// Whoever listens at the Redis learns no tenant's name.
    private func topic(_ part: ChangedPart) -> String {
        guard let tenant else { return part.rawValue }
        let hash = SHA256.hash(data: Data("millrace tenant \(tenant)".utf8)).prefix(8)
        return "\(part.rawValue) \(hash.map { String(format: "%02x", $0) }.joined())"
    }
}

/// Hears what other processes tell of changes.
private struct NoticesService: Service {
    let notices: RedisNotices

    func run() async {
        await cancelWhenGracefulShutdown { await notices.run() }
    }
}
