import Synchronization

/// What processes tell each other of changes, so that none goes on with what another has changed: whoever keeps
/// something of it looks again at once.
///
/// A notice says what changed and nothing of how: `TELLER TOPIC`. It may be lost, so whoever follows a topic looks by
/// itself too, now and then; each time that listening begins, everybody looks.
public final class RedisNotices: Sendable {
    private let channel: RedisChannel
    private let followers: Followers
    /// Of this process, which does not take its own notices for others'.
    private let teller: String
    private let outgoing = Mutex(Outgoing())

    /// Between two rounds of notices: what is told meanwhile goes together, so that a long ingest has the others look some
    /// times a second and not with each document.
    private static let pause = Duration.milliseconds(50)

    private struct Outgoing {
        /// Topics that the next round tells.
        var topics: Set<String> = []
        /// The round that has not begun to tell, and the one before it.
        var next: Task<Void, Never>?
        var last: Task<Void, Never>?
        var toldAt: ContinuousClock.Instant?
    }

    /// - Parameters:
    ///   - name: the channel's, the same for all processes that are to hear each other.
    ///   - teller: names this process, and no other; without a space.
    ///   - pauses: between two attempts to listen, at first and at most.
    ///   - onLoss: called when listening ends or cannot begin; once until it has begun again.
    public init(
        _ pool: RedisPool, name: String, teller: String,
        pauses: ClosedRange<Duration> = .seconds(1)...(.seconds(10)),
        onLoss: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        let followers = Followers()
        self.followers = followers
        self.teller = teller
        channel = RedisChannel(
            pool, name: name, pauses: pauses, onGap: { followers.lookAtAll() }, onLoss: onLoss)
    }

    /// Has `look` called whenever another process tells that `topic` changed, or may have told so unheard.
    ///
    /// - Parameter look: must not wait.
    public func follow(_ topic: String, _ look: @escaping @Sendable () -> Void) {
        followers.add(topic, look)
    }

    /// Tells the others that `topic` changed, and returns when that was sent, or could not be.
    public func tell(_ topic: String) async { await telling(topic).value }

    /// The same, without waiting. Many in a row are told as fast as the server takes them, each topic once.
    public func tellSoon(_ topic: String) { _ = telling(topic) }

    /// The round that tells a topic: each has its own, so that nobody waits for what others tell later.
    private func telling(_ topic: String) -> Task<Void, Never> {
        outgoing.withLock { outgoing in
            outgoing.topics.insert(topic)
            if let next = outgoing.next { return next }
            let (before, toldAt) = (outgoing.last, outgoing.toldAt)
            let task = Task {
                await before?.value
                let end = (toldAt ?? .now - Self.pause) + Self.pause
                if end > .now { try? await Task.sleep(until: end, clock: .continuous) }
                for topic in takeTopics().sorted() { await channel.publish("\(teller) \(topic)") }
            }
            (outgoing.next, outgoing.last) = (task, task)
            return task
        }
    }

    /// What is to be told now; what comes from here on is the next round's.
    private func takeTopics() -> Set<String> {
        outgoing.withLock { outgoing in
            outgoing.next = nil
            outgoing.toldAt = .now
            defer { outgoing.topics = [] }
            return outgoing.topics
        }
    }

    /// Hears what others tell, until the task is cancelled.
    public func run() async {
        for await text in channel.messages() {
            let words = text.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0] != teller else { continue }
            followers.look(at: String(words[1]))
        }
    }

    private final class Followers: Sendable {
        private let looks = Mutex<[String: [@Sendable () -> Void]]>([:])

        func add(_ topic: String, _ look: @escaping @Sendable () -> Void) {
            looks.withLock { $0[topic, default: []].append(look) }
        }

        func look(at topic: String) {
            for look in looks.withLock({ $0[topic] ?? [] }) { look() }
        }

        func lookAtAll() {
            for look in looks.withLock({ $0.values.flatMap(\.self) }) { look() }
        }
    }
}
