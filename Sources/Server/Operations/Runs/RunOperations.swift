import FlowService
import Foundation
import HTTPTypes
import Workspace

/// `/v1/runs`: any flow, run while the caller waits, as events, or asynchronously.
struct RunOperations: Sendable {
    let service: FlowService
    let runs: FlowRuns
    /// What runs may name to be told of their ends; `nil` where there is none.
    var webhooks: WebhookEndpoints?

    private static let failures: [ProblemKind] = [
        .unknownFlow, .noSuchVersion, .invalidFlow, .componentFailed, .flowStopped, .busy, .timedOut,
        .emptyQuestion, .questionTooLong, .outOfRange, .bodyTooLarge, .accessWithdrawn,
    ]

    var operations: [Operation] { [begin, list, show, follow, cancel, retry] }

    /// Whether the run is stored with its key, and so a repeated request is given the run as it stands.
    @Sendable private static func isAsynchronous(_ routed: RoutedRequest) -> Bool {
        if routed.request.headers[.prefer].map(wantsAsynchronous) == true { return true }
        return (try? JSONBody.decode(RunBody.self, from: routed.request))?.isAsynchronous ?? false
    }

    private var begin: Operation {
        .scoped(
            .flows, "createRun", .post, "/v1/runs", summary: "a flow, run now or later", section: "runs",
            inputs: Inputs.header(
                .idempotencyKey, .text,
                "makes a repeated run the first one, for 24 hours or as long as the run is kept"
            )
            .and(Inputs.header(.prefer, .text, "`respond-async` for an asynchronous run"))
            .and(.json(RunBody.self)),
            responses: [
                .json(RunResultDocument.self, "what the run made"),
                .json(RunDocument.self, status: 202, "the run is stored and will be carried out"),
                .events(RunEvents.declarations, "what happens, as it happens, when “stream” is true"),
            ], problems: Self.failures + [.keyReused], idempotency: .keptUnless(Self.isAsynchronous)
        ) { input, caller in
            let ((key, prefer), body) = input
            if body.isAsynchronous || prefer.map(Self.wantsAsynchronous) == true {
                let submission = FlowSubmission(
                    body.request, priority: body.priority, idempotencyKey: key,
                    callback: try await webhook(body.webhook, of: caller))
                let run = try await service.submit(submission, of: body.flow, as: caller.flowCaller)
                return try .json(RunDocument(run), status: .accepted, location: "/v1/runs/\(run.id)")
            }
            guard body.webhook == nil else {
                throw RequestFault.invalidField(
                    name: "webhook", reason: "is told of asynchronous runs alone; add “async”")
            }
            guard body.stream else {
                return try await runs.limited(caller) {
                    let response = try await service.run(
                        body.request, of: body.flow, as: caller.flowCaller)
                    return try .json(response.json)
                }
            }
            let slot = try await runs.slot(for: caller)
            let reading = try await service.events(body.request, of: body.flow, as: caller.flowCaller)
            return RunEvents.stream(runs.watched(reading.events, for: caller)) { slot.release() }
        }
    }

    /// The id of the webhook that a run names.
    private func webhook(_ name: String?, of caller: Caller) async throws -> String? {
        guard let name else { return nil }
        let fault = RequestFault.invalidField(
            name: "webhook", reason: "is neither the id nor the address of a webhook of yours; make one first"
        )
        guard let webhooks else { throw fault }
        do {
            return try await webhooks.named(name, for: caller.owner).id
        } catch WorkspaceError.notFound {
            throw fault
        }
    }

    private var list: Operation {
        .scoped(
            .flows, "listRuns", .get, "/v1/runs", summary: "the caller's stored runs, newest first",
            section: "runs",
            inputs: Inputs.query("flow", .text, standard: "", "only runs of this flow")
                .and(Inputs.query("state", .text, standard: "", "only runs in this state"))
                .and(Inputs.query("after", .text, standard: "", "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "runs a page")),
            responses: [.json(RunListDocument.self, "one page")], problems: [.invalidParameter, .noSuchRun]
        ) { input, caller in
            try await page(
                flow: input.0.0.0, state: input.0.0.1, after: input.0.1, limit: input.1, caller)
        }
    }

    private func page(
        flow: String, state: String, after: String, limit: Int, _ caller: Caller
    ) async throws -> APIResponse {
        let wanted = StoredRun.State(rawValue: state)
        guard state.isEmpty || wanted != nil else {
            let states = StoredRun.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFault.invalidParameter(name: "state", expectation: "one of \(states)")
        }
        let last = after.isEmpty ? nil : try await service.run(after, as: caller.flowCaller)
        let found = try await service.store.runs(
            for: caller.owner, flow: flow.isEmpty ? nil : flow, state: wanted, before: last, limit: limit)
        let next = found.count == limit ? found.last?.id : nil
        return try .json(
            RunListDocument(runs: found.map { RunDocument($0) }, next: Nullable(wrappedValue: next)))
    }

    private static let id = Inputs.path("id", .text, "the run's id")

    private var show: Operation {
        .scoped(
            .flows, "getRun", .get, "/v1/runs/{id}", summary: "a stored run, with its result once it has one",
            section: "runs", inputs: Self.id, responses: [.json(RunDocument.self, "the run")],
            problems: [.noSuchRun]
        ) { id, caller in try .json(RunDocument(try await service.run(id, as: caller.flowCaller))) }
    }

    private var follow: Operation {
        .scoped(
            .flows, "followRun", .get, "/v1/runs/{id}/events",
            summary: "what a stored run tells, from a position on", section: "runs",
            inputs: Self.id
                .and(
                    Inputs.query("from", .integer(in: 0...Int(Int32.max)), standard: 0, "the first position")
                )
                .and(
                    Inputs.header(
                        .lastEventID, .integer(in: 0...Int(Int32.max)),
                        "the last position that was read; goes before “from”")),
            responses: [.events(RunEvents.declarations, "its events, to the last one")],
            problems: [.noSuchRun, .accessWithdrawn]
        ) { input, caller in
            let ((id, from), last) = input
            let events = try await service.events(
                ofRun: id, from: last.map { $0 + 1 } ?? from, as: caller.flowCaller)
            return RunEvents.stream(runs.watched(events, for: caller, isReplay: true))
        }
    }

    private var cancel: Operation {
        .scoped(
            .flows, "cancelRun", .post, "/v1/runs/{id}/cancel", summary: "a stored run, ended",
            section: "runs",
            inputs: Self.id, responses: [.json(RunDocument.self, "the run as it stands")],
            problems: [.noSuchRun]
        ) { id, caller in try .json(RunDocument(try await service.cancel(run: id, as: caller.flowCaller))) }
    }

    private var retry: Operation {
        .scoped(
            .flows, "retryRun", .post, "/v1/runs/{id}/retry",
            summary: "a run that failed or was given up, queued once more", section: "runs",
            inputs: Self.id, responses: [.json(RunDocument.self, status: 202, "the run, queued")],
            problems: [.noSuchRun, .wrongState]
        ) { id, caller in
            try .json(
                RunDocument(try await service.requeue(run: id, as: caller.flowCaller)), status: .accepted)
        }
    }

    /// Whether a `Prefer` header asks for `respond-async` (RFC 7240).
    private static func wantsAsynchronous(_ header: String) -> Bool {
        header.split(separator: ",").contains {
            $0.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased() == "respond-async"
        }
    }
}
