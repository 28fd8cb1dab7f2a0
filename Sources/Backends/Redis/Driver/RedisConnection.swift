import CHiredis
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One connection with a server, over hiredis. Its calls wait, so they belong on a thread that may.
///
/// hiredis connects, writes commands in the protocol's form and reads replies; sending and waiting are done here, as
/// hiredis has a time limit for each read and none for a reply, and its writes raise `SIGPIPE`.
///
/// `@unchecked Sendable`: it has no lock of its own; its owner lends it to one body at a time and hands it on only when
/// that has ended.
final class RedisConnection: @unchecked Sendable {
    // Bounds: `context` is not null from `init` on and freed in `deinit` alone. What is read of it are its plain
    // fields, and `errstr`, an array of 128 that hiredis ends with a zero. A reply is freed once, right after it was
    // copied; its `str` has `len` bytes and its `element` has `elements` pointers, none of them null, by hiredis's own
    // making. Replies nest at most as deep as hiredis's stack of 9 tasks.
    private let context: UnsafeMutablePointer<redisContext>
    let address: RedisAddress
    let server: String
    let openedAt = ContinuousClock.now
    /// Set once it cannot be used again.
    private(set) var isBroken = false
    /// Whether nothing but the greeting was exchanged.
    private(set) var isFresh = true
    /// Whether the server is a node of a cluster, as far as it says so.
    private(set) var isInCluster = false
    /// Bytes of the reply that is on its way.
    private var received = 0

    /// Connects, signs in, and makes sure that the server takes writes, or is of a cluster: there a replica sends
    /// whoever asks on to the node that does.
    init(_ address: RedisAddress, _ settings: RedisSettings) throws(RedisError) {
        self.address = address
        server = settings.name(of: address)
        let limit = timeval(settings.connectTimeout)
        guard let context = redisConnectWithTimeout(address.host, Int32(clamping: address.port), limit) else {
            throw .cannotConnect(server: server, reason: "no memory for a connection")
        }
        // From here on deinit frees it, whatever is thrown.
        self.context = context
        guard context.pointee.err == 0 else {
            throw .cannotConnect(server: server, reason: Self.reason(of: context))
        }
        let flags = fcntl(context.pointee.fd, F_GETFL)
        guard flags >= 0, fcntl(context.pointee.fd, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw .cannotConnect(server: server, reason: "the socket cannot be read without waiting")
        }
        context.pointee.flags &= ~REDIS_BLOCK
        redisEnableKeepAlive(context)
        RedisReplyMakers.bound(context)
        try greet(settings)
    }

    deinit { redisFree(context) }

    private func greet(_ settings: RedisSettings) throws(RedisError) {
        var commands: [RedisCommand] = []
        if let password = settings.password() {
            let user: [RedisWord] = settings.user.map { [.text($0)] } ?? []
            commands.append(RedisCommand(["AUTH"] + user + [.text(password)]))
        }
        if settings.database != 0 { commands.append(RedisCommand(["SELECT", .int(settings.database)])) }
        let needed = commands.count
        commands.append(RedisCommand(["CLIENT", "SETNAME", "millrace"]))
        commands.append(RedisCommand(["INFO", "cluster"]))
        commands.append(RedisCommand(["ROLE"]))
        let replies = try exchange(commands, within: settings.connectTimeout)
        isFresh = true
        // A user's rights may leave out the last three: then the server is taken at its word when it refuses a write.
        for (place, reply) in replies.enumerated() {
            guard case .error(let text) = reply else { continue }
            let error = RedisError(reply: text, server: server, user: settings.user ?? "default")
            if place < needed || error.isOutage { throw error }
        }
        isInCluster = replies.dropLast().last?.text?.contains("cluster_enabled:1") == true
        if let role = replies.last?.array?.first?.text, role == "slave" && !isInCluster || role == "sentinel"
        {
            throw .readOnly(server: server)
        }
    }

    /// What the node of a cluster knows of who has which slots. The connection stays as fresh as it was.
    ///
    /// - Throws: ``RedisError``; ``RedisError/refused(server:code:message:)`` where the user may not ask.
    func topology(_ settings: RedisSettings) throws(RedisError) -> RedisTopology {
        let wasFresh = isFresh
        let reply = try exchange([RedisCommand(["CLUSTER", "SLOTS"])], within: settings.connectTimeout).first
        isFresh = wasFresh
        if case .error(let text) = reply {
            throw RedisError(reply: text, server: server, user: settings.user ?? "default")
        }
        guard let topology = reply.flatMap({ RedisTopology($0, from: address) }) else {
            isBroken = true
            throw .unexpectedReply(server: server, expected: "the slots of a cluster")
        }
        return topology
    }

    /// Sends commands all at once and waits for as many replies, in their order; refusals are among them.
    ///
    /// - Parameters:
    ///   - limit: how long whoever asked waits.
    ///   - end: when that is over, if some of it is gone already.
    /// - Throws: ``RedisError`` when the connection is of no more use.
    func exchange(
        _ commands: [RedisCommand], within limit: Duration, until end: ContinuousClock.Instant? = nil
    ) throws(RedisError) -> [RedisReply] {
        let end = end ?? .now + limit
        isFresh = false
        try send(commands, until: end, limit)
        var replies: [RedisReply] = []
        replies.reserveCapacity(commands.count)
        for _ in commands {
            guard let reply = try reply(until: end) else {
                isBroken = true
                throw .timedOut(server: server, after: limit)
            }
            replies.append(reply)
        }
        return replies
    }

    func send(
        _ commands: [RedisCommand], until end: ContinuousClock.Instant, _ limit: Duration
    ) throws(RedisError) {
        var bytes: [UInt8] = []
        for command in commands { try append(command, to: &bytes) }
        var sent = 0
        while sent < bytes.count {
            // `sent` is below the count: the pointer lies within the bytes, and what is left of them is sent.
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(
                    context.pointee.fd, raw.baseAddress?.advanced(by: sent), raw.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                guard wait(for: POLLOUT, until: end) else {
                    isBroken = true
                    throw .timedOut(server: server, after: limit)
                }
            } else if errno != EINTR {
                throw lost(String(cString: strerror(errno)))
            }
        }
    }

    /// The next reply; `nil` when time is up first. What came of it until then is kept.
    func reply(until end: ContinuousClock.Instant) throws(RedisError) -> RedisReply? {
        while true {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &raw) == REDIS_OK else {
                isBroken = true
                throw .unexpectedReply(
                    server: server, expected: "Redis's protocol (\(Self.reason(of: context)))")
            }
            if let raw {
                defer { freeReplyObject(raw) }
                received = 0
                return RedisReply(raw.assumingMemoryBound(to: redisReply.self).pointee)
            }
            guard received <= RedisSettings.replyLimit else {
                isBroken = true
                throw .unexpectedReply(
                    server: server, expected: "a reply of \(RedisSettings.replyLimit) bytes at most")
            }
            guard wait(for: POLLIN, until: end) else { return nil }
            let before = context.pointee.reader?.pointee.len ?? 0
            guard redisBufferRead(context) == REDIS_OK else { throw lost(Self.reason(of: context)) }
            received += Int(clamping: (context.pointee.reader?.pointee.len ?? before) &- before)
        }
    }

    /// Whether the server has neither hung up nor said anything unasked while the connection lay idle.
    var isOpen: Bool { !isBroken && !wait(for: POLLIN, until: .now) }

    /// Waits until the socket is ready; false when time is up first.
    private func wait(for events: Int32, until end: ContinuousClock.Instant) -> Bool {
        while true {
            let left = max(.zero, end - ContinuousClock.now)
            var watched = pollfd(
                fd: context.pointee.fd, events: Int16(truncatingIfNeeded: events), revents: 0)
            // Rounded up: a wait of less than a millisecond is no wait, and would spin.
            let milliseconds = left == .zero ? 0 : Int32(clamping: left.wholeMilliseconds + 1)
            let ready = poll(&watched, 1, milliseconds)
            if ready > 0 { return true }
            if ready == 0, left == .zero { return false }
            if ready < 0, errno != EINTR { return true }
        }
    }

    private func append(_ command: RedisCommand, to bytes: inout [UInt8]) throws(RedisError) {
        var words: [UInt8] = []
        var places: [(offset: Int, length: Int)] = []
        for word in command.words {
            let offset = words.count
            word.append(to: &words)
            places.append((offset, words.count - offset))
        }
        guard !places.isEmpty, bytes.count + words.count <= RedisSettings.commandLimit else {
            throw .refused(
                server: server, code: "LIMIT",
                message: "commands of \(bytes.count + words.count) bytes in one go")
        }
        // An empty word needs an address all the same.
        words.append(0)
        var formatted: UnsafeMutablePointer<CChar>?
        let count = words.withUnsafeBytes { raw in
            // Each pointer lies within `raw`, which hiredis copies before it returns; lengths are those of the words.
            var pointers = places.map {
                raw.baseAddress?.advanced(by: $0.offset).assumingMemoryBound(to: CChar.self)
            }
            let lengths = places.map(\.length)
            return redisFormatCommandArgv(&formatted, Int32(clamping: places.count), &pointers, lengths)
        }
        guard count > 0, let formatted else {
            throw .refused(server: server, code: "LIMIT", message: "no memory for a command")
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: formatted, count: Int(count)))
        redisFreeCommand(formatted)
    }

    private func lost(_ reason: String) -> RedisError {
        isBroken = true
        return .connectionLost(server: server, reason: reason)
    }

    private static func reason(of context: UnsafeMutablePointer<redisContext>) -> String {
        let text = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.isEmpty ? "no reason was given" : text
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = max(.milliseconds(1), duration).components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
