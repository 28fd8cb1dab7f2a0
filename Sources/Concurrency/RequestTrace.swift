import Tracing

/// The trace that the work of a task belongs to, if it belongs to one.
///
/// Whoever answers a request or carries out a job begins a trace (``TraceBeginning``); what is done in its course
/// tells of its parts as spans, each under the one that it is a part of. Where there is no trace, all of this is a
/// look at a task-local value and no more.
///
/// The task that answers binds the trace, and the tasks that it begins inherit it, all but detached ones. What writes
/// a streamed answer may run after the handler has returned, and binds it once more.
public enum RequestTrace {
    /// The value of the request's header `X-Amzn-Trace-Id`, as it came: whoever sends it on checks it first. For
    /// requests that are not traced here.
    @TaskLocal public static var header: String?

    /// The span that is under way; `nil` where nothing is traced.
    public static var current: TraceSpan? {
        guard let context = ServiceContext.current, let span = context.millraceSpan else { return nil }
        return span
    }

    /// Begins a part of what is under way. Whoever begins it ends it, by ``TraceSpan/end()``.
    ///
    /// - Parameter name: one of few, such as a component's type: nothing of what is asked.
    /// - Returns: `nil` where nothing is traced.
    public static func begin(_ name: String, _ kind: TraceSpan.Kind = .part) -> TraceSpan? {
        current?.begin(name, kind)
    }

    /// Does `body` as what `span` tells of.
    public static func within<Value>(
        _ span: TraceSpan?, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let span else { return try await body() }
        return try await ServiceContext.$current.withValue(span.context, operation: body)
    }

    /// The same for what waits for nobody.
    public static func immediately<Value>(
        within span: TraceSpan?, _ body: () throws -> Value
    ) rethrows -> Value {
        guard let span else { return try body() }
        return try ServiceContext.$current.withValue(span.context, operation: body)
    }

    /// Does `body` as a part of what is under way.
    ///
    /// - Parameter body: is given the part's span, to say more of it; `nil` where nothing is traced.
    public static func part<Value>(
        _ name: String, _ kind: TraceSpan.Kind = .part, isolation: isolated (any Actor)? = #isolation,
        _ body: (TraceSpan?) async throws -> Value
    ) async rethrows -> Value {
        guard let span = begin(name, kind) else { return try await body(nil) }
        defer { span.end() }
        do {
            return try await ServiceContext.$current.withValue(span.context) { try await body(span) }
        } catch {
            span.fail(error)
            throw error
        }
    }

    /// The same for what waits for nobody.
    public static func immediatePart<Value>(
        _ name: String, _ body: (TraceSpan?) throws -> Value
    ) rethrows -> Value {
        guard let span = begin(name) else { return try body(nil) }
        defer { span.end() }
        do {
            return try ServiceContext.$current.withValue(span.context) { try body(span) }
        } catch {
            span.fail(error)
            throw error
        }
    }

    /// What a request to somebody else carries, so that their part of the work is found under this trace:
    /// `traceparent` and `tracestate` (W3C Trace Context) and `X-Amzn-Trace-Id` (AWS X-Ray). Empty where nothing is
    /// traced.
    public static var headers: [(name: String, value: String)] { current?.headers ?? [] }
}

/// Begins traces: of requests and of jobs.
public protocol TraceBeginning: Sendable {
    /// Begins the trace of something that nobody has asked for in a trace of their own.
    ///
    /// - Parameters:
    ///   - operation: groups traces, such as `run`.
    ///   - name: for people; of few.
    ///   - owner: whose work it is, who alone sees it with others of the tenant; `nil` for nobody's, which every tenant
    ///     sees.
    func begin(_ operation: String, name: String, for owner: TraceOwner?) -> TraceSpan
}

extension TraceBeginning {
    /// Begins the trace of what is done for nobody in particular.
    public func begin(_ operation: String, name: String) -> TraceSpan {
        begin(operation, name: name, for: nil)
    }
}

/// For whom traced work is done.
public struct TraceOwner: Hashable, Sendable {
    /// Data of different tenants never meet.
    public var tenant: String
    /// Within the tenant.
    public var name: String

    public init(tenant: String, name: String) {
        self.tenant = tenant
        self.name = name
    }
}
