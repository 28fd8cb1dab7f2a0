import Foundation

/// A trace in a list.
struct TraceSummaryDocument: ResponseDocument {
    var id: String
    var operation: String
    var name: String
    var startedAt: Date
    var durationMs: Double
    @Nullable var status: Int?
    var isError: Bool
    var isSlow: Bool
    var spanCount: Int
    @Nullable var requestId: String?
    @Nullable var caller: String?
    @Nullable var flow: String?
    @Nullable var model: String?
    @Nullable var inputTokens: Int?
    @Nullable var outputTokens: Int?

    static let fields: [String: JSONSchema] = [
        "id": JSONSchema.text.described("32 hexadecimal digits, as in traceparent"),
        "operation": JSONSchema.text.described("an operation's id, “run” or “evaluation”"),
        "name": .text, "started_at": .time, "duration_ms": .number,
        "status": JSONSchema.integer.orNull.described("of HTTP; null for what no request asked for"),
        "is_error": .flag, "is_slow": .flag, "span_count": .integer, "request_id": JSONSchema.text.orNull,
        "caller": JSONSchema.text.orNull, "flow": JSONSchema.text.orNull, "model": JSONSchema.text.orNull,
        "input_tokens": JSONSchema.integer.orNull, "output_tokens": JSONSchema.integer.orNull,
    ]

    static var schema: JSONSchema { .object(required: fields).named("TraceSummary") }

    init(_ reading: TraceReading) {
        let root = reading.root
        id = reading.recording.trace.description
        operation = reading.recording.operation
        name = root.name
        startedAt = Date(timeIntervalSince1970: Double(root.start) / 1e9)
        durationMs = root.nanoseconds.milliseconds
        _status = Nullable(
            wrappedValue: root.attributes["http.response.status_code"]?.integer.map { Int($0) })
        isError = root.isError
        isSlow = reading.isSlow
        spanCount = reading.state.spans.count
        _requestId = Nullable(wrappedValue: root.attributes["millrace.request_id"]?.text)
        _caller = Nullable(wrappedValue: reading.state.caller)
        _flow = Nullable(wrappedValue: reading.first("millrace.flow"))
        _model = Nullable(wrappedValue: reading.first("gen_ai.request.model"))
        _inputTokens = Nullable(wrappedValue: reading.sum("gen_ai.usage.input_tokens"))
        _outputTokens = Nullable(wrappedValue: reading.sum("gen_ai.usage.output_tokens"))
    }
}

/// The response of `GET /v1/traces`.
struct TraceListDocument: ResponseDocument {
    struct Counted: Encodable, Sendable {
        var operation: String
        var seen: Int
        var kept: Int
    }

    var traces: [TraceSummaryDocument]
    @Nullable var next: String?
    var operations: [Counted]
    var slowMs: Double
    var isExporting: Bool
    var exported: Int
    var dropped: Int

    static var schema: JSONSchema {
        .object(required: [
            "traces": .list(of: TraceSummaryDocument.schema), "next": JSONSchema.text.orNull,
            "operations": .list(
                of: .object(required: ["operation": .text, "seen": .integer, "kept": .integer])),
            "slow_ms": JSONSchema.number.described("from which on a trace is slow"),
            "is_exporting": JSONSchema.flag.described("whether spans are sent to a collector"),
            "exported": .integer, "dropped": .integer,
        ]).named("TraceList")
    }

    init(
        traces: [TraceSummaryDocument], next: String?,
        _ counts: [(operation: String, seen: Int, kept: Int)], _ tracer: RequestTracer
    ) {
        self.traces = traces
        _next = Nullable(wrappedValue: next)
        operations = counts.map { Counted(operation: $0.operation, seen: $0.seen, kept: $0.kept) }
        slowMs = tracer.core.slowNanoseconds.milliseconds
        let exported = tracer.core.exporter?.counts
        isExporting = exported != nil
        self.exported = exported?.exported ?? 0
        dropped = exported?.dropped ?? 0
    }
}

/// The response of `GET /v1/traces/{id}`: the summary's own keys, and the spans.
struct TraceDocument: ResponseDocument {
    private var summary: TraceSummaryDocument
    private var parent: Nullable<String>
    private var spans: [TraceSpanDocument]
    private var droppedSpans: Int
    private var profile: Nullable<TraceProfileDocument>

    private enum CodingKeys: String, CodingKey {
        case parent, spans, droppedSpans, profile
    }

    static var schema: JSONSchema {
        .object(
            required: TraceSummaryDocument.fields.merging([
                "parent": JSONSchema.text.orNull.described("the caller's own span, in its own trace"),
                "spans": JSONSchema.list(of: TraceSpanDocument.schema).described(
                    "each behind its parent; those of one parent by their starts"),
                "dropped_spans": .integer,
                "profile": TraceProfileDocument.schema.orNull.described("of a slow one"),
            ]) { first, _ in first }
        ).named("Trace")
    }

    init(_ reading: TraceReading) {
        summary = TraceSummaryDocument(reading)
        parent = Nullable(wrappedValue: reading.root.parent?.description)
        let tree = reading.tree
        spans = tree.map { TraceSpanDocument($0.span, depth: $0.depth, own: $0.selfNanoseconds, reading) }
        droppedSpans = reading.state.droppedSpans
        profile = Nullable(wrappedValue: reading.isSlow ? TraceProfileDocument(reading, tree) : nil)
    }

    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(parent, forKey: .parent)
        try container.encode(spans, forKey: .spans)
        try container.encode(droppedSpans, forKey: .droppedSpans)
        try container.encode(profile, forKey: .profile)
    }
}
