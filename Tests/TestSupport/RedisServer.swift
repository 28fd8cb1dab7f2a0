import Foundation
import Synchronization

/// A Redis for tests; see `redis_server.py`.
public final class RedisServer: Sendable {
    private static let script = "redis_server.py"
    private static let sharedServer = Result<RedisServer, any Error> { try RedisServer() }
    private static let sharedCluster = Result<RedisServer, any Error> { try RedisServer(["cluster"]) }

    /// Its script is told one line at a time, whatever tests share it.
    private let server: Mutex<ChildServer>
    public let port: Int

    /// The server that all tests of the process share; whoever uses it has keys of its own (``freshPrefix()``).
    public static func shared() throws -> RedisServer { try sharedServer.get() }

    /// Three nodes that share the slots; the port is the first one's.
    public static func cluster() throws -> RedisServer { try sharedCluster.get() }

    /// A cluster of the test's own: three nodes that share the slots, and behind them a replica of each.
    public static func replicatedCluster() throws -> RedisServer { try RedisServer(["replicated"]) }

    /// A server of the test's own, which it may kill.
    public convenience init() throws { try self.init([]) }

    private init(_ arguments: [String]) throws {
        let child = try ChildServer(script: Self.script, arguments: arguments)
        port = child.port
        server = Mutex(child)
    }

    /// Ends it at once, with all that it holds.
    public func kill() { tell("kill") }
    /// Starts it again, empty, on the same port.
    public func start() { tell("start") }
    /// Starts it again with all that it holds, which it reads a key every tenth of a second.
    public func load() { tell("load") }
    /// Has it take connections, as its system does, and answer nothing.
    public func freeze() { tell("freeze") }
    public func thaw() { tell("thaw") }

    /// Has somebody else's client carry out a command.
    ///
    /// - Returns: what it prints, on one line.
    @discardableResult
    public func command(_ words: String...) -> String { tell(words.joined(separator: "\t")) }

    /// The same at a node of a cluster.
    @discardableResult
    public func command(at place: Int, _ words: String...) -> String {
        tell("@\(place)\t\(words.joined(separator: "\t"))")
    }

    /// The ports of a cluster's nodes, those of the replicas last.
    public var ports: [Int] { tell("ports").split(separator: " ").compactMap { Int($0) } }

    @discardableResult
    private func tell(_ line: String) -> String { server.withLock { $0.tell(line) } }

    public let host = "127.0.0.1"
    public let password = "secret"

    public static func freshPrefix() -> String { "test-\(UUID().uuidString.lowercased())" }
}
