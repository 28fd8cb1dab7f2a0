import Foundation

/// PostgreSQL for the whole test process; see `postgres_server.py`.
public struct PostgresServer: Sendable {
    public enum Version: String, Sendable, CaseIterable {
        /// The distribution's, 15 or later; without pgvector.
        case distribution
        case v16 = "16"
        case v18 = "18"

        /// Those that have pgvector.
        public static let withVectors: [Version] = [.v16, .v18]
    }

    private static let sharedDistribution = Result<ChildServer, any Error> { try start(.distribution) }
    private static let shared16 = Result<ChildServer, any Error> { try start(.v16) }
    private static let shared18 = Result<ChildServer, any Error> { try start(.v18) }

    private static func start(_ version: Version) throws -> ChildServer {
        try ChildServer(script: "postgres_server.py", arguments: [version.rawValue])
    }

    private let server: ChildServer

    /// The server that all tests of the process share.
    public static func shared(_ version: Version) throws -> PostgresServer {
        let server =
            switch version {
            case .distribution: sharedDistribution
            case .v16: shared16
            case .v18: shared18
            }
        return PostgresServer(server: try server.get())
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
