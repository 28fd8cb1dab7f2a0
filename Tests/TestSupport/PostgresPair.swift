import Foundation

/// A PostgreSQL and a standby that follows it, of a test's own; see `postgres_pair.py`. Commits of the one wait for the
/// other to have them.
public struct PostgresPair: Sendable {
    private let server: ChildServer
    public let standbyPort: Int

    public init(_ version: PostgresServer.Version) throws {
        server = try ChildServer(script: "postgres_pair.py", arguments: [version.rawValue])
        standbyPort = Int(server.tell("standby")) ?? 0
    }

    public let host = "127.0.0.1"
    public var port: Int { server.port }
    public let database = "postgres"
    public let user = "app"
    public let password = "secret"

    /// Ends every process of the primary at once, as the power does.
    public func kill() { server.tell("kill") }
    /// Has the standby take writes.
    public func promote() { server.tell("promote") }
    /// Has the standby show nothing newer; what it was sent it keeps.
    public func pause() { server.tell("pause") }
    public func resume() { server.tell("resume") }
}
