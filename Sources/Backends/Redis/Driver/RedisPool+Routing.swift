extension RedisPool {
    /// Sends each command to its node, and what a node sends on, once more, to the node that it names.
    ///
    /// - Throws: ``RedisError`` when a node is of no use for now.
    func carryOut(
        _ commands: [RedisCommand], within limit: Duration
    ) throws(RedisError) -> [Result<RedisReply, RedisError>] {
        let end = ContinuousClock.now + limit
        var results = [Result<RedisReply, RedisError>?](repeating: nil, count: commands.count)
        var nodes = commands.map(node)
        var asks = [Bool](repeating: false, count: commands.count)
        var open = Array(commands.indices)
        for isFollowing in [false, true] {
            var redirected: [Int] = []
            for group in Self.groups(open, by: nodes) {
                guard let address = group.first.map({ nodes[$0] }) else { continue }
                let replies = try exchange(
                    group.map { commands[$0] }, asking: group.map { asks[$0] }, at: address, until: end,
                    limit)
                for (place, reply) in zip(group, replies) {
                    guard case .error(let text) = reply else {
                        results[place] = .success(reply)
                        continue
                    }
                    results[place] = .failure(
                        RedisError(reply: text, server: settings.name, user: settings.user ?? "default"))
                    guard !isFollowing, let redirect = RedisRedirect(text),
                        let next = redirect.address(from: address)
                    else { continue }
                    if !redirect.isAsk { learn(redirect.slot, isAt: next) }
                    nodes[place] = next
                    asks[place] = redirect.isAsk
                    redirected.append(place)
                }
            }
            open = redirected
            if open.isEmpty { break }
        }
        return results.map { result in
            result ?? .failure(.unexpectedReply(server: settings.name, expected: "a reply"))
        }
    }

    /// The places in `open`, those of one node together, in the order in which the nodes come first.
    private static func groups(_ open: [Int], by nodes: [RedisAddress]) -> [[Int]] {
        var order: [RedisAddress] = []
        var places: [RedisAddress: [Int]] = [:]
        for place in open {
            let node = nodes[place]
            if places[node] == nil { order.append(node) }
            places[node, default: []].append(place)
        }
        return order.compactMap { places[$0] }
    }

    /// One exchange with a node. A refusal that stands for the whole node is thrown.
    ///
    /// - Parameter asking: whether a command goes behind `ASKING`: the node has the slot for whoever says so alone.
    private func exchange(
        _ commands: [RedisCommand], asking: [Bool], at address: RedisAddress,
        until end: ContinuousClock.Instant, _ limit: Duration
    ) throws(RedisError) -> [RedisReply] {
        var sent: [RedisCommand] = []
        for (command, isAsking) in zip(commands, asking) {
            if isAsking { sent.append(RedisCommand(["ASKING"])) }
            sent.append(command)
        }
        return try withConnection(at: address) { connection throws(RedisError) -> [RedisReply] in
            // A connection that had to be made first leaves the command its whole time: whoever waited has gone.
            var replies = try connection.exchange(
                sent, within: limit, until: connection.isFresh ? nil : end
            ).makeIterator()
            var own: [RedisReply] = []
            for isAsking in asking {
                if isAsking { _ = replies.next() }
                guard let reply = replies.next() else { break }
                if case .error(let text) = reply {
                    let error = RedisError(
                        reply: text, server: connection.server, user: settings.user ?? "default")
                    if error.isOutage { throw error }
                }
                own.append(reply)
            }
            return own
        }
    }
}
