import Corpus
import Concurrency
import Foundation
import HTTPTypes
import QA
import Workspace

/// `/v1/evaluations`: sets of questions, runs of them, and two runs beside each other.
struct EvaluationOperations: Sendable {
    let jobs: EvaluationJobs

    var operations: [Operation] { sets + runs + [compare] }

    private static let setID = Inputs.path("set", .text, "the set's id")

    private var sets: [Operation] {
        [
            .scoped(
                .admin, "createEvaluationSet", .post, "/v1/evaluations/sets",
                summary: "a set of questions, kept", section: "evaluations",
                inputs: .json(EvaluationSetBody.self),
                responses: [.json(EvaluationSetDocument.self, status: 201, "the set")],
                problems: [.tooMany, .bodyTooLarge]
            ) { body, caller in
                let set = StoredEvaluationSet(
                    id: jobs.freshID(), tenant: caller.owner.tenant, name: body.name,
                    createdAt: jobs.now(), createdBy: caller.actor,
                    lines: try body.lines(askedBy: caller.reader.principals.sorted()))
                try await jobs.store.add(set)
                return try .json(
                    EvaluationSetDocument(EvaluationSets.Listed(try await jobs.sets.open(set))),
                    status: .created, location: "/v1/evaluations/sets/\(set.id)")
            },
            .scoped(
                .admin, "listEvaluationSets", .get, "/v1/evaluations/sets",
                summary: "the sets of questions that there are", section: "evaluations", inputs: .none,
                responses: [.json(EvaluationSetListDocument.self, "those that come with the server first")]
            ) { _, caller in
                let sets = try await jobs.sets.all(for: caller.owner.tenant)
                return try .json(EvaluationSetListDocument(sets: sets.map { EvaluationSetDocument($0) }))
            },
            .scoped(
                .admin, "getEvaluationSet", .get, "/v1/evaluations/sets/{set}",
                summary: "a set with its questions", section: "evaluations", inputs: Self.setID,
                responses: [.json(EvaluationSetContentDocument.self, "the set")], problems: [.noSuchThing]
            ) { id, caller in
                try .json(
                    EvaluationSetContentDocument(
                        try await jobs.sets.set(id, for: caller.owner.tenant)))
            },
            .scoped(
                .admin, "deleteEvaluationSet", .delete, "/v1/evaluations/sets/{set}",
                summary: "a set, gone; its runs stay", section: "evaluations", inputs: Self.setID,
                responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
                problems: [.noSuchThing, .wrongState]
            ) { id, caller in
                try await jobs.sets.delete(id, for: caller.owner.tenant)
                return APIResponse(status: .noContent)
            },
        ]
    }

    private var compare: Operation {
        .scoped(
            .admin, "compareEvaluationRuns", .get, "/v1/evaluations/compare",
            summary: "two runs, question by question", section: "evaluations",
            inputs: Inputs.query("before", .text, standard: "", "the id of a finished run")
                .and(
                    Inputs.query("after", .text, standard: "", "the id of the run that is compared with it")),
            responses: [.json(EvaluationComparisonDocument.self, "what differs, with intervals")],
            problems: [.noSuchThing, .wrongState]
        ) { input, caller in
            let before = try await finished(input.0, for: caller)
            let after = try await finished(input.1, for: caller)
            // Thousands of resamples of some hundred questions: seconds of a core.
            return try await EvaluationJobs.thread.run {
                try .json(EvaluationComparisonDocument(before, after))
            }
        }
    }

    /// A run with its report.
    func finished(
        _ id: String, for caller: Caller
    ) async throws -> (run: StoredEvaluationRun, report: EvaluationReport) {
        let run = try await jobs.store.evaluationRun(id, inTenant: caller.owner.tenant)
        guard let report = try await jobs.report(of: run) else {
            throw EvaluationFault.noReport(run: run.id, state: run.state.rawValue)
        }
        return (run, report)
    }
}
