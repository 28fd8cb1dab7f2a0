import HTTPTypes
import QA

/// `POST /v1/ask`: a question to a cited answer.
struct AnswerOperation: Sendable {
    let runs: FlowRuns

    var operation: Operation {
        .scoped(
            .ask, "ask", .post, "/v1/ask",
            summary: "a question, answered with citations or with “I don't know”", section: "ask",
            inputs: .json(AskBody.self), responses: FlowRuns.responses, problems: FlowRuns.problems,
            idempotency: .notKept
        ) { body, caller in
            try await runs.answer(
                body.question.checked(), flow: QuestionAnswering.defaultFlow,
                stream: body.stream, caller: caller)
        }
    }
}
