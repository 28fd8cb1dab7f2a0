import CLibPQ

#if canImport(Glibc)
    import Glibc
#endif

/// A database as a connection string names it, in either form that PostgreSQL's own programs take
/// (its documentation, “Connection Strings”): `postgresql://user@a:5432,b/name?sslmode=verify-full`, or
/// `host=a,b port=5432,5433 dbname=name`.
public struct PostgresAddress: Sendable, Hashable {
    public var hosts: [PostgresHost]
    public var database: String?
    public var user: String?
    public var password: String?
    public var tls: PostgresSettings.TLS?
    public var rootCertificate: String?

    /// What is wrong with a connection string. Never with the text itself, which may hold a password.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameter port: of hosts that have none.
    public init(_ text: String, port: Int = 5_432) throws(Fault) {
        let words = try Self.words(of: text)
        var address = PostgresAddress(hosts: [])
        var target = ""
        for (keyword, value) in words {
            switch keyword {
            case "host", "port", "connect_timeout": break
            case "dbname": address.database = value
            case "user": address.user = value
            case "password": address.password = value
            case "sslmode":
                guard let tls = PostgresSettings.TLS(rawValue: value) else {
                    throw Fault(description: "sslmode is disable, require, verify-ca or verify-full here")
                }
                address.tls = tls
            case "sslrootcert": address.rootCertificate = value
            case "target_session_attrs": target = value
            default: throw Fault(description: "“\(keyword)” is not taken here; take it out")
            }
        }
        // What a server must be is decided by what it is asked for: writes, or reads that may be late.
        guard ["", "read-write", "primary", "any", "standby", "prefer-standby", "read-only"].contains(target)
        else { throw Fault(description: "target_session_attrs is none that PostgreSQL knows") }
        address.hosts = try Self.hosts(words["host"] ?? "", ports: words["port"] ?? "", port)
        self = address
    }

    private init(hosts: [PostgresHost]) { self.hosts = hosts }

    /// libpq takes a port for all hosts, or one for each.
    private static func hosts(
        _ names: String, ports: String, _ standard: Int
    ) throws(Fault) -> [PostgresHost] {
        let names = names.split(separator: ",", omittingEmptySubsequences: false)
        let ports = ports.split(separator: ",", omittingEmptySubsequences: false)
        guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
            throw Fault(description: "it names no host")
        }
        guard names.count <= 16 else { throw Fault(description: "it names more than 16 hosts") }
        guard ports.count <= 1 || ports.count == names.count else {
            throw Fault(description: "it has \(ports.count) ports for \(names.count) hosts")
        }
        var hosts: [PostgresHost] = []
        for (place, name) in names.enumerated() {
            let text = ports.isEmpty ? "" : ports[min(place, ports.count - 1)]
            guard let port = text.isEmpty ? standard : PostgresHost.port(text) else {
                throw Fault(description: "a port is a number from 1 to 65535")
            }
            hosts.append(PostgresHost(name: String(name), port: port))
        }
        return hosts
    }

    /// What libpq itself reads of the text, by its own names.
    private static func words(of text: String) throws(Fault) -> [String: String] {
        guard !text.utf8.contains(0) else { throw Fault(description: "it has a byte of zero") }
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &reason) else {
            PQfreemem(reason)
            // libpq's reason quotes the text.
            throw Fault(
                description: "postgresql://USER@HOST:PORT,HOST:PORT/DATABASE or “host=… port=…” is expected")
        }
        defer { PQconninfoFree(options) }
        var words: [String: String] = [:]
        var option = options
        // The list ends with an option without a name.
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { words[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return words
    }
}
