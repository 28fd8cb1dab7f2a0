import HTTPTypes
import QA

/// `GET /v1/flows` and `POST /v1/flows/{name}/run`.
struct FlowOperations: Sendable {
    let qa: QuestionAnswering
    let runs: FlowRuns

    var operations: [Operation] {
        [
            .open(
                "listFlows", .get, "/v1/flows", summary: "the flows that can be run", section: "flows",
                inputs: .none, responses: [.json(FlowDocument.List.self, "every flow, as it is written")]
            ) { _ in try .json(FlowDocument.List(flows: qa.flows.map { FlowDocument($0) })) },
            .scoped(
                .flows, "runFlow", .post, "/v1/flows/{name}/run", summary: "one flow, run on a question",
                section: "flows",
                inputs: Inputs.path("name", .text, "the flow's name").and(.json(FlowRunBody.self)),
                responses: FlowRuns.responses, problems: FlowRuns.problems
            ) { input, caller in
                let (name, body) = input
                return try await runs.answer(
                    body.input.checked(), flow: name, stream: body.stream,
                    caller: caller)
            },
        ]
    }
}
