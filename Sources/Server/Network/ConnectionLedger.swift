import Synchronization

/// Who holds the server's connections, so that nobody can hold them all.
///
/// When there are too many, of one origin or of all together, the one that has kept the server waiting longest makes
/// room: one without a request first, then one whose request's body is not there yet. A connection whose request is
/// being answered never does. So any number of connections on which nothing, or a byte now and then, is sent shut
/// nobody out: who comes later and asks at once is served.
final class ConnectionLedger: Sendable {
    /// What a connection is doing.
    enum Phase: Int, Sendable, Hashable {
        /// No request has come, or not the whole of its header.
        case waiting
        /// The rest of a request is on its way.
        case receiving
        /// A response is due.
        case served
    }

    /// A connection's place among the others.
    struct Seat: Sendable, Hashable {
        fileprivate let number: UInt64
    }

    fileprivate struct Entry {
        let origin: ConnectionOrigin
        let close: @Sendable () -> Void
        var phase = Phase.waiting
        /// Counts the phases, so that the places of earlier ones are told from the present one.
        var wait: UInt64 = 0
    }

    /// The lines of those that wait and those that receive.
    fileprivate struct Lines {
        var count = 0
        var lines = [WaitingLine(), WaitingLine()]
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        var all = Lines()
        var origins: [ConnectionOrigin: Lines] = [:]
        var next: UInt64 = 0
    }

    private let limit: Int
    private let limitPerOrigin: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: connections at a time.
    ///   - perOrigin: those of one address, or of one IPv6 network; this machine may have them all, because all of a
    ///     proxy's come from there.
    init(limit: Int, perOrigin: Int) {
        self.limit = limit
        limitPerOrigin = min(perOrigin, limit)
    }

    /// Connections now.
    var count: Int { state.withLock { $0.entries.count } }

    /// Takes a new connection in, if need be in another's place.
    ///
    /// - Parameter close: ends the connection, without waiting for anything.
    /// - Returns: `nil` when there is no room, so that the connection must be closed.
    func admit(_ origin: ConnectionOrigin, close: @escaping @Sendable () -> Void) -> Seat? {
        let (seat, closed) = state.withLock { state -> (Seat?, Entry?) in
            var closed: Entry?
            let own = origin == .loopback ? limit : limitPerOrigin
            if state.origins[origin, default: Lines()].count >= own {
                closed = state.removeLongestWaiting(of: origin)
                guard closed != nil else { return (nil, nil) }
            } else if state.entries.count >= limit {
                closed = state.removeLongestWaiting()
                guard closed != nil else { return (nil, nil) }
            }
            state.next += 1
            let number = state.next
            state.entries[number] = Entry(origin: origin, close: close)
            state.all.count += 1
            state.origins[origin, default: Lines()].count += 1
            state.join(number, .waiting)
            return (Seat(number: number), closed)
        }
        closed?.close()
        return seat
    }

    /// Says what a connection is doing from now on.
    ///
    /// - Returns: `false` when it has had to make room, and is being closed.
    @discardableResult
    func move(_ seat: Seat, to phase: Phase) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[seat.number] else { return false }
            if entry.phase != phase { state.join(seat.number, phase) }
            return true
        }
    }

    /// The connection is over. Nothing happens when it was over before.
    func leave(_ seat: Seat) {
        state.withLock { _ = $0.remove(seat.number) }
    }
}

extension ConnectionLedger.State {
    fileprivate mutating func join(_ number: UInt64, _ phase: ConnectionLedger.Phase) {
        guard var entry = entries[number] else { return }
        entry.phase = phase
        entry.wait += 1
        entries[number] = entry
        guard phase != .served else { return }
        let place = WaitingLine.Place(number: number, wait: entry.wait)
        let entries = entries
        let isCurrent = { (place: WaitingLine.Place) in entries[place.number]?.wait == place.wait }
        let every = all.count
        all.lines[phase.rawValue].join(place, most: every, isCurrent: isCurrent)
        let most = origins[entry.origin]?.count ?? 0
        origins[entry.origin]?.lines[phase.rawValue].join(place, most: most, isCurrent: isCurrent)
    }

    /// - Parameter origin: `nil` for any.
    fileprivate mutating func removeLongestWaiting(
        of origin: ConnectionOrigin? = nil
    ) -> ConnectionLedger.Entry? {
        longestWaiting(of: origin).flatMap { remove($0) }
    }

    private mutating func longestWaiting(of origin: ConnectionOrigin?) -> UInt64? {
        let entries = entries
        let isCurrent = { (place: WaitingLine.Place) in entries[place.number]?.wait == place.wait }
        for phase in [ConnectionLedger.Phase.waiting, .receiving] {
            let number =
                if let origin {
                    origins[origin]?.lines[phase.rawValue].popFirst(isCurrent: isCurrent)
                } else {
                    all.lines[phase.rawValue].popFirst(isCurrent: isCurrent)
                }
            if let number { return number }
        }
        return nil
    }

    fileprivate mutating func remove(_ number: UInt64) -> ConnectionLedger.Entry? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        all.count -= 1
        if let count = origins[entry.origin]?.count {
            if count > 1 { origins[entry.origin]?.count -= 1 } else { origins[entry.origin] = nil }
        }
        return entry
    }
}
