import Backends
import Foundation
import Synchronization
import TestSupport

/// A schema of a test's own, on the PostgreSQL that the tests of a process share. It is dropped with the last corpus or
/// workspace in it.
public final class TestSchema: Sendable {
    public let server: PostgresServer
    public let name = PostgresServer.freshSchema()

    public init(_ version: PostgresServer.Version = .v18) throws {
        server = try PostgresServer.shared(version)
    }

    deinit {
        var settings = Self.settings(of: server) { nil }
        settings.lockTimeout = .seconds(5)
        // Where this fails the server is gone, or goes with the process.
        _ = try? PostgresConnection(settings, password: server.password)
            .query("DROP SCHEMA IF EXISTS \"\(name)\" CASCADE")
    }

    /// For the sessions of one process. Whoever has these keeps the schema.
    public var settings: PostgresSettings {
        var settings = Self.settings(of: server) { [self] in server.password }
        settings.schema = name
        return settings
    }

    /// The database as a connection string names it, for programs that open it by themselves. The schema is apart.
    public var url: String {
        "postgresql://\(server.user):\(server.password)@\(server.host):\(server.port)/\(server.database)"
    }

    /// The corpus, as another process opens it.
    public func corpus() async throws -> PostgresCorpus {
        let corpus = PostgresCorpus(pool())
        try await corpus.open()
        return corpus
    }

    /// The workspace, as another process opens it. Leases end by the times that callers give, which tests set.
    public func workspace(
        announcesRuns: Bool = false, now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> PostgresWorkspace {
        let workspace = PostgresWorkspace(
            pool(), announcesRuns: announcesRuns, leaseClock: .callers, now: now)
        try await workspace.open()
        return workspace
    }

    /// The corpus and the workspace of one server, over the same sessions.
    public func storage() async throws -> (corpus: PostgresCorpus, workspace: PostgresWorkspace) {
        let pool = pool()
        let (corpus, workspace) = (PostgresCorpus(pool), PostgresWorkspace(pool, leaseClock: .callers))
        try await corpus.open()
        try await workspace.open()
        return (corpus, workspace)
    }

    private func pool() -> PostgresPool {
        let pool = PostgresPool(settings, size: 4)
        Self.opened.withLock { opened in
            opened.append(Opened(pool: pool))
            // What is left of a test that has ended must not use up the server's sessions. A pool that is still in use
            // opens others.
            while opened.count > 24 { opened.removeFirst().pool?.closeAll() }
        }
        return pool
    }

    private struct Opened {
        weak var pool: PostgresPool?
    }

    private static let opened = Mutex<[Opened]>([])

    private static func settings(
        of server: PostgresServer, password: @escaping @Sendable () -> String?
    ) -> PostgresSettings {
        PostgresSettings(
            host: server.host, port: server.port, database: server.database, user: server.user,
            password: password, tls: .disable)
    }
}
