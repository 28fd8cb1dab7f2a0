import Synchronization

/// The last events of a run, with the followers that read them.
///
/// It keeps ``windowBytes`` of events. Room for a new one is made by letting the oldest go, but never one that a
/// follower has yet to read: then whoever tells it waits. So nothing is lost to a follower, and nothing grows.
final class RunLog: Sendable {
    /// Bytes of events that are kept.
    static let windowBytes = 64 << 10

    private struct Follower {
        /// The position that it reads next.
        var next: Int
        var waiting: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var events: [RunEvent] = []
        /// Events before this place of `events` have been let go.
        var head = 0
        /// The position of the oldest event that is kept.
        var base = 0
        var bytes = 0
        var isOver = false
        var followers: [Int: Follower] = [:]
        var writers: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextID = 0

        var end: Int { base + events.count - head }

        /// Lets old events go until `count` more bytes fit.
        ///
        /// - Returns: whether they fit now.
        mutating func makeRoom(for count: Int) -> Bool {
            let unread = followers.values.reduce(end) { min($0, $1.next) }
            while bytes + count > windowBytes, head < events.count, base < unread {
                bytes -= events[head].byteCount
                head += 1
                base += 1
            }
            if head > 64, head * 2 > events.count {
                events.removeFirst(head)
                head = 0
            }
            return bytes + count <= windowBytes || head == events.count
        }
    }

    let runID: String
    private let journal: (any RunJournal)?
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())
    /// Journalled runs write one event after another.
    private let order = AsyncGate()

    init(runID: String, journal: (any RunJournal)?, start: ContinuousClock.Instant) {
        self.runID = runID
        self.journal = journal
        self.start = start
    }

    // MARK: Telling

    /// Adds an event, when there is room for it.
    ///
    /// - Throws: `CancellationError` while it waits, or what the journal throws.
    func append(_ kind: RunEvent.Kind) async throws {
        guard let journal else {
            while let missing = add(kind, demanding: true) { try await waitForRoom(missing) }
            return
        }
        try await order.pass {
            let event = RunEvent(position: end, elapsed: ContinuousClock.now - start, kind: kind)
            try await journal.append(event, ofRun: runID)
            while let missing = add(kind, demanding: true) { try await waitForRoom(missing) }
        }
    }

    /// Adds the last event, room or not.
    func end(_ kind: RunEvent.Kind) async {
        if let journal {
            try? await order.pass {
                let event = RunEvent(position: end, elapsed: ContinuousClock.now - start, kind: kind)
                try await journal.append(event, ofRun: runID)
            }
        }
        _ = add(kind, demanding: false)
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    private var end: Int { state.withLock { $0.end } }

    /// - Returns: how many bytes of room it needs, when there are not as many; `nil` once it is added.
    private func add(_ kind: RunEvent.Kind, demanding: Bool) -> Int? {
        let (missing, woken) = state.withLock { state -> (Int?, [CheckedContinuation<Void, Never>]) in
            let event = RunEvent(position: state.end, elapsed: ContinuousClock.now - start, kind: kind)
            guard state.makeRoom(for: event.byteCount) || !demanding else { return (event.byteCount, []) }
            state.events.append(event)
            state.bytes += event.byteCount
            if event.isLast { state.isOver = true }
            return (nil, Self.wakeFollowers(&state))
        }
        for continuation in woken { continuation.resume() }
        return missing
    }

    private static func wakeFollowers(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        var woken: [CheckedContinuation<Void, Never>] = []
        for (id, follower) in state.followers {
            guard let waiting = follower.waiting else { continue }
            woken.append(waiting)
            state.followers[id]?.waiting = nil
        }
        return woken
    }

    private func waitForRoom(_ bytes: Int) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    // A follower may have read on since, or gone.
                    guard !Task.isCancelled, !state.makeRoom(for: bytes) else { return false }
                    state.writers[id] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.writers.removeValue(forKey: id) }?.resume()
        }
        try Task.checkCancellation()
    }

    // MARK: Following

    /// Registers a follower that reads from `position` on.
    func follow(from position: Int) -> Int {
        state.withLock { state in
            state.nextID += 1
            state.followers[state.nextID] = Follower(next: max(0, position))
            return state.nextID
        }
    }

    func leave(_ id: Int) {
        let (own, writers) = state.withLock { state in
            let own = state.followers.removeValue(forKey: id)?.waiting
            return (own, Self.wakeWriters(&state))
        }
        own?.resume()
        for writer in writers { writer.resume() }
    }

    private static func wakeWriters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        let writers = Array(state.writers.values)
        state.writers.removeAll(keepingCapacity: true)
        return writers
    }

    private enum Read {
        case event(RunEvent)
        /// Kept here no longer.
        case gone(position: Int, earliest: Int)
        case nothingYet
        case over
    }

    /// The follower's next event; `nil` behind the last one.
    func next(for id: Int) async throws -> RunEvent? {
        while true {
            switch read(id) {
            case .event(let event): return event
            case .over: return nil
            case .gone(let position, let earliest):
                return try await journalled(id, position, earliest: earliest)
            case .nothingYet:
                await waitForEvent(id)
                try Task.checkCancellation()
            }
        }
    }

    private func read(_ id: Int) -> Read {
        let (read, writers) = state.withLock { state -> (Read, [CheckedContinuation<Void, Never>]) in
            guard let next = state.followers[id]?.next else { return (.over, []) }
            guard next >= state.base else {
                return (.gone(position: next, earliest: state.base), [])
            }
            guard next < state.end else { return (state.isOver ? .over : .nothingYet, []) }
            let event = state.events[state.head + next - state.base]
            state.followers[id]?.next = next + 1
            return (.event(event), Self.wakeWriters(&state))
        }
        for writer in writers { writer.resume() }
        return read
    }

    private func journalled(_ id: Int, _ position: Int, earliest: Int) async throws -> RunEvent? {
        guard let event = try await journal?.events(ofRun: runID, from: position, limit: 1).first else {
            throw FlowError.eventsGone(run: runID, position: position, earliest: earliest)
        }
        state.withLock { $0.followers[id]?.next = position + 1 }
        return event
    }

    private func waitForEvent(_ id: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !Task.isCancelled, let follower = state.followers[id], !state.isOver,
                        follower.next >= state.end
                    else { return false }
                    state.followers[id]?.waiting = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                let waiting = state.followers[id]?.waiting
                state.followers[id]?.waiting = nil
                return waiting
            }?.resume()
        }
    }
}
