import Corpus
import Foundation
import HTTPTypes
import Logging
import QA

/// What operations ask of a corpus, and the door for its callers.
public typealias ServedCorpus = EmbeddingStore & PassageStore & ReadScopes & StateStore

/// Everything between a request and its response, without any network.
struct Application: Sendable {
    let router: OperationRouter
    private let door: Door
    private let hostCheck: HostCheck
    private let logger: Logger
    let configuration: ServerConfiguration

    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - indexCount: how many vectors the index holds now.
    init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        configuration: ServerConfiguration,
        logger: Logger, version: String, webhooks: [WebhookReceiver] = []
    ) {
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        door = Door(
            callers: CallerReader(defaultReader: configuration.defaultReader), scopes: corpus,
            timeLimit: configuration.requestTimeout)
        let runs = FlowRuns(
            qa: qa,
            limiter: RunLimiter(
                running: configuration.maxConcurrentRuns, waiting: configuration.maxQueuedRuns))
        let operations =
            [
                AnswerOperation(runs: runs).operation,
                SearchOperation(qa: qa, runs: runs).operation,
                PassageOperation(corpus: corpus).operation,
                StatusOperation(qa: qa, corpus: corpus, version: version).operation,
            ] + FlowOperations(qa: qa, runs: runs).operations
            + webhooks.map { WebhookOperation(receiver: $0).operation }
            + HealthOperations(corpus: corpus, model: qa.modelName, indexCount: indexCount).operations
        router = OperationRouter(ContractOperation.adding(to: operations) + PageOperations.operations())
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: receives the request's body; called only when the operation declares one.
    func respond(
        to request: APIRequest, body: @Sendable () async throws -> Data = { Data() }
    ) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var response: APIResponse
        do {
            try hostCheck.check(request)
            let match = try router.match(method: request.method, path: request.path)
            log = log.naming(match.operation.path)
            var routed = RoutedRequest(request: request, parameters: match.parameters)
            if match.operation.body != nil, request.body.isEmpty { routed.request.body = try await body() }
            response = try await match.operation.respond(to: routed, door: door)
        } catch {
            let problem = ProblemDetails(error)
            log.failed(problem)
            response = problem.response(requestID: request.id)
        }
        return finish(response, request, log)
    }

    private func finish(_ response: APIResponse, _ request: APIRequest, _ log: RequestLog) -> APIResponse {
        var response = response
        response.headers[.requestID] = request.id
        SecurityHeaders.add(to: &response.headers)
        switch response.body {
        case .data(let data):
            if response.status != .notModified { response.headers[.contentLength] = String(data.count) }
            if request.method == .head { response.body = .data(Data()) }
            log.served(status: response.status.code, bytes: data.count)
        case .events(let stream):
            response.body = .events(stream.observingEnd { log.streamed($0) })
        }
        return response
    }
}
