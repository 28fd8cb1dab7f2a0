/// Every refusal of a Redis server, with the server's name and the setting to look at.
public enum RedisError: Error, Sendable, Equatable {
    /// The text of `cache.redis` is no address. The text itself is not told: it may hold a password.
    case invalidAddress(reason: String)
    /// An encrypted connection was asked for, which the client library cannot make.
    case noTLS(server: String)
    case cannotConnect(server: String, reason: String)
    /// The password is wrong or missing (`WRONGPASS`, `NOAUTH`).
    case notAdmitted(server: String, user: String, reason: String)
    /// The server is a replica, which takes no writes (`READONLY`).
    case readOnly(server: String)
    /// The server reads its data and answers soon (`LOADING`, `MASTERDOWN`, `CLUSTERDOWN`).
    case loading(server: String, reason: String)
    /// Another node of the cluster has the key, and what was named was followed once already (`MOVED`, `ASK`).
    case moved(server: String, slot: Int, node: String)
    /// The server may not take more memory, and may drop nothing (`OOM`).
    case outOfMemory(server: String)
    case timedOut(server: String, after: Duration)
    case connectionLost(server: String, reason: String)
    case unexpectedReply(server: String, expected: String)
    /// Anything else that the server refused; `code` is the first word of what it said, such as `NOSCRIPT`.
    case refused(server: String, code: String, message: String)
    /// The server failed a moment ago and is not asked yet.
    case resting(server: String)
    /// Too many commands wait for a connection.
    case busy(server: String, waiting: Int)

    /// Whether the server as a whole is of no use for now, and not only for this command.
    var isOutage: Bool {
        switch self {
        // Of a cluster a slot alone may be without a node.
        case .loading(_, let reason): !reason.hasPrefix("CLUSTERDOWN Hash slot")
        case .cannotConnect, .notAdmitted, .readOnly, .timedOut, .connectionLost, .unexpectedReply: true
        case .invalidAddress, .noTLS, .moved, .outOfMemory, .refused, .resting, .busy: false
        }
    }

    /// Whether the same command is refused each time: it is not allowed, or not known.
    var isLasting: Bool {
        guard case .refused(_, let code, _) = self else { return false }
        return code == "NOPERM" || code == "ERR"
    }

    /// What an error reply means.
    ///
    /// Redis up to 6 wraps what a command within a script was refused with into an `ERR` of its own.
    ///
    /// A server that knows no `AUTH` repeats its words, the password among them: they are cut off.
    init(reply whole: String, server: String, user: String) {
        let text = String(
            (whole.firstRange(of: ", with args").map { whole[..<$0.lowerBound] } ?? whole[...]).prefix(300))
        let code = text.prefix { $0 != " " }
        func says(_ word: String) -> Bool { code == word || text.contains("-\(word) ") }
        if says("WRONGPASS") || says("NOAUTH") || text.hasPrefix("ERR invalid password")
            || text.hasPrefix("ERR AUTH") || text.hasPrefix("ERR Client sent AUTH")
        {
            self = .notAdmitted(server: server, user: user, reason: text)
        } else if says("READONLY") {
            self = .readOnly(server: server)
        } else if says("LOADING") || says("MASTERDOWN") || says("CLUSTERDOWN") {
            self = .loading(server: server, reason: text)
        } else if says("OOM") {
            self = .outOfMemory(server: server)
        } else if let redirect = RedisRedirect(text) {
            self = .moved(server: server, slot: redirect.slot, node: redirect.node)
        } else {
            self = .refused(server: server, code: String(code), message: text)
        }
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidAddress(let reason):
            """
            cache.redis is no address of a Redis: \(reason). Write it as redis://HOST:PORT/DATABASE, or \
            redis://USER@HOST:PORT/DATABASE with cache.redis_password.
            """
        case .noTLS(let server):
            """
            cache.redis asks for TLS (rediss://) with \(server), which the client library hiredis 0.14 does not \
            have. Run a tunnel beside Millrace, such as stunnel, that listens on 127.0.0.1 and speaks TLS with the \
            server, and name it as redis://127.0.0.1:PORT.
            """
        case .cannotConnect(let server, let reason):
            "Redis at \(server) cannot be reached: \(reason). Check cache.redis and that it is running."
        case .notAdmitted(let server, let user, let reason):
            """
            Redis at \(server) does not let “\(user)” in: \(reason). Check the user in cache.redis and \
            cache.redis_password.
            """
        case .readOnly(let server):
            """
            Redis at \(server) (cache.redis) is a replica and takes no writes. Name the primary in cache.redis, or a \
            name that is pointed at it.
            """
        case .loading(let server, let reason):
            """
            Redis at \(server) (cache.redis) does not answer yet: \(reason). It is asked again by itself; if that \
            lasts, see what it reads at its start, or whether its cluster lacks a node.
            """
        case .moved(let server, let slot, let node):
            """
            Redis at \(server) (cache.redis) sends slot \(slot) on to \(node), which did not have it either. The \
            cluster is being rearranged; it is asked again by itself. If that lasts, check that the nodes can be \
            reached by the names that they tell (cluster-announce-ip).
            """
        case .outOfMemory(let server):
            """
            Redis at \(server) (cache.redis) has no memory left for writes. Raise its maxmemory, or set its \
            maxmemory-policy to allkeys-lru.
            """
        case .timedOut(let server, let after):
            "Redis at \(server) (cache.redis) did not answer within \(after). It is asked again by itself."
        case .connectionLost(let server, let reason):
            "The connection to Redis at \(server) (cache.redis) ended: \(reason). It is made anew by itself."
        case .unexpectedReply(let server, let expected):
            """
            Redis at \(server) answered something else than \(expected). Check that cache.redis names a Redis, 6 or \
            later.
            """
        case .refused(let server, let code, let message):
            """
            Redis at \(server) (cache.redis) refused a command (\(code)): \(message). Check what the user of \
            cache.redis may do there.
            """
        case .resting(let server):
            "Redis at \(server) (cache.redis) failed a moment ago and is not asked yet."
        case .busy(let server, let waiting):
            "\(waiting) commands wait for Redis at \(server) (cache.redis) already; this one was not sent."
        }
    }
}
