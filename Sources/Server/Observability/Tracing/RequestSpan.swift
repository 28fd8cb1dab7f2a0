import Concurrency
import HTTPTypes
import Tracing

/// The span of an HTTP request that is answered here.
///
/// Source: OpenTelemetry semantic conventions for HTTP, "HTTP server".
struct RequestSpan: Sendable {
    let span: TraceSpan
    /// Begins it, in the trace that the request names if it names one.
    ///
    /// - Returns: `nil` for what nobody would look at: the page's own files, health and metrics.
    init?(_ request: APIRequest, _ operation: Operation, tracer: RequestTracer, isTLS: Bool, concurrent: Int)
    {
        guard operation.isTraced else { return nil }
        var context = ServiceContext.topLevel
        tracer.extract(request.headers, into: &context, using: FieldExtractor())
        let name = "\(request.method.rawValue) \(operation.path)"
        let recorded = tracer.startRecording(
            name, context: context, kind: .server, at: DefaultTracerClock.now.nanosecondsSinceEpoch,
            operation: operation.id, concurrent: concurrent)
        span = TraceSpan(recorded, tracer: tracer)
        span.set { facts in
            facts.set("http.request.method", request.method.rawValue)
            facts.set("http.route", operation.path)
            facts.set("url.path", String(request.path.prefix(256)))
            facts.set("url.scheme", isTLS ? "https" : "http")
            if let host = request.host {
                let parts = host.prefix(256).split(separator: ":")
                // An IPv6 address has colons of its own, and stands as it is.
                let address = parts.count == 2 ? String(parts[0]) : String(host.prefix(256))
                facts.set("server.address", address)
                if parts.count == 2, let port = Int(parts[1]) {
                    facts.set("server.port", port)
                }
            }
            facts.set("millrace.request_id", request.id)
        }
    }

    /// - Parameter status: that of the response; of a stream, the one that its end comes to.
    func ended(status: Int) {
        span.set("http.response.status_code", status)
        if status >= 500 { span.fail("\(status)") }
        span.end()
    }
}

extension TraceRecording {
    /// That of the trace which the calling task's work belongs to.
    static var current: TraceRecording? { ServiceContext.current?.spanSource?.recording }
}

extension Operation {
    /// Operations that nobody looks at the traces of.
    private static let untraced: Set<String> = [
        "healthz", "readyz", MetricsOperation.id, ContractOperation.id,
    ]

    var isTraced: Bool { !Self.untraced.contains(id) && !id.hasPrefix("page:") }
}

private struct FieldExtractor: Extractor {
    func extract(key: String, from carrier: HTTPFields) -> String? {
        HTTPField.Name(key).flatMap { carrier[$0] }
    }
}
