import Concurrency

/// The span of one exchange with another server, where the work that needs it is traced.
///
/// Source: OpenTelemetry semantic conventions for HTTP, "HTTP client". The URL is told without its query, which may
/// hold what is searched for, or a secret.
struct ExchangeSpan: Sendable {
    private let span: TraceSpan

    /// - Returns: `nil` where nothing is traced.
    init?(_ request: HTTPRequest) {
        guard let span = RequestTrace.begin(request.method, .call) else { return nil }
        self.span = span
        span.set("http.request.method", request.method)
        guard let url = try? RequestURL(request.url) else { return }
        span.set("server.address", url.host)
        span.set("server.port", url.port ?? (url.scheme == "https" ? 443 : 80))
        span.set("url.full", "\(url.scheme)://\(url.authority)\(url.path)")
    }

    /// The request with `traceparent` and `tracestate`, unless it has its own.
    func carried(by request: HTTPRequest) -> HTTPRequest {
        var request = request
        for (name, value) in span.headers where name.isHeader("traceparent") || name.isHeader("tracestate") {
            guard !request.headers.contains(where: { $0.name.isHeader(name) }) else { continue }
            request.headers.append((name, value))
        }
        return request
    }

    func answered(_ status: Int) {
        span.set("http.response.status_code", status)
        if status >= 400 { span.fail("\(status)") }
    }

    func failed(_ error: TransportError) {
        if case .cancelled = error { span.set("error.type", "cancelled") } else { span.fail(error.traceName) }
    }

    func end() { span.end() }
}

extension TransportError {
    /// The case's name, without what it holds.
    fileprivate var traceName: String {
        Mirror(reflecting: self).children.first?.label ?? "\(self)"
    }
}
