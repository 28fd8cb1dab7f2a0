import Logging

/// One line a request. Never what was asked: only its path's pattern, sizes and times.
struct RequestLog: Sendable {
    private let logger: Logger
    private let requestID: String
    private let method: String
    /// The route's pattern, such as `/v1/chunks/{id}/context`, or `none`.
    private(set) var route: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(logger: Logger, requestID: String, method: String, route: String) {
        self.logger = logger
        self.requestID = requestID
        self.method = method
        self.route = route
        start = clock.now
    }

    /// The same line, of a route that was found meanwhile.
    func naming(_ route: String) -> RequestLog {
        var log = self
        log.route = route
        return log
    }

    /// Milliseconds since the request came.
    private var elapsed: Double { (clock.now - start) / .milliseconds(1) }

    /// A failure of ours or of a service: a person must look.
    func failed(_ problem: ProblemDetails) {
        guard let cause = problem.cause else { return }
        logger.error(
            "request failed",
            metadata: [
                "millrace.request_id": "\(requestID)", "millrace.route": "\(route)",
                "millrace.problem": "\(problem.type)", "millrace.cause": "\(cause)",
            ])
    }

    /// A response that went out whole.
    func served(status: Int, bytes: Int) {
        line(status: status, more: ["millrace.bytes": "\(bytes)"])
    }

    /// A stream that is over: of events, of bytes, of a socket's messages.
    func streamed(_ outcome: StreamOutcome, status: Int) {
        switch outcome {
        case .complete: line(status: status, more: ["millrace.stream": "complete"])
        case .failed(let problem):
            failed(problem)
            line(status: problem.status, more: ["millrace.stream": "failed"])
        // 499 is what proxies log for a client that went away.
        case .cancelled: line(status: 499, more: ["millrace.stream": "cancelled"])
        }
    }

    private func line(status: Int, more: @autoclosure () -> Logger.Metadata) {
        guard logger.logLevel <= .info else { return }
        var metadata: Logger.Metadata = [
            "millrace.request_id": "\(requestID)", "millrace.method": "\(method)",
            "millrace.route": "\(route)", "millrace.status": "\(status)",
            "millrace.elapsed_ms": "\((elapsed * 10).rounded() / 10)",
        ]
        metadata.merge(more()) { first, _ in first }
        logger.info("request served", metadata: metadata)
    }
}
