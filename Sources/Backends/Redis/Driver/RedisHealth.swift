import Synchronization

/// What changed between this process and its Redis; told once each time.
public enum RedisChange: Sendable, Hashable {
    /// It, or a node of the cluster, does not answer, or not as it should: what it had falls back to the process's own.
    case lost(RedisError)
    /// It answers again, with all that it is.
    case found
    /// It answers, and refuses a command; told once a minute at most.
    case refusing(RedisError)
}

extension RedisError: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// A circuit breaker for each node: one that failed is not asked again before a pause, and then by one request alone.
///
/// The pause doubles with each failed attempt up to a longest one, and begins anew once the node has answered. Of a
/// cluster the nodes that have slots are watched: the memory is lost with the first of them, and found with the last.
final class RedisHealth: Sendable {
    /// The right to ask a node, and in which of its states it was given.
    struct Ticket: Sendable {
        fileprivate var address: RedisAddress
        fileprivate var generation: UInt64
    }

    private struct Node {
        var down: RedisError?
        var failedAt = ContinuousClock.now
        var retryAt = ContinuousClock.now
        var pause: Duration
        /// Grows whenever the node is lost or found: what was begun before says nothing of what is now.
        var generation: UInt64 = 0
    }

    private struct State {
        var nodes: [RedisAddress: Node] = [:]
        var watched: Set<RedisAddress>
        var refusalToldAt: ContinuousClock.Instant?
        var counts = RedisCounts()

        /// The watched nodes that are of no use.
        var lost: [RedisAddress: RedisError] {
            nodes.compactMapValues(\.down).filter { watched.contains($0.key) }
        }
    }

    private static let refusalPause = Duration.seconds(60)
    private let pauses: ClosedRange<Duration>
    private let onChange: @Sendable (RedisChange) -> Void
    private let first: RedisAddress
    private let state: Mutex<State>

    /// - Parameter address: the node that is watched until others are known.
    init(
        watching address: RedisAddress, pauses: ClosedRange<Duration>,
        onChange: @escaping @Sendable (RedisChange) -> Void
    ) {
        self.pauses = pauses
        self.onChange = onChange
        first = address
        state = Mutex(State(watched: [address]))
    }

    var counts: RedisCounts {
        state.withLock { state in
            var counts = state.counts
            counts.isReachable = state.lost.isEmpty
            return counts
        }
    }

    /// - Returns: `nil` for a node that rests, which is counted.
    func admit(_ address: RedisAddress) -> Ticket? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard var node = state.nodes[address] else { return Ticket(address: address, generation: 0) }
            if node.down != nil {
                guard now >= node.retryAt else {
                    state.counts.skipped += 1
                    return nil
                }
                // Whoever comes next waits for a pause of its own, even if this one never tells how it went.
                node.retryAt = now + node.pause
                state.nodes[address] = node
            }
            return Ticket(address: address, generation: node.generation)
        }
    }

    /// Whether a node failed when it was last asked.
    func isDown(_ address: RedisAddress) -> Bool { state.withLock { $0.nodes[address]?.down != nil } }

    func countSkipped() { state.withLock { $0.counts.skipped += 1 } }

    /// - Parameter replies: commands that were answered, refusals among them.
    func succeeded(_ ticket: Ticket, replies: Int) {
        change { state in
            state.counts.answered += replies
            guard var node = state.nodes[ticket.address], node.down != nil,
                ticket.generation == node.generation
            else { return false }
            node.down = nil
            node.generation += 1
            node.pause = pauses.lowerBound
            state.nodes[ticket.address] = node
            return true
        }
    }

    func failed(_ ticket: Ticket, _ error: RedisError) {
        let now = ContinuousClock.now
        change { state in
            state.counts.failed += 1
            var node = state.nodes[ticket.address] ?? Node(pause: pauses.lowerBound)
            guard ticket.generation == node.generation else { return false }
            let wasUp = node.down == nil
            node.pause =
                wasUp
                ? pauses.lowerBound
                : now - node.failedAt < node.pause
                    ? node.pause : min(node.pause * 2, pauses.upperBound)
            node.down = error
            node.failedAt = now
            node.retryAt = now + node.pause
            if wasUp { node.generation += 1 }
            state.nodes[ticket.address] = node
            return wasUp
        }
    }

    func refused(_ error: RedisError) {
        let now = ContinuousClock.now
        let isTold = state.withLock { state in
            state.counts.refused += 1
            if let last = state.refusalToldAt, now - last < Self.refusalPause { return false }
            state.refusalToldAt = now
            return true
        }
        if isTold { onChange(.refusing(error)) }
    }

    /// Watches the nodes of a cluster that have slots, and forgets those that are not of it any more.
    func watch(_ topology: RedisTopology) {
        let owners = topology.owners
        guard !owners.isEmpty else { return }
        change { state in
            guard owners != state.watched else { return false }
            state.watched = owners
            let known = Set(topology.nodes + [first])
            state.nodes = state.nodes.filter { known.contains($0.key) }
            return true
        }
    }

    /// Tells what was lost and found by `body`.
    ///
    /// - Parameter body: returns whether anything may have been.
    private func change(_ body: (inout State) -> Bool) {
        let told = state.withLock { state -> [RedisChange] in
            let hasLoss = state.nodes.values.contains { $0.down != nil }
            let before = hasLoss ? state.lost : [:]
            guard body(&state) else { return [] }
            let after = state.lost
            if after.isEmpty { return before.isEmpty ? [] : [.found] }
            return after.filter { before[$0.key] == nil }.map { .lost($0.value) }
        }
        for change in told { onChange(change) }
    }
}

/// What became of commands since the process began.
public struct RedisCounts: Sendable, Hashable {
    public var isReachable = true
    /// Answered in time.
    public var answered = 0
    /// Answered with a refusal; among the answered ones.
    public var refused = 0
    /// Attempts that found the server gone, silent or of no use.
    public var failed = 0
    /// Not sent, as the server had failed a moment before or too many waited.
    public var skipped = 0

    public init() {}
}
