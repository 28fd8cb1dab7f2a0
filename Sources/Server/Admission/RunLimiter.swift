import Synchronization

/// Lets so many runs go on at once; some more wait, the rest are refused.
///
/// Callers take turns: whoever has a hundred waiting waits behind the first of everybody else's. Within one caller the
/// order is that of asking. A caller may have a limit of their own, at which they wait while others go on; so may each of
/// their keys, for what is asked with it.
final class RunLimiter: Sendable {
    /// The right to run; gives its place back when released, at the latest with its last reference.
    final class Slot: Sendable {
        private let limiter: RunLimiter
        private let holder: String
        private let isReleased = Atomic(false)

        fileprivate init(_ limiter: RunLimiter, _ holder: String) {
            self.limiter = limiter
            self.holder = holder
        }

        func release() {
            guard !isReleased.exchange(true, ordering: .relaxed) else { return }
            limiter.giveBack(holder)
        }

        deinit { release() }
    }

    private struct Waiter {
        var id: UInt64
        var caller: String
        /// Whose runs the limit is of: the caller's, or a key's of theirs.
        var holder: String
        /// Runs that the holder may have at once.
        var limit: Int
        /// Whether it may take another's place in a full queue.
        var displaces: Bool
        var continuation: CheckedContinuation<Slot, any Error>
    }

    private struct State {
        var running = 0
        /// How many of them are of which holder; none is listed with none.
        var runningOf: [String: Int] = [:]
        var waiting: [Waiter] = []
        /// When each caller who waits was last given a place, as a number that only grows.
        var servedAt: [String: UInt64] = [:]
        var nextID: UInt64 = 0
        /// Cancelled before they had begun to wait.
        var cancelled: Set<UInt64> = []
    }

    private let maxRunning: Int
    private let maxWaiting: Int
    private let state = Mutex(State())

    init(running: Int, waiting: Int) {
        maxRunning = running
        maxWaiting = waiting
    }

    /// How many may run at once.
    var places: Int { maxRunning }

    /// How many run and how many wait.
    var load: (running: Int, waiting: Int) {
        state.withLock { ($0.running, $0.waiting.count) }
    }

    /// Waits for a place.
    ///
    /// - Parameters:
    ///   - caller: whose run it is.
    ///   - limit: how many the caller may have at once, one at least; `nil` for as many as there are.
    ///   - holder: whose runs are counted for that limit, such as a key's; `nil` for the caller's.
    ///   - displaces: whether it may take the place of one who waits in a full queue.
    /// - Throws: ``RequestFault/busy(running:waiting:retryAfterSeconds:)`` at once when too many wait, or
    ///   `CancellationError`.
    func slot(
        for caller: String, atMost limit: Int? = nil, of holder: String? = nil, displaces: Bool = true
    ) async throws -> Slot {
        try Task.checkCancellation()
        let most = max(1, limit ?? .max)
        let holder = holder ?? caller
        if state.withLock({ begin(caller, holder, atMost: most, &$0) }) { return Slot(self, holder) }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        // A cancellation that comes once the place was given or refused has nobody to tell.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                enter(
                    Waiter(
                        id: id, caller: caller, holder: holder, limit: most, displaces: displaces,
                        continuation: $0))
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private enum Entry {
        case runs, refused, cancelled
        /// In the place of another, who is refused, if there is one.
        case waits(instead: Waiter?)
    }

    private func enter(_ waiter: Waiter) {
        let entry = state.withLock { state -> Entry in
            if state.cancelled.remove(waiter.id) != nil { return .cancelled }
            if begin(waiter.caller, waiter.holder, atMost: waiter.limit, &state) { return .runs }
            guard state.waiting.count < maxWaiting else {
                guard waiter.displaces, let place = Self.placeToTake(for: waiter.caller, state) else {
                    return .refused
                }
                let other = state.waiting.remove(at: place)
                state.waiting.append(waiter)
                return .waits(instead: other)
            }
            state.waiting.append(waiter)
            return .waits(instead: nil)
        }
        switch entry {
        case .runs: waiter.continuation.resume(returning: Slot(self, waiter.holder))
        case .waits(let other): other.map(refuse)
        case .cancelled: waiter.continuation.resume(throwing: CancellationError())
        case .refused: refuse(waiter)
        }
    }

    private func refuse(_ waiter: Waiter) {
        waiter.continuation.resume(
            throwing: RequestFault.busy(running: maxRunning, waiting: maxWaiting, retryAfterSeconds: 2))
    }

    /// Of a full queue, the last place of whoever has the most, if that is more than `caller` would have with one
    /// more: nobody can fill the queue against the others.
    private static func placeToTake(for caller: String, _ state: State) -> Int? {
        var counts: [String: Int] = [:]
        for waiter in state.waiting { counts[waiter.caller, default: 0] += 1 }
        guard let most = counts.max(by: { $0.value < $1.value }),
            most.value > counts[caller, default: 0] + 1
        else { return nil }
        return state.waiting.lastIndex { $0.caller == most.key }
    }

    /// Takes a place, if there is one for this caller.
    private func begin(
        _ caller: String, _ holder: String, atMost limit: Int, _ state: inout State
    ) -> Bool {
        guard state.running < maxRunning, state.runningOf[holder, default: 0] < limit else { return false }
        Self.begin(caller, holder, &state)
        return true
    }

    private static func begin(_ caller: String, _ holder: String, _ state: inout State) {
        state.running += 1
        state.runningOf[holder, default: 0] += 1
        state.nextID += 1
        state.servedAt[caller] = state.nextID
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiting.remove(at: index)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// The place goes to the caller who has had none for longest, among those who may have one more.
    private func giveBack(_ holder: String) {
        let next = state.withLock { state -> Waiter? in
            state.running -= 1
            let left = state.runningOf[holder, default: 1] - 1
            state.runningOf[holder] = left > 0 ? left : nil
            guard !state.waiting.isEmpty else {
                Self.forget(&state)
                return nil
            }
            guard state.running < maxRunning else { return nil }
            var best: (place: Int, servedAt: UInt64)?
            var seen: Set<String> = []
            for (place, waiter) in state.waiting.enumerated() where !seen.contains(waiter.caller) {
                guard state.runningOf[waiter.holder, default: 0] < waiter.limit else { continue }
                seen.insert(waiter.caller)
                let servedAt = state.servedAt[waiter.caller] ?? 0
                if best.map({ servedAt < $0.servedAt }) ?? true { best = (place, servedAt) }
            }
            defer { Self.forget(&state) }
            guard let best else { return nil }
            let waiter = state.waiting.remove(at: best.place)
            Self.begin(waiter.caller, waiter.holder, &state)
            return waiter
        }
        next?.continuation.resume(returning: Slot(self, next?.holder ?? ""))
    }

    /// Turns are of interest only while somebody waits.
    private static func forget(_ state: inout State) {
        if state.waiting.isEmpty { state.servedAt.removeAll(keepingCapacity: true) }
    }
}
