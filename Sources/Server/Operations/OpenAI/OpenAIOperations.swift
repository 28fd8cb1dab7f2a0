import FlowService
import Foundation
import Models
import QA

/// The API of OpenAI, for the many clients that speak it: a flow is a model.
struct OpenAIOperations: Sendable {
    let qa: QuestionAnswering
    let service: FlowService
    let runs: FlowRuns

    var operations: [Operation] {
        let now: @Sendable () -> Date = { Date() }
        let freshID: @Sendable () -> String = { UUID().uuidString.lowercased() }
        let responses = OpenAIResponseOperation(
            service: service, runs: runs, dialect: .openAI, now: now, freshID: freshID)
        var all = OpenAIModelOperations(service: service, embedder: qa.embedder.model).operations
        all.append(OpenAIChatOperation(service: service, runs: runs, now: now).operation)
        all.append(responses.operation)
        all.append(OpenAIEmbeddingOperation(embedder: qa.embedder, runs: runs).operation)
        return all
    }

    /// Where failures are told as OpenAI tells them.
    static let paths: Set<String> = [
        "/v1/models", "/v1/models/{model}", "/v1/chat/completions", "/v1/responses", "/v1/embeddings",
        "/api/v1/responses",
    ]

    /// Why a run of a flow may be refused or fail.
    static let problems: [ProblemKind] = [
        .unknownFlow, .invalidFlow, .componentFailed, .flowStopped, .busy, .timedOut, .emptyQuestion,
        .questionTooLong, .outOfRange, .bodyTooLarge, .noSuchVersion,
    ]
}
