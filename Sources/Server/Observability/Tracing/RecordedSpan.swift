import Synchronization
import Tracing

/// A span that goes on, as ``RequestTracer`` makes it.
public final class RecordedSpan: Tracing.Span {
    let place: SpanPlace
    let parent: SpanID?
    let kind: SpanRecord.Kind
    let start: UInt64
    public let context: ServiceContext
    let recording: TraceRecording

    private struct State: Sendable {
        var name: String
        var status = SpanRecord.Status.unset
        var message: String?
        var attributes = SpanAttributes()
        var events: [SpanRecord.Event] = []
        var isEnded = false
    }

    private let state: Mutex<State>

    /// - Parameter context: the parent's; the span's own is made of it.
    init(
        _ name: String, place: SpanPlace, parent: SpanID?, kind: SpanKind, start: UInt64,
        context: ServiceContext, recording: TraceRecording
    ) {
        (self.place, self.parent, self.start, self.recording) = (place, parent, start, recording)
        self.kind = SpanRecord.Kind(kind)
        var own = context
        own.spanSource = SpanSource(place: place, recording: recording)
        self.context = own
        state = Mutex(State(name: name))
    }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    public var isRecording: Bool { state.withLock { !$0.isEnded } }

    public func setStatus(_ status: SpanStatus) {
        state.withLock { state in
            state.status = status.code == .ok ? .ok : .error
            state.message = status.message
        }
    }

    public func addEvent(_ event: SpanEvent) {
        let event = SpanRecord.Event(
            name: event.name, nanoseconds: event.nanosecondsSinceEpoch,
            attributes: SpanRecord.attributes(event.attributes).kept)
        state.withLock { if $0.events.count < SpanRecord.limits.events { $0.events.append(event) } }
    }

    /// Of the error only the type is kept: what it says may name documents.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes.set("exception.type", value: .string("\(type(of: error))"))
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    /// Spans of others are not linked to.
    public func addLink(_ link: SpanLink) {}

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let end = instant().nanosecondsSinceEpoch
        let record = state.withLock { state -> SpanRecord? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            let (attributes, dropped) = SpanRecord.attributes(state.attributes)
            return SpanRecord(
                trace: place.trace, id: place.span, parent: parent, state: place.state, name: state.name,
                kind: kind, start: start, end: end, status: state.status, message: state.message,
                attributes: attributes, events: state.events, droppedAttributes: dropped)
        }
        if let record { recording.ended(record, isSampled: place.isSampled) }
    }
}

/// Where a context's next span belongs.
struct SpanSource: Sendable {
    var place: SpanPlace
    /// `nil` for a caller's span, which is recorded elsewhere.
    var recording: TraceRecording?
}

extension ServiceContext {
    private enum SourceKey: ServiceContextKey {
        typealias Value = SpanSource
    }

    private enum ParentKey: ServiceContextKey {
        typealias Value = TraceParent
    }

    /// The span that is under way here.
    var spanSource: SpanSource? {
        get { self[SourceKey.self] }
        set { self[SourceKey.self] = newValue }
    }

    /// What a caller said of its own trace.
    var traceParent: TraceParent? {
        get { self[ParentKey.self] }
        set { self[ParentKey.self] = newValue }
    }
}

extension SpanRecord.Kind {
    init(_ kind: SpanKind) {
        switch kind {
        case .server: self = .server
        case .client: self = .client
        case .producer: self = .producer
        case .consumer: self = .consumer
        default: self = .internal
        }
    }
}

extension SpanRecord {
    /// Attributes as they are kept: so many, of so many bytes.
    static func attributes(_ attributes: SpanAttributes) -> (kept: [String: Value], dropped: Int) {
        var kept: [String: Value] = [:]
        kept.reserveCapacity(min(attributes.count, limits.attributes))
        var dropped = 0
        attributes.forEach { name, attribute in
            guard kept.count < limits.attributes, let value = Value(attribute) else {
                dropped += 1
                return
            }
            kept[name] = value
        }
        return (kept, dropped)
    }
}

extension SpanRecord.Value {
    fileprivate init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): self = .integer(Int64(value))
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .number(value)
        case .bool(let value): self = .flag(value)
        case .string(let text): self = .text(Self.cut(text))
        case .stringConvertible(let value): self = .text(Self.cut(value.description))
        case .stringArray(let texts): self = .texts(texts.prefix(64).map { Self.cut($0) })
        default: return nil
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > SpanRecord.limits.textBytes else { return text }
        return String(decoding: Array(text.utf8.prefix(SpanRecord.limits.textBytes)), as: UTF8.self)
    }
}
