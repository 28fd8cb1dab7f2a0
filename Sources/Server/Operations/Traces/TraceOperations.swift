import Foundation
import HTTPTypes
import Workspace

/// `/v1/traces`: what requests and jobs did lately, and where their time went.
struct TraceOperations: Sendable {
    let tracer: RequestTracer

    var operations: [Operation] { [list, one] }

    private struct Query: Sendable {
        var operation: String
        var slow: Bool
        var errors: Bool
        var limit: Int
        var before: PageCursor
    }

    private static var query: Inputs<Query> {
        let all = Inputs.query("operation", .text, standard: "", "only those of an operation")
            .and(Inputs.query("slow", .flag, standard: false, "only slow ones"))
            .and(Inputs.query("errors", .flag, standard: false, "only those that failed on our side"))
            .and(Inputs.query("limit", .integer(in: 1...500), standard: 50, "traces a page"))
            .and(Inputs.query("before", .cursor, standard: .beginning, "“next” of the page before"))
        return Inputs<Query>(parameters: all.parameters, body: nil) { routed in
            let ((((operation, slow), errors), limit), before) = try all.read(routed)
            return Query(operation: operation, slow: slow, errors: errors, limit: limit, before: before)
        }
    }

    private var list: Operation {
        .scoped(
            .admin, "listTraces", .get, "/v1/traces", summary: "what requests and jobs did lately",
            section: "traces", inputs: Self.query,
            responses: [.json(TraceListDocument.self, "one page, newest first")]
        ) { query, caller in
            let store = tracer.core.store
            let visible = store.traces(of: query.operation.isEmpty ? nil : query.operation)
                .compactMap { TraceReading($0, slow: tracer.core.slowNanoseconds) }
                .filter { $0.isVisible(to: caller.owner.tenant) }
                .filter { (!query.slow || $0.isSlow) && (!query.errors || $0.root.isError) }
            // A cursor names a place in time; the trace itself may be kept no longer.
            let rest = visible.drop { !query.before.id.isEmpty && $0.cursor >= query.before.id }
            let page = Array(rest.prefix(query.limit))
            return try .json(
                TraceListDocument(
                    traces: page.map { TraceSummaryDocument($0) },
                    next: page.count < rest.count ? page.last.map { PageCursor(id: $0.cursor).written } : nil,
                    store.counts, tracer))
        }
    }

    private var one: Operation {
        .scoped(
            .admin, "getTrace", .get, "/v1/traces/{id}", summary: "the spans of a trace", section: "traces",
            inputs: Inputs.path("id", .text, "the trace's id"),
            responses: [.json(TraceDocument.self, "the trace with its spans")], problems: [.noSuchThing]
        ) { id, caller in
            let found = TraceID(written: id[...]).flatMap { id in
                tracer.core.store.traces(id).compactMap {
                    TraceReading($0, slow: tracer.core.slowNanoseconds)
                }.first { $0.isVisible(to: caller.owner.tenant) }
            }
            guard let found else {
                throw WorkspaceError.notFound(kind: "trace", id: String(id.prefix(64)))
            }
            return try .json(TraceDocument(found))
        }
    }
}
