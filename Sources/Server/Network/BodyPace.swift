/// How fast a body that is taken piece by piece must come: each piece in its time, and not by single bytes for ever.
struct BodyPace {
    /// Bytes that may take ``patience`` timeouts.
    private static let quota = 16_384
    private static let patience = 4

    private let timeout: Duration
    /// Bytes of the present quota, and the time that was waited for them.
    private var bytes = 0
    private var waited = Duration.zero

    init(_ timeout: Duration) {
        self.timeout = timeout
    }

    /// Time for the next piece.
    var limit: Duration { max(.milliseconds(1), min(timeout, timeout * Self.patience - waited)) }

    mutating func received(_ count: Int, after time: Duration) {
        bytes += count
        waited += time
        guard bytes >= Self.quota else { return }
        bytes = 0
        waited = .zero
    }
}
