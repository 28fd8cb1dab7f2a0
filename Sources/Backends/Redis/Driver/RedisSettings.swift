import Foundation

/// A server's place.
struct RedisAddress: Sendable, Hashable, CustomStringConvertible {
    var host: String
    var port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Where a Redis is, and who is to be there.
public struct RedisSettings: Sendable {
    public var host: String
    public var port: Int
    /// The number of a database; 0 is the only one of a cluster.
    public var database: Int
    /// A user of the server's access list; `nil` for the one it calls `default`.
    public var user: String?
    /// Asked for each connection, so that a password that was changed is taken up without a restart.
    public var password: @Sendable () -> String?
    /// Has a password that was refused fetched anew from wherever it is kept; tells whether there is another one now.
    /// `nil` where it is kept nowhere else.
    public var renewPassword: (@Sendable (_ refused: String) async -> Bool)?
    public var connectTimeout: Duration
    /// How long the server may take for a command, unless whoever asks waits for less.
    public var commandTimeout: Duration

    /// Bytes of one reply at most; a longer one ends the connection.
    static let replyLimit = 32 << 20
    /// Bytes of the commands that are sent in one go.
    static let commandLimit = 32 << 20

    public init(
        host: String, port: Int = 6_379, database: Int = 0, user: String? = nil,
        password: @escaping @Sendable () -> String? = { nil },
        renewPassword: (@Sendable (_ refused: String) async -> Bool)? = nil,
        connectTimeout: Duration = .seconds(1), commandTimeout: Duration = .milliseconds(500)
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.renewPassword = renewPassword
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
    }

    /// Reads `redis://user:password@host:port/database`; all but the host may be left out.
    ///
    /// - Parameters:
    ///   - password: asked before the address's own, which stands for what it does not have.
    ///   - renewPassword: as ``renewPassword``.
    /// - Throws: ``RedisError/invalidAddress(reason:)``, ``RedisError/noTLS(server:)``.
    public init(
        url: String, password: @escaping @Sendable () -> String? = { nil },
        renewPassword: (@Sendable (_ refused: String) async -> Bool)? = nil
    ) throws(RedisError) {
        guard let parts = URLComponents(string: url) else {
            throw .invalidAddress(reason: "it is not written as a URL is")
        }
        let scheme = parts.scheme?.lowercased() ?? ""
        guard scheme == "redis" || scheme == "rediss" else {
            throw .invalidAddress(reason: "it begins with “\(scheme)” and not with redis://")
        }
        var host = parts.host ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw .invalidAddress(reason: "it names no host") }
        let port = parts.port ?? 6_379
        guard (1...65_535).contains(port) else {
            throw .invalidAddress(reason: "its port is \(port), and 1 to 65535 is expected")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw .invalidAddress(reason: "something stands behind the database’s number")
        }
        let database = try Self.database(parts.path)
        guard scheme == "redis" else {
            throw .noTLS(server: RedisAddress(host: host, port: port).description)
        }
        let own = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.init(
            host: host, port: port, database: database, user: user, password: { password() ?? own },
            renewPassword: renewPassword)
    }

    private static func database(_ path: String) throws(RedisError) -> Int {
        guard !path.isEmpty, path != "/" else { return 0 }
        let digits = path.dropFirst()
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int32(digits) else {
            throw .invalidAddress(reason: "the database is a number, as in redis://HOST:6379/0")
        }
        return Int(number)
    }

    /// Has a refused password fetched anew. Whoever waits may go meanwhile.
    func renewed(_ refused: String?) async -> Bool {
        guard let renewPassword else { return false }
        return await Task { await renewPassword(refused ?? "") }.value
    }

    var address: RedisAddress { RedisAddress(host: host, port: port) }

    /// Server and database, for messages: `cache.example:6379/0`. Never who, never the password.
    public var name: String { name(of: address) }

    /// The same of a node that others named.
    func name(of node: RedisAddress) -> String { "\(node)/\(database)" }
}
