import Concurrency
import Synchronization
import Tracing

/// How traces are kept.
public struct TraceSettings: Sendable, Hashable {
    /// A trace of this length or longer is slow, and kept longer.
    public var slow: Duration
    /// The share of traces that are exported, 0…1, where the caller does not say.
    public var sampleRatio: Double

    public init(slow: Duration = .seconds(1), sampleRatio: Double = 1) {
        self.slow = slow
        self.sampleRatio = sampleRatio
    }
}

/// Records what requests and jobs do: for `GET /v1/traces`, and for a collector of OpenTelemetry.
///
/// It is a tracer of swift-distributed-tracing's. A trace that a caller has begun goes on here: `traceparent` and
/// `tracestate` (W3C Trace Context) are understood, and `X-Amzn-Trace-Id` (AWS X-Ray) where there are none.
public final class RequestTracer: Tracer, TraceBeginning {
    /// What spans tell of their ends; apart from the tracer, so that a recording holds no more than it needs.
    final class Core: Sendable {
        let slowNanoseconds: UInt64
        let store = TraceStore()
        /// Times of the parts of a search, by their names.
        let stages = LabelledSeries(limit: 64) { LatencyHistogram() }
        let exporter: TraceExporter?

        init(slowNanoseconds: UInt64, exporter: TraceExporter?) {
            (self.slowNanoseconds, self.exporter) = (slowNanoseconds, exporter)
        }

        func ended(
            _ span: SpanRecord, of recording: TraceRecording, isRoot: Bool, isSlow: Bool, isSampled: Bool
        ) {
            if span.kind == .internal, span.name.hasPrefix(SearchStages.prefix) {
                stages[String(span.name.dropFirst(SearchStages.prefix.count))]
                    .add(.nanoseconds(Int64(clamping: span.nanoseconds)))
            }
            if isSampled { exporter?.take(span) }
            guard isRoot else { return }
            store.add(recording, nanoseconds: span.nanoseconds, isSlow: isSlow, isError: span.isError)
        }
    }

    let core: Core
    /// Sends what is to be sent; whoever made it runs it.
    public var exporter: TraceExporter? { core.exporter }
    public let settings: TraceSettings
    private let random: @Sendable () -> UInt64
    private let threshold: UInt64

    /// - Parameters:
    ///   - exporter: takes what is to be exported; `nil` for nothing.
    ///   - random: gives 64 random bits at each call.
    public init(
        _ settings: TraceSettings = TraceSettings(), exporter: TraceExporter? = nil,
        random: @escaping @Sendable () -> UInt64 = { RandomReserve.shared.next() }
    ) {
        self.settings = settings
        self.random = random
        core = Core(
            slowNanoseconds: UInt64(max(0, settings.slow / .nanoseconds(1))), exporter: exporter)
        let share = min(max(settings.sampleRatio, 0), 1)
        threshold = UInt64(share * Double(Self.randomPart))
    }

    /// Of an id's last 56 bits, which are random whoever made it.
    private static let randomPart: UInt64 = 1 << 56

    /// Makes it the tracer of libraries that ask swift-distributed-tracing for the process's own. Once a process.
    public func bootstrap() { InstrumentationSystem.bootstrap(self) }

    // MARK: Tracer

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        startRecording(
            operationName, context: context(), kind: kind, at: instant().nanosecondsSinceEpoch,
            operation: "other", concurrent: 1)
    }

    /// What is sent is exported by ``TraceExporter`` alone, in its own time.
    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if let header = extractor.extract(key: TraceHeaders.parent, from: carrier),
            let parent = TraceParent(
                traceparent: header,
                tracestate: extractor.extract(key: TraceHeaders.state, from: carrier))
        {
            context.traceParent = parent
        } else if let header = extractor.extract(key: TraceHeaders.xRay, from: carrier) {
            context.traceParent = TraceParent(xRay: header)
        }
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context.spanSource?.place else { return }
        injector.inject(place.traceparent, forKey: TraceHeaders.parent, into: &carrier)
        if let state = place.state { injector.inject(state, forKey: TraceHeaders.state, into: &carrier) }
        injector.inject(place.xRay, forKey: TraceHeaders.xRay, into: &carrier)
    }

    // MARK: Beginning

    public func begin(_ operation: String, name: String, for owner: TraceOwner?) -> TraceSpan {
        let span = startRecording(
            name, context: .topLevel, kind: .consumer, at: DefaultTracerClock.now.nanosecondsSinceEpoch,
            operation: operation, concurrent: 1)
        if let owner { span.recording.belongs(toTenant: owner.tenant, caller: owner.name) }
        return TraceSpan(span, tracer: self)
    }

    /// A part of what goes on in `context`, or a new trace where nothing does.
    func startRecording(
        _ name: String, context: ServiceContext, kind: SpanKind, at start: UInt64, operation: String,
        concurrent: Int
    ) -> RecordedSpan {
        let id = SpanID.fresh(random: random)
        if let source = context.spanSource, let recording = source.recording {
            var place = source.place
            place.span = id
            return RecordedSpan(
                name, place: place, parent: source.place.span, kind: kind, start: start, context: context,
                recording: recording)
        }
        let parent = context.traceParent
        let trace = parent?.trace ?? TraceID.fresh(second: start / 1_000_000_000, random: random)
        let isSampled = parent?.isSampled ?? (trace.low & (Self.randomPart - 1) < threshold)
        let place = SpanPlace(trace: trace, span: id, isSampled: isSampled, state: parent?.state)
        return RecordedSpan(
            name, place: place, parent: parent?.span, kind: kind, start: start, context: context,
            recording: TraceRecording(
                trace: trace, operation: operation, root: id, start: start, concurrent: concurrent,
                tracer: core))
    }
}

extension SpanRecord {
    /// Whether what it tells of went wrong on our side.
    var isError: Bool { status == .error }
}

/// Headers that carry a trace.
enum TraceHeaders {
    static let parent = "traceparent"
    static let state = "tracestate"
    static let xRay = "X-Amzn-Trace-Id"
}

/// How the parts of a search are named.
enum SearchStages {
    static let prefix = "search "
}
