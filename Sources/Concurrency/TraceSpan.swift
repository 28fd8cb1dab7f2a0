import Tracing

/// A part of what a request or a job does: it has a name, a time and small facts.
///
/// A span of swift-distributed-tracing's, together with the tracer that its own parts are begun with. Names of facts
/// are those of OpenTelemetry's semantic conventions where there is one. Facts hold no text of documents, questions
/// and answers.
public struct TraceSpan: Sendable {
    /// Who does the part.
    public enum Kind: Sendable {
        /// Done here.
        case part
        /// Asked of somebody else, who is waited for.
        case call
    }

    let span: any Span
    private let tracer: any Tracer

    /// - Parameter tracer: begins the span's parts.
    public init(_ span: any Span, tracer: any Tracer) {
        self.span = span
        self.tracer = tracer
    }

    /// What a task binds whose work belongs to the span.
    var context: ServiceContext {
        var context = span.context
        context.millraceSpan = self
        return context
    }

    /// Begins a part.
    public func begin(_ name: String, _ kind: Kind = .part) -> TraceSpan {
        TraceSpan(Self.begin(name, kind, in: span.context, tracer), tracer: tracer)
    }

    private static func begin(
        _ name: String, _ kind: Kind, in context: ServiceContext, _ tracer: some Tracer
    ) -> any Span {
        tracer.startSpan(
            name, context: context, ofKind: kind == .part ? .internal : .client, at: DefaultTracerClock.now)
    }

    /// Says a fact; the last one under a name counts.
    public func set(_ fact: String, _ value: String) { set(fact, attribute: .string(value)) }
    /// Says a number.
    public func set(_ fact: String, _ value: Int) { set(fact, attribute: .int64(Int64(value))) }
    /// Says a number.
    public func set(_ fact: String, _ value: Double) { set(fact, attribute: .double(value)) }
    /// Says whether something is so.
    public func set(_ fact: String, _ value: Bool) { set(fact, attribute: .bool(value)) }
    /// Says a list.
    public func set(_ fact: String, _ values: [String]) { set(fact, attribute: .stringArray(values)) }

    /// Says several facts at once, which costs little more than one.
    public func set(_ say: (inout TraceFacts) -> Void) {
        var facts = TraceFacts(attributes: span.attributes)
        say(&facts)
        span.attributes = facts.attributes
    }

    private func set(_ fact: String, attribute: SpanAttribute) {
        span.attributes.set(fact, value: attribute)
    }

    /// Says that it failed. Of the error only the type is told: what it says may name documents.
    public func fail(_ error: any Error) {
        fail("\(type(of: error))")
    }

    /// Says that it failed, and by what.
    public func fail(_ type: String) {
        set("error.type", type)
        span.setStatus(SpanStatus(code: .error))
    }

    /// Ends the part at this moment; what is said afterwards is lost.
    public func end() { span.end() }

    /// The ids of the trace and of the span, in hexadecimal, as log lines name them.
    public var identity: (trace: String, span: String)? {
        let parts = headers.first { $0.name == "traceparent" }?.value.split(separator: "-") ?? []
        guard parts.count == 4 else { return nil }
        return (String(parts[1]), String(parts[2]))
    }

    /// See ``RequestTrace/headers``.
    public var headers: [(name: String, value: String)] {
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: FieldInjector())
        return fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Facts about a span that are said together; see ``TraceSpan/set(_:)``.
public struct TraceFacts {
    fileprivate var attributes: SpanAttributes

    /// Says a fact; the last one under a name counts.
    public mutating func set(_ fact: String, _ value: String) { attributes.set(fact, value: .string(value)) }
    /// Says a number.
    public mutating func set(_ fact: String, _ value: Int) {
        attributes.set(fact, value: .int64(Int64(value)))
    }
    /// Says a number.
    public mutating func set(_ fact: String, _ value: Double) { attributes.set(fact, value: .double(value)) }
}

private struct FieldInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key] = value
    }
}

extension ServiceContext {
    private enum SpanKey: ServiceContextKey {
        typealias Value = TraceSpan
    }

    /// The span that belongs to the context, with its tracer.
    var millraceSpan: TraceSpan? {
        get { self[SpanKey.self] }
        set { self[SpanKey.self] = newValue }
    }
}
