/// One server of those that may serve a database.
public struct PostgresHost: Sendable, Hashable {
    /// A name, an address, or the folder of a socket.
    public var name: String
    public var port: Int

    public init(name: String, port: Int) {
        self.name = name
        self.port = port
    }

    /// Several with commas between, each with a port of its own or `port`: `a`, `a:5433,b`, `[::1]:5432`, `/run/postgresql`.
    ///
    /// - Returns: `nil` where one of them is none.
    public static func list(_ text: String, port: Int) -> [PostgresHost]? {
        var hosts: [PostgresHost] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = part.trimmingPrefix { $0 == " " }
            guard let host = PostgresHost(trimmed, port: port) else { return nil }
            hosts.append(host)
        }
        return hosts.isEmpty || hosts.count > Self.limit ? nil : hosts
    }

    /// More servers than anybody has; each takes its share of the time to connect.
    private static let limit = 16

    private init?(_ text: Substring, port: Int) {
        var name = text
        var port = port
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let own = Self.port(rest.dropFirst()) else { return nil }
                port = own
            }
        } else if !text.hasPrefix("/"), let colon = text.firstIndex(of: ":"),
            // More than one colon is an address of IPv6 without a port.
            text[text.index(after: colon)...].firstIndex(of: ":") == nil
        {
            guard let own = Self.port(text[text.index(after: colon)...]) else { return nil }
            name = text[..<colon]
            port = own
        }
        guard !name.isEmpty, !name.contains(where: \.isWhitespace) else { return nil }
        self.init(name: String(name), port: port)
    }

    static func port(_ text: some StringProtocol) -> Int? {
        guard let port = Int(text), (1...65_535).contains(port) else { return nil }
        return port
    }
}

extension PostgresHost: CustomStringConvertible {
    public var description: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
}
