import Transport

/// Which hosts flows may reach, at which ports.
///
/// | Rule | Hosts |
/// | --- | --- |
/// | `example.com` | that host |
/// | `*.example.com` | every host under it, not itself |
/// | `*` | every host |
///
/// Without a port a rule is for 80 and 443; `example.com:8443` is for that port and `example.com:*` for every port.
/// IPv6 addresses stand in brackets. A rule names hosts, not addresses: which addresses a host may have is judged by
/// ``AddressGuard`` when it is connected to.
public struct HostRules: Sendable, Hashable {
    private enum Name: Sendable, Hashable {
        case every
        case host(String)
        case under(String)
    }

    private enum Port: Sendable, Hashable {
        case standard
        case one(Int)
        case every
    }

    private struct Rule: Sendable, Hashable {
        var name: Name
        var port: Port
    }

    private let rules: [Rule]

    /// Every host at every port.
    public static let every = HostRules(rules: [Rule(name: .every, port: .every)])
    public static let none = HostRules(rules: [])

    /// - Throws: ``NetworkError/invalid(what:reason:)`` for a text that is no rule; it is named.
    public init(_ texts: [String]) throws(NetworkError) {
        var rules: [Rule] = []
        for text in texts { rules.append(try Self.rule(text)) }
        self.rules = rules
    }

    private init(rules: [Rule]) {
        self.rules = rules
    }

    /// Whether some rule is for all hosts.
    public var hasEvery: Bool { rules.contains { $0.name == .every } }

    public func allows(_ url: WebURL) -> Bool {
        rules.contains { rule in
            let isPort =
                switch rule.port {
                case .every: true
                case .one(let port): url.port == port
                case .standard: url.port == 80 || url.port == 443
                }
            let isName =
                switch rule.name {
                case .every: true
                case .host(let host): url.host == host
                case .under(let domain): url.host.hasSuffix("." + domain)
                }
            return isPort && isName
        }
    }

    private static func rule(_ text: String) throws(NetworkError) -> Rule {
        func refusal(_ reason: String) -> NetworkError {
            .invalid(what: "allowed host “\(text.prefix(100))”", reason: reason)
        }
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        let colon = text[bracket...].firstIndex(of: ":")
        let name = text[..<(colon ?? text.endIndex)].lowercased()
        var port = Port.standard
        if let colon {
            let digits = text[text.index(after: colon)...]
            if digits == "*" {
                port = .every
            } else if let number = UInt16(digits), number > 0 {
                port = .one(Int(number))
            } else {
                throw refusal("its port is neither * nor in 1...65535")
            }
        }
        if name == "*" { return Rule(name: .every, port: port) }
        let isUnder = name.hasPrefix("*.")
        let host = isUnder ? String(name.dropFirst(2)) : name
        // The rule must be what the parser of URLs makes of a host, or it would never match.
        guard let read = (try? WebURL("http://\(host)/"))?.host, read == host else {
            throw refusal(
                "it is neither a host as URLs have it, nor * or *. before one, nor that with a port")
        }
        return Rule(name: isUnder ? .under(host) : .host(host), port: port)
    }
}
