import HTTPTypes
import QA

/// `POST /v1/ask`: a question to a cited answer.
struct AnswerRoute: Sendable {
    let runs: FlowRuns
    let caller: CallerReader

    var route: Route {
        Route(.post, "/v1/ask") { request, _ in
            let reader = try caller.reader(of: request)
            let body = try JSONBody.decode(AskBody.self, from: request)
            return try await runs.answer(
                body.question.question(reader: reader), flow: QuestionAnswering.defaultFlow,
                stream: body.stream,
                requestID: request.id)
        }
    }
}
