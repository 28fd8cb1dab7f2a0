import Synchronization

/// Somebody who is told when a time has come.
protocol AlarmListener: AnyObject, Sendable {
    /// Called once at most, from any thread; must not wait.
    func ring()
}

/// Tells listeners when their times have come, and forgets at once who leaves before.
///
/// A task that sleeps by itself leaves a timer behind when it is cancelled, which stays until its time: thousands of
/// short requests a second with a long limit each would hold the timers of the last minutes. Here a wait that ends
/// early leaves eight bytes or so, for as long as that.
///
/// Times are kept to ``resolution``: deadlines are, and nothing that must be exact.
final class Alarm: Sendable {
    static let shared = Alarm()
    /// How late a wait may end, besides what the machine is late.
    static let resolution = Duration.milliseconds(20)

    fileprivate struct State {
        var waits: [UInt64: any AlarmListener] = [:]
        /// A heap, the earliest first; what is not among the waits any more has ended.
        var times: [(due: ContinuousClock.Instant, id: UInt64)] = []
        var nextID: UInt64 = 0
        var isTicking = false
    }

    private let state = Mutex(State())

    /// Waits whose time has not come.
    var count: Int { state.withLock { $0.waits.count } }

    /// Tells `listener` when `due` has come, unless it has left before.
    ///
    /// - Returns: the number to ``leave(_:)`` by.
    func enter(_ listener: any AlarmListener, at due: ContinuousClock.Instant) -> UInt64 {
        let (id, begins) = add(listener, due)
        if begins { Task.detached { await self.tick() } }
        return id
    }

    /// Forgets a listener; it may be told at this very moment, and is not told afterwards.
    func leave(_ id: UInt64) {
        state.withLock { _ = $0.waits.removeValue(forKey: id) }
    }

    /// - Returns: the listener's number, and whether somebody must begin to tick.
    private func add(
        _ listener: any AlarmListener, _ due: ContinuousClock.Instant
    ) -> (id: UInt64, begins: Bool) {
        state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.waits[id] = listener
            // Most of what ends, ends early: its time must not be kept for long among many.
            if state.times.count > 2 * state.waits.count + 1_024 {
                state.times.removeAll { state.waits[$0.id] == nil }
                state.times.sort { $0.due < $1.due }
            }
            state.times.append((due, id))
            var place = state.times.count - 1
            while place > 0, state.times[(place - 1) / 2].due > state.times[place].due {
                state.times.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
            defer { state.isTicking = true }
            return (id, !state.isTicking)
        }
    }

    private func tick() async {
        while let pause = fire() { try? await Task.sleep(for: pause) }
    }

    /// Ends the waits that are due.
    ///
    /// - Returns: when to look again; `nil` when nobody waits.
    private func fire() -> Duration? {
        let now = ContinuousClock.now
        let (due, pause) = state.withLock { state -> ([any AlarmListener], Duration?) in
            var due: [any AlarmListener] = []
            while let first = state.times.first, first.due <= now || state.waits[first.id] == nil {
                if let listener = state.waits.removeValue(forKey: first.id) { due.append(listener) }
                state.removeFirstTime()
            }
            guard let next = state.times.first else {
                state.isTicking = false
                return (due, nil)
            }
            return (due, min(max(next.due - now, .milliseconds(1)), Self.resolution))
        }
        for listener in due { listener.ring() }
        return pause
    }
}

extension Alarm.State {
    fileprivate mutating func removeFirstTime() {
        let last = times.removeLast()
        guard !times.isEmpty else { return }
        times[0] = last
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < times.count else { return }
            let right = left + 1
            let child = right < times.count && times[right].due < times[left].due ? right : left
            guard times[child].due < times[place].due else { return }
            times.swapAt(child, place)
            place = child
        }
    }
}
