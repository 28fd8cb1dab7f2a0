import Flow
import Foundation
import HTTPTypes
import QA
import Workspace

extension EvaluationOperations {
    private static let runID = Inputs.path("run", .text, "the run's id")

    var runs: [Operation] { [create, list, show, outcomes, follow, cancel, delete] }

    private var create: Operation {
        .scoped(
            .admin, "createEvaluationRuns", .post, "/v1/evaluations/runs",
            summary: "a set, asked in the background", section: "evaluations",
            inputs: .json(EvaluationRunBody.self),
            responses: [
                .json(
                    EvaluationRunsAcceptedDocument.self, status: 202,
                    "one run a variant, carried out one after the other")
            ], problems: [.noSuchThing, .tooMany, .unknownFlow]
        ) { body, caller in
            let set = try await jobs.sets.set(body.set, for: caller.owner.tenant)
            let questions = EvaluationJobs.chosen(set.questions, half: body.half, limit: body.limit)
            guard !questions.isEmpty else { throw EvaluationFault.noQuestions(set: set.name) }
            let flows = jobs.qa.flows.map(\.name)
            for variant in body.variants where !flows.contains(variant.flow) {
                throw QAError.unknownFlow(name: variant.flow, known: flows)
            }
            let runs = body.variants.map { variant in
                StoredEvaluationRun(
                    id: jobs.freshID(), tenant: caller.owner.tenant, set: set.id, setName: set.name,
                    name: variant.name, flow: variant.flow,
                    settings: EvaluationSettings.written(variant.settings), half: body.half?.rawValue,
                    limit: body.limit, concurrency: body.concurrency, total: questions.count,
                    createdAt: jobs.now(), createdBy: caller.actor)
            }
            try await jobs.submit(runs)
            return try .json(
                EvaluationRunsAcceptedDocument(runs: runs.map { EvaluationRunDocument($0) }),
                status: .accepted)
        }
    }

    private var list: Operation {
        .scoped(
            .admin, "listEvaluationRuns", .get, "/v1/evaluations/runs", summary: "runs, newest first",
            section: "evaluations",
            inputs: Inputs.query("set", .text, standard: "", "only runs of this set")
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "runs a page"))
                .and(Inputs.query("before", .cursor, standard: .beginning, "“next” of the page before")),
            responses: [.json(EvaluationRunListDocument.self, "one page")], problems: [.noSuchThing]
        ) { input, caller in
            let ((set, limit), cursor) = input
            let runs = try await jobs.store.evaluationRuns(
                inTenant: caller.owner.tenant, set: set.isEmpty ? nil : set,
                before: cursor.id.isEmpty ? nil : cursor.id, limit: limit)
            return try .json(
                EvaluationRunListDocument(
                    runs: runs.map { EvaluationRunDocument(jobs.current($0)) },
                    next: Nullable(wrappedValue: PageCursor.next(after: runs.map(\.id), limit: limit))))
        }
    }

    private var show: Operation {
        .scoped(
            .admin, "getEvaluationRun", .get, "/v1/evaluations/runs/{run}",
            summary: "a run with what came of it", section: "evaluations", inputs: Self.runID,
            responses: [.json(EvaluationRunReportDocument.self, "the run")], problems: [.noSuchThing]
        ) { id, caller in
            let run = try await jobs.store.evaluationRun(id, inTenant: caller.owner.tenant)
            let report = try await jobs.report(of: run)
            return try .json(EvaluationRunReportDocument(jobs.current(run), report))
        }
    }

    private var outcomes: Operation {
        .scoped(
            .admin, "listEvaluationOutcomes", .get, "/v1/evaluations/runs/{run}/outcomes",
            summary: "what became of each question", section: "evaluations",
            inputs: Self.runID
                .and(
                    Inputs.query(
                        "failing", .flag, standard: false, "only questions with which something went wrong")
                )
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "questions a page"))
                .and(Inputs.query("before", .cursor, standard: .beginning, "“next” of the page before")),
            responses: [
                .json(EvaluationOutcomeListDocument.self, "one page, in the order of the set")
            ], problems: [.noSuchThing, .wrongState]
        ) { input, caller in
            let (((id, failing), limit), cursor) = input
            let all = try await finished(id, for: caller).report.outcomes
            var rest = all[...]
            if !cursor.id.isEmpty, let place = all.firstIndex(where: { $0.id == cursor.id }) {
                rest = all[(place + 1)...]
            }
            let wanted = failing ? rest.filter { !$0.problems.isEmpty } : Array(rest)
            let page = Array(wanted.prefix(limit))
            return try .json(
                EvaluationOutcomeListDocument(
                    outcomes: page.map { EvaluationOutcomeDocument($0) },
                    next: Nullable(
                        wrappedValue: page.count < wanted.count
                            ? page.last.map { PageCursor(id: $0.id).written } : nil)))
        }
    }

    private var follow: Operation {
        .scoped(
            .admin, "followEvaluationRun", .get, "/v1/evaluations/runs/{run}/events",
            summary: "a run as it goes on", section: "evaluations", inputs: Self.runID,
            responses: [.events(EvaluationEvents.declarations, "until it has ended")],
            problems: [.noSuchThing]
        ) { id, caller in
            let run = try await jobs.store.evaluationRun(id, inTenant: caller.owner.tenant)
            return EvaluationEvents.stream(of: run, jobs)
        }
    }

    private var cancel: Operation {
        .scoped(
            .admin, "cancelEvaluationRun", .post, "/v1/evaluations/runs/{run}/cancel",
            summary: "a run, ended at its next question", section: "evaluations", inputs: Self.runID,
            responses: [.json(EvaluationRunDocument.self, "the run; one that has ended stays as it is")],
            problems: [.noSuchThing]
        ) { id, caller in
            let run = try await jobs.store.evaluationRun(id, inTenant: caller.owner.tenant)
            return try .json(EvaluationRunDocument(try await jobs.cancel(run)))
        }
    }

    private var delete: Operation {
        .scoped(
            .admin, "deleteEvaluationRun", .delete, "/v1/evaluations/runs/{run}",
            summary: "a run and what came of it, gone", section: "evaluations", inputs: Self.runID,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            let run = try await jobs.store.evaluationRun(id, inTenant: caller.owner.tenant)
            if !run.state.isFinal { _ = try await jobs.cancel(run) }
            try await jobs.store.delete(evaluationRun: id, inTenant: caller.owner.tenant)
            return APIResponse(status: .noContent)
        }
    }
}

/// A run as it goes on, as server-sent events.
enum EvaluationEvents {
    /// How often a run is looked at.
    private static let pause = Duration.milliseconds(500)

    private struct EventDocument: ResponseDocument {
        var run: EvaluationRunDocument

        static var schema: JSONSchema { .object(required: ["run": EvaluationRunDocument.schema]) }
    }

    static var declarations: [ResponseDeclaration.EventDeclaration] {
        ["progress", "ended"].map { .init(name: $0, schema: EventDocument.schema) }
            + [.init(name: "error", schema: ProblemDetails.schema)]
    }

    static func stream(of run: StoredEvaluationRun, _ jobs: EvaluationJobs) -> APIResponse {
        .events(
            EventStream { send in
                await .of {
                    var told: StoredEvaluationRun?
                    while true {
                        let run = jobs.current(
                            try await jobs.store.evaluationRun(run.id, inTenant: run.tenant))
                        if run != told {
                            let document = EventDocument(run: EvaluationRunDocument(run))
                            await send(
                                .event(
                                    name: run.state.isFinal ? "ended" : "progress",
                                    data: try WireJSON.encode(document)))
                        }
                        if run.state.isFinal { return }
                        told = run
                        try await Task.sleep(for: pause)
                    }
                } failing: {
                    await send(AnswerEvents.error($0))
                }
            })
    }
}
