import Foundation

/// PostgreSQL for the whole test process; see `postgres_server.py`.
public struct PostgresServer: Sendable {
    public enum Version: String, Sendable, CaseIterable {
        case v16 = "16"
        case v18 = "18"
    }

    private static let shared16 = Result<ChildServer, any Error> { try start(.v16) }
    private static let shared18 = Result<ChildServer, any Error> { try start(.v18) }

    private static func start(_ version: Version) throws -> ChildServer {
        try ChildServer(script: "postgres_server.py", arguments: [version.rawValue])
    }

    private let server: ChildServer

    /// The server that all tests of the process share.
    public static func shared(_ version: Version) throws -> PostgresServer {
        PostgresServer(server: try (version == .v16 ? shared16 : shared18).get())
    }

    /// A server of the test's own, which it may kill.
    public init(_ version: Version) throws {
        server = try Self.start(version)
    }

    /// Ends every process of it at once, as the power does.
    public func kill() { server.tell("kill") }
    public func stop() { server.tell("stop") }
    public func start() { server.tell("start") }

    public let host = "127.0.0.1"
    public var port: Int { server.port }
    public let database = "postgres"
    public let user = "app"
    public let password = "secret"

    /// The name of a schema that nobody has used.
    public static func freshSchema() -> String {
        "m\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    }

    private init(server: ChildServer) {
        self.server = server
    }
}
