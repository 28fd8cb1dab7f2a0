import HTTPTypes
import QA

/// `GET /v1/flows` and `POST /v1/flows/{name}/run`.
struct FlowRoute: Sendable {
    let qa: QuestionAnswering
    let runs: FlowRuns
    let caller: CallerReader

    var routes: [Route] {
        [
            Route(.get, "/v1/flows") { _, _ in
                try .json(FlowDocument.List(flows: qa.flows.map { FlowDocument($0) }))
            },
            Route(.post, "/v1/flows/{name}/run") { request, parameters in
                let reader = try caller.reader(of: request)
                let body = try JSONBody.decode(FlowRunBody.self, from: request)
                return try await runs.answer(
                    body.input.question(reader: reader), flow: parameters["name"] ?? "", stream: body.stream,
                    requestID: request.id)
            },
        ]
    }
}
