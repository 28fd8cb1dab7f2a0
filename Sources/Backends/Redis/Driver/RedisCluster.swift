import Synchronization

/// The map of a cluster that a pool goes by, and when it is to be read anew. Of a server of its own nothing is known.
///
/// It is read with the first connection, after a node sent a command on, and when a node fails: its replica may have
/// its slots by then. Where the user may not ask for it, slots are learnt one by one, as nodes send commands on.
final class RedisCluster: Sendable {
    private struct State {
        var topology = RedisTopology()
        /// Whether there is a cluster at all.
        var isThere = false
        var isRead = false
        var isStale = false
        var isDenied = false
        var isBeingRead = false
        var readAgainAt = ContinuousClock.now

        var isDue: Bool {
            isThere && isStale && !isDenied && !isBeingRead && ContinuousClock.now >= readAgainAt
        }
    }

    private let state = Mutex(State())
    /// Between two readings.
    private let pause: Duration

    init(pause: Duration) {
        self.pause = pause
    }

    /// Who has the key; `nil` where it is not known.
    func node(of key: String) -> RedisAddress? {
        state.withLock { state in
            state.isThere ? state.topology.node(of: RedisSlots.slot(of: key)) : nil
        }
    }

    /// All nodes that are known; none for a server of its own.
    var nodes: [RedisAddress] { state.withLock { $0.topology.nodes } }

    /// Notes what a node said when it sent a command on.
    ///
    /// - Returns: what is known from then on.
    func learn(_ slot: Int, isAt address: RedisAddress) -> RedisTopology {
        state.withLock { state in
            state.isThere = true
            state.isStale = true
            state.topology.learn(slot, isAt: address)
            return state.topology
        }
    }

    /// A node failed, or rests as it did.
    func doubt(_ address: RedisAddress) {
        state.withLock { state in
            guard state.isThere else { return }
            state.isStale = true
            // Any other node says who has them now.
            if state.isDenied { state.topology.drop(address) }
        }
    }

    func doubt() { state.withLock { $0.isStale = true } }

    // MARK: Reading it

    /// Whether a connection with a node of a cluster is the first one. Whoever is told so reads the map with it.
    func beginFirstReading() -> Bool {
        state.withLock { state in
            state.isThere = true
            guard !state.isRead, !state.isDenied, !state.isBeingRead else { return false }
            state.isBeingRead = true
            return true
        }
    }

    /// Whether the map is to be read now.
    var isDue: Bool { state.withLock { $0.isDue } }

    /// Whether the map is to be read now. Whoever is told so reads it, and says when that has ended.
    func beginReading() -> Bool {
        state.withLock { state in
            guard state.isDue else { return false }
            state.isBeingRead = true
            return true
        }
    }

    /// - Parameters:
    ///   - topology: `nil` when nobody told it.
    ///   - isDenied: whether the user may not ask.
    func endReading(_ topology: RedisTopology?, isDenied: Bool = false) {
        state.withLock { state in
            state.isBeingRead = false
            state.readAgainAt = .now + pause
            if isDenied { state.isDenied = true }
            guard let topology else { return }
            state.topology = topology
            state.isRead = true
            state.isStale = false
        }
    }
}
