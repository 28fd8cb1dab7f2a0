import Synchronization

/// Requests by the operation that answered them and by the class of the status.
///
/// Every series is made here, once: what a request does afterwards is a look into a dictionary that nobody changes,
/// and three additions that wait for nobody.
final class RequestMetrics: Sendable {
    /// The requests of one operation.
    final class Series: Sendable {
        /// By class: 1xx to 5xx.
        let counts = (1...5).map { _ in EventCounter() }
        let durations = LatencyHistogram()

        fileprivate func add(status: Int, _ duration: Duration?) {
            counts[min(max(status / 100, 1), 5) - 1].add()
            if let duration { durations.add(duration) }
        }
    }

    /// What a request counts as that reached no operation.
    static let unmatched = "none"

    private let series: [String: Series]
    private let rest = Series()
    fileprivate let inFlight = Level()

    /// - Parameter operations: ids. Requests of any other operation count as ``unmatched``.
    init(operations: [String]) {
        series = Dictionary(operations.map { ($0, Series()) }, uniquingKeysWith: { first, _ in first })
    }

    /// Requests that are being answered, streams and sockets that are open included.
    var inFlightCount: Int { inFlight.value }

    /// In the order of the operations' ids, ``unmatched`` last.
    var all: [(String, Series)] {
        series.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [(Self.unmatched, rest)]
    }

    /// A request that begins now.
    func begin() -> RequestObservation {
        inFlight.rise()
        return RequestObservation(metrics: self)
    }

    fileprivate func end(_ operation: String, status: Int, after duration: Duration?) {
        inFlight.fall()
        (series[operation] ?? rest).add(status: status, duration)
    }
}

/// One request, from its beginning to its end. Whoever made it ends it once: by ``ended(status:)``, or by the
/// ``StreamObservation`` that it becomes.
struct RequestObservation: Sendable {
    fileprivate let metrics: RequestMetrics
    fileprivate let start = ContinuousClock.now
    /// The id of the operation that answers, once it is known.
    var operation = RequestMetrics.unmatched

    /// A response that is whole.
    func ended(status: Int) {
        metrics.end(operation, status: status, after: ContinuousClock.now - start)
    }

    /// A response that goes on.
    ///
    /// - Parameters:
    ///   - isTimed: whether its time counts as a latency. That of a socket does not: it lasts as long as its client
    ///     likes.
    ///   - span: ends with it.
    func becomingStream(isTimed: Bool = true, span: RequestSpan? = nil) -> StreamObservation {
        StreamObservation(self, isTimed: isTimed, span: span)
    }
}

/// A response that is made while it is sent. One that nobody begins to read ends with its last reference.
final class StreamObservation: Sendable {
    private let request: RequestObservation
    private let isTimed: Bool
    private let span: RequestSpan?
    private let isEnded = Atomic(false)

    fileprivate init(_ request: RequestObservation, isTimed: Bool, span: RequestSpan?) {
        self.request = request
        self.isTimed = isTimed
        self.span = span
    }

    deinit { end(status: StreamOutcome.clientGone) }

    /// - Parameter status: the one that was sent.
    func ended(_ outcome: StreamOutcome, status: Int) { end(status: outcome.status(sent: status)) }

    private func end(status: Int) {
        guard !isEnded.exchange(true, ordering: .relaxed) else { return }
        request.metrics.end(
            request.operation, status: status,
            after: isTimed ? ContinuousClock.now - request.start : nil)
        span?.ended(status: status)
    }
}

extension StreamOutcome {
    /// What proxies log for a client that went away.
    static let clientGone = 499

    /// The status that a stream counts as, which may go wrong after its own was sent.
    fileprivate func status(sent status: Int) -> Int {
        switch self {
        case .complete: status
        case .failed(let problem): problem.status
        case .cancelled: Self.clientGone
        }
    }
}

extension RequestMetrics {
    /// An operation's times are told from its first request on; its counts from the beginning, so that the first
    /// failure is seen as one more than none.
    var families: [MetricFamily] {
        let all = all
        var counts: [MetricFamily.Sample] = []
        for (operation, series) in all {
            for (place, counter) in series.counts.enumerated() {
                let count = counter.value
                // 1xx and 3xx are the answers of few operations.
                guard count > 0 || [1, 3, 4].contains(place) else { continue }
                counts.append(
                    MetricFamily.Sample(
                        labels: [
                            MetricFamily.Label(name: "operation", value: operation),
                            MetricFamily.Label(name: "status", value: "\(place + 1)xx"),
                        ], value: Double(count)))
            }
        }
        let times = all.map { ($0, $1.durations.reading) }.filter { $0.1.count > 0 }
        return [
            MetricFamily(
                name: "millrace_http_requests_total",
                help: "Requests by operation and class of the status; a client that went away is a 4xx",
                kind: .counter, samples: counts),
            .latencies(
                "millrace_http_request_duration_seconds", by: "operation", times,
                "Time until a response, a stream's end included, was made"),
            .single(
                .gauge, "millrace_http_requests_in_flight", inFlightCount,
                "Requests, open streams and open sockets now"),
        ]
    }
}
