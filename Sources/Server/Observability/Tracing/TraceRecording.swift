import Synchronization

/// What is recorded of one trace in this process, from the span that it began with.
final class TraceRecording: Sendable {
    /// Spans that are kept of one trace; later ones are counted.
    static let spanLimit = 512

    let trace: TraceID
    /// Groups traces: an operation's id.
    let operation: String
    let root: SpanID
    /// Nanoseconds since 1970.
    let start: UInt64
    /// Nanoseconds of processors that the process had used when it began, or at most a millisecond before.
    let processorStart: UInt64
    /// Requests under way when it began, this one included.
    let concurrent: Int
    private let tracer: RequestTracer.Core

    struct State: Sendable {
        var spans: [SpanRecord] = []
        var droppedSpans = 0
        /// Nanoseconds of processors when the first span ended.
        var processorEnd: UInt64?
        /// Bytes in RAM then, of a slow one.
        var residentBytes: Int?
        /// Who asked, as owners are named.
        var tenant: String?
        var caller: String?
    }

    private let state = Mutex(State())

    init(
        trace: TraceID, operation: String, root: SpanID, start: UInt64, concurrent: Int,
        tracer: RequestTracer.Core
    ) {
        (self.trace, self.operation, self.root, self.start) = (trace, operation, root, start)
        (self.concurrent, self.tracer) = (concurrent, tracer)
        processorStart = ProcessClock.nanoseconds(at: start)
    }

    var reading: State { state.withLock { $0 } }

    /// Says for whom it is done, once that is known.
    func belongs(toTenant tenant: String, caller: String) {
        state.withLock { ($0.tenant, $0.caller) = (tenant, caller) }
    }

    /// Keeps a span. With the one that it began with, the trace is whole; what ends later is added.
    func ended(_ span: SpanRecord, isSampled: Bool) {
        let isRoot = span.id == root
        let isSlow = isRoot && span.nanoseconds >= tracer.slowNanoseconds
        let resident = isSlow ? ProcessFigures.read().residentBytes : nil
        state.withLock { state in
            if isRoot {
                state.processorEnd = ProcessClock.nanoseconds(at: span.end)
                state.residentBytes = resident
            }
            // The first one is told always: without it there is no trace.
            if state.spans.count < Self.spanLimit || isRoot {
                state.spans.append(span)
            } else {
                state.droppedSpans += 1
            }
        }
        tracer.ended(span, of: self, isRoot: isRoot, isSlow: isSlow, isSampled: isSampled)
    }
}
