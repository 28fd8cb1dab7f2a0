extension RedisPool {
    /// Which node each command goes to at first, and the right to ask those that do not rest.
    struct Plan: Sendable {
        var nodes: [RedisAddress]
        var tickets: [RedisAddress: RedisHealth.Ticket] = [:]
    }

    func plan(_ commands: [RedisCommand]) -> Plan {
        var plan = Plan(nodes: commands.map(node))
        for address in Set(plan.nodes) {
            if let ticket = health.admit(address) {
                plan.tickets[address] = ticket
            } else {
                // It may have been replaced by now.
                cluster.doubt(address)
            }
        }
        return plan
    }

    /// Sends each command to its node, and what a node sends on, once more, to the node that it names.
    ///
    /// - Parameter forgivesPassword: whether a node that refuses the password at first does not count as failed.
    /// - Returns: what became of each; a failure of all where no node was of use.
    func carryOut(
        _ commands: [RedisCommand], _ plan: Plan, within limit: Duration, forgivesPassword: Bool = false
    ) -> Result<[Result<RedisReply, RedisError>], RedisError> {
        let end = ContinuousClock.now + limit
        var results = [Result<RedisReply, RedisError>?](repeating: nil, count: commands.count)
        var nodes = plan.nodes
        var asks = [Bool](repeating: false, count: commands.count)
        var open = Array(commands.indices)
        var unsent: [Int: RedisError] = [:]
        for isFollowing in [false, true] {
            var redirected: [Int] = []
            for group in Self.groups(open, by: nodes) {
                guard let address = group.first.map({ nodes[$0] }) else { continue }
                let ticket = plan.tickets[address] ?? (isFollowing ? health.admit(address) : nil)
                let replies: [RedisReply]
                do throws(RedisError) {
                    guard let ticket else { throw .resting(server: settings.name(of: address)) }
                    replies = try exchange(
                        group.map { commands[$0] }, asking: group.map { asks[$0] }, ticket, at: address,
                        until: end, limit, forgivesPassword: forgivesPassword && !isFollowing)
                } catch {
                    for place in group { unsent[place] = error }
                    continue
                }
                for (place, reply) in zip(group, replies) {
                    guard case .error(let text) = reply else {
                        results[place] = .success(reply)
                        continue
                    }
                    results[place] = .failure(refusal(text, of: address))
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
        for case .failure(let error) in results where error.isToTell { health.refused(error) }
        if let error = unsent.min(by: { $0.key < $1.key })?.value, unsent.count == commands.count {
            return .failure(error)
        }
        return .success(
            results.enumerated().map { place, result in
                if let error = unsent[place] { return .failure(error) }
                let server = settings.name(of: nodes[place])
                return result ?? .failure(.unexpectedReply(server: server, expected: "a reply"))
            })
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

    private func refusal(_ text: String, of address: RedisAddress) -> RedisError {
        let error = RedisError(
            reply: text, server: settings.name(of: address), user: settings.user ?? "default")
        // Somebody else may have the slot by now.
        if case .loading = error { cluster.doubt() }
        return error
    }

    /// One exchange with a node, and what it says of the node. A refusal that stands for the whole node is thrown.
    ///
    /// - Parameter asking: whether a command goes behind `ASKING`: the node has the slot for whoever says so alone.
    private func exchange(
        _ commands: [RedisCommand], asking: [Bool], _ ticket: RedisHealth.Ticket, at address: RedisAddress,
        until end: ContinuousClock.Instant, _ limit: Duration, forgivesPassword: Bool
    ) throws(RedisError) -> [RedisReply] {
        do throws(RedisError) {
            let replies = try exchange(commands, asking: asking, at: address, until: end, limit)
            // What is sent on is answered by another node.
            let answers = replies.count { reply in
                if case .error(let text) = reply { RedisRedirect(text) == nil } else { true }
            }
            health.succeeded(ticket, replies: answers)
            return replies
        } catch {
            if case .notAdmitted = error, forgivesPassword { throw error }
            if error.isOutage {
                health.failed(ticket, error)
                cluster.doubt(address)
            } else {
                health.refused(error)
            }
            throw error
        }
    }

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

extension RedisError {
    /// Whether an operator should hear of it: a script that the server has not seen yet is no fault.
    fileprivate var isToTell: Bool {
        if case .refused(_, "NOSCRIPT", _) = self { false } else { true }
    }
}
