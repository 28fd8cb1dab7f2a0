import Foundation
import QA
import Workspace

/// A run of an evaluation.
struct EvaluationRunDocument: ResponseDocument {
    var id: String
    var name: String
    var set: String
    var setName: String
    var flow: String
    var settings: [String: Double]
    @Nullable var half: String?
    @Nullable var limit: Int?
    var concurrency: Int
    var state: String
    var done: Int
    var total: Int
    var createdAt: Date
    var createdBy: String
    @Nullable var startedAt: Date?
    @Nullable var endedAt: Date?
    @Nullable var failure: String?
    @Nullable var answersRight: EvaluationSummary.Interval?

    static let interval = JSONSchema.object(required: ["value": .number, "low": .number, "high": .number])

    static let fields: [String: JSONSchema] = [
        "id": .text, "name": .text, "set": .text, "set_name": .text, "flow": .text,
        "settings": JSONSchema.map(to: .number).described("those that differ from what is served"),
        "half": JSONSchema.text.orNull, "limit": JSONSchema.integer.orNull, "concurrency": .integer,
        "state": .choice(StoredEvaluationRun.State.allCases.map(\.rawValue)),
        "done": JSONSchema.integer.described("questions that were asked"), "total": .integer,
        "created_at": .time, "created_by": .text, "started_at": JSONSchema.time.orNull,
        "ended_at": JSONSchema.time.orNull, "failure": JSONSchema.text.orNull,
        "answers_right": interval.orNull.described("of a finished one, with its 95 % interval"),
    ]

    static var schema: JSONSchema { .object(required: fields).named("EvaluationRun") }

    init(_ run: StoredEvaluationRun) {
        id = run.id
        name = run.name
        set = run.set
        setName = run.setName
        flow = run.flow
        settings = EvaluationSettings.read(run.settings)
        _half = Nullable(wrappedValue: run.half)
        _limit = Nullable(wrappedValue: run.limit)
        concurrency = run.concurrency
        state = run.state.rawValue
        done = run.done
        total = run.total
        createdAt = run.createdAt
        createdBy = run.createdBy
        _startedAt = Nullable(wrappedValue: run.startedAt)
        _endedAt = Nullable(wrappedValue: run.endedAt)
        _failure = Nullable(wrappedValue: run.failure)
        _answersRight = Nullable(
            wrappedValue: run.summary.flatMap { EvaluationSummary(written: $0) }?.answersRight)
    }
}

struct EvaluationRunListDocument: ResponseDocument {
    var runs: [EvaluationRunDocument]
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: [
            "runs": .list(of: EvaluationRunDocument.schema), "next": JSONSchema.text.orNull,
        ]).named("EvaluationRunList")
    }
}

/// Runs that were put into the queue.
struct EvaluationRunsAcceptedDocument: ResponseDocument {
    var runs: [EvaluationRunDocument]

    static var schema: JSONSchema {
        .object(required: ["runs": .list(of: EvaluationRunDocument.schema)]).named("EvaluationRunsAccepted")
    }
}

/// A run with what came of it.
struct EvaluationRunReportDocument: ResponseDocument {
    private var run: EvaluationRunDocument
    private var report: Nullable<EvaluationFiguresDocument>

    private enum CodingKeys: String, CodingKey {
        case report
    }

    static var schema: JSONSchema {
        .object(
            required: EvaluationRunDocument.fields.merging([
                "report": EvaluationFiguresDocument.schema.orNull.described("of a finished one")
            ]) { first, _ in first }
        ).named("EvaluationRunReport")
    }

    init(_ run: StoredEvaluationRun, _ report: EvaluationReport?) {
        self.run = EvaluationRunDocument(run)
        self.report = Nullable(wrappedValue: report.map { EvaluationFiguresDocument($0) })
    }

    func encode(to encoder: any Encoder) throws {
        try run.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(report, forKey: .report)
    }
}
