import Concurrency
import Synchronization

/// How this process looks at the journal: one look after the other, and whether the last one was answered.
final class JournalWatch: Sendable {
    typealias Look = Task<Result<Void, CollectionError>, Never>

    private struct Looks {
        /// The look that has not begun, which is for all who ask until it does.
        var next: Look?
        var last: Look?
    }

    /// Whoever waits until something is to be done looks again when this is nudged.
    let nudge = Nudge()
    private let looks = Mutex(Looks())
    private let away = Atomic(false)
    private let ending = Atomic(false)
    /// Collections that are being levelled.
    private let levelling = Mutex<Set<CollectionKey>>([])
    /// When the next copy may be begun; `nil` while one is made.
    private let copyTime = Mutex<ContinuousClock.Instant?>(.now)
    /// After so long a copy that could not be made is tried again.
    private static let copyPause = Duration.seconds(30)

    /// Whether the journal did not answer the last time.
    var isAway: Bool {
        get { away.load(ordering: .relaxed) }
        set { away.store(newValue, ordering: .relaxed) }
    }

    /// Whether nobody follows any more: a copy that has not been made by now is not made.
    var isEnding: Bool {
        get { ending.load(ordering: .relaxed) }
        set { ending.store(newValue, ordering: .relaxed) }
    }

    /// Looks, and begins only now: what was there before this call is seen.
    func look(_ look: @escaping @Sendable () async -> Result<Void, CollectionError>) -> Look {
        looks.withLock { looks in
            if let next = looks.next { return next }
            let before = looks.last
            let task = Look {
                _ = await before?.value
                self.looks.withLock { $0.next = nil }
                return await look()
            }
            (looks.next, looks.last) = (task, task)
            return task
        }
    }

    /// - Returns: false when somebody levels it.
    func beginLevelling(_ key: CollectionKey) -> Bool { levelling.withLock { $0.insert(key).inserted } }
    func endLevelling(_ key: CollectionKey) { levelling.withLock { _ = $0.remove(key) } }

    /// - Returns: false when one is being made, or could not be a moment ago.
    func beginCopying() -> Bool {
        copyTime.withLock { time in
            guard let earliest = time, earliest <= .now else { return false }
            time = nil
            return true
        }
    }

    func endCopying(isDone: Bool) {
        copyTime.withLock { $0 = isDone ? .now : .now + Self.copyPause }
        if isDone { nudge.nudge() }
    }
}
