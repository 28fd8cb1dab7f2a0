/// How messages are sent.
public struct NotificationConfiguration: Sendable {
    /// Messages under way at once, in this process.
    public var concurrency: Int
    /// Messages under way at once to one endpoint, of all processes.
    public var concurrencyOfOne: Int
    /// Messages under way at once to the endpoints of one owner, of all processes. Less than ``concurrency``, so that
    /// one whose receivers all hang leaves room for the others.
    public var concurrencyOfOwner: Int
    /// How long a sender's right to an attempt lasts, which it renews at every third of it. What a sender that died had
    /// under way is sent again after that, and until then keeps its places among ``concurrencyOfOne``.
    public var lease: Duration
    /// How long it waits before it looks for what others have put into the outbox, and for what is due again.
    public var pause: Duration
    /// An endpoint whose attempts have all failed for so long is disabled.
    public var failingLimit: Duration
    public var schedule: WebhookSchedule

    public init(
        concurrency: Int = 32, concurrencyOfOne: Int = 2, concurrencyOfOwner: Int = 8,
        lease: Duration = .seconds(12),
        pause: Duration = .seconds(1), failingLimit: Duration = .seconds(5 * 86_400),
        schedule: WebhookSchedule = .standard
    ) {
        self.concurrency = concurrency
        self.concurrencyOfOne = concurrencyOfOne
        self.concurrencyOfOwner = concurrencyOfOwner
        self.lease = lease
        self.pause = pause
        self.failingLimit = failingLimit
        self.schedule = schedule
    }
}
