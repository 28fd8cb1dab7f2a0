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
    let logger: Logger
    let configuration: ServerConfiguration

    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - indexCount: how many vectors the index holds now.
    init(
        qa: QuestionAnswering, corpus: any ServedCorpus, indexCount: @escaping @Sendable () -> Int,
        configuration: ServerConfiguration,
        logger: Logger, version: String, webhooks: [WebhookReceiver] = []
    ) {
        let runs = FlowRuns(
            qa: qa,
            limiter: RunLimiter(
                running: configuration.maxConcurrentRuns, waiting: configuration.maxQueuedRuns))
        let operations =
            [
                AnswerOperation(runs: runs).operation,
                SearchOperation(qa: qa, runs: runs).operation,
                PassageOperation(corpus: corpus).operation,
                StatusOperation(
                    qa: qa, corpus: corpus, examples: ExampleQuestions(qa), version: version
                ).operation,
            ] + FlowOperations(qa: qa, runs: runs).operations
            + webhooks.map { WebhookOperation(receiver: $0).operation }
            + HealthOperations(corpus: corpus, model: qa.modelName, indexCount: indexCount).operations
        self.init(
            operations: ContractOperation.adding(to: operations) + PageOperations.operations(),
            scopes: corpus, configuration: configuration, logger: logger)
    }

    /// - Parameter operations: everything that it can do.
    init(
        operations: [Operation], scopes: any ReadScopes, configuration: ServerConfiguration, logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        door = Door(
            callers: CallerReader(defaultReader: configuration.defaultReader), scopes: scopes,
            timeLimit: configuration.requestTimeout)
        router = OperationRouter(operations)
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: the request's body; asked for only when the operation declares one.
    func respond(to request: APIRequest, body: BodySource = .none) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var response: APIResponse
        do {
            try hostCheck.check(request)
            let match = try router.match(method: request.method, path: request.path)
            log = log.naming(match.operation.path)
            var routed = RoutedRequest(request: request, parameters: match.parameters)
            if let limit = match.operation.body?.streamLimitBytes {
                routed.pieces = body.pieces(limit)
            } else if match.operation.body != nil, request.body.isEmpty {
                routed.request.body = try await body.whole()
            }
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
        let status = response.status.code
        switch response.body {
        case .data(let data):
            if response.status != .notModified { response.headers[.contentLength] = String(data.count) }
            if request.method == .head { response.body = .data(Data()) }
            log.served(status: status, bytes: data.count)
        case .events(let stream):
            response.body = .events(stream.observingEnd { log.streamed($0, status: status) })
        case .bytes(let stream):
            if let length = stream.length { response.headers[.contentLength] = String(length) }
            if request.method == .head {
                response.body = .data(Data())
                log.served(status: status, bytes: 0)
            } else {
                response.body = .bytes(stream.observingEnd { log.streamed($0, status: status) })
            }
        case .webSocket(let session):
            response.body = .webSocket(session.observingEnd { log.streamed($0, status: status) })
        }
        return response
    }
}
