/// Why an evaluation was not begun, or cannot be shown.
enum EvaluationFault: Error, Sendable, Hashable {
    /// A set that comes with the server.
    case builtInSet(id: String)
    /// No question is left after `half` and `limit`.
    case noQuestions(set: String)
    /// A run that has not finished, or failed, has no report.
    case noReport(run: String, state: String)
}

extension EvaluationFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .builtInSet(let id): "The set “\(id.prefix(200))” comes with the server and stays."
        case .noQuestions(let set):
            "The set “\(set.prefix(200))” has no question of that half. Choose the other half, or all."
        case .noReport(let run, let state):
            "The run \(run.prefix(200)) is \(state) and has no report; only one that has finished does."
        }
    }
}

extension ProblemDetails {
    /// What refusals of evaluations mean.
    init(evaluating fault: EvaluationFault) {
        let detail = fault.description
        switch fault {
        case .builtInSet, .noReport: self.init(.wrongState, "Not in this state", detail: detail)
        case .noQuestions: self.init(.invalidField, "No question is left", detail: detail, field: "half")
        }
    }
}
