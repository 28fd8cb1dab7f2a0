import Foundation
import HTTPTypes
import Logging
import QA

/// Everything between a request and its response, without any network.
struct Application: Sendable {
    private let router: Router
    private let hostCheck: HostCheck
    private let logger: Logger
    let configuration: ServerConfiguration

    /// - Parameter indexCount: how many vectors the index holds now.
    init(
        qa: QuestionAnswering, indexCount: @escaping @Sendable () -> Int, configuration: ServerConfiguration,
        logger: Logger, version: String, webhooks: [WebhookReceiver] = []
    ) {
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        let caller = CallerReader(defaultReader: configuration.defaultReader)
        let runs = FlowRuns(
            qa: qa,
            limiter: RunLimiter(
                running: configuration.maxConcurrentRuns, waiting: configuration.maxQueuedRuns),
            timeout: configuration.requestTimeout)
        router = Router(
            routes: PageRoute.routes() + [
                AnswerRoute(runs: runs, caller: caller).route,
                SearchRoute(qa: qa, runs: runs, caller: caller).route,
                ChunkRoute(corpus: qa.corpus, caller: caller).route,
                StatusRoute(qa: qa, caller: caller, version: version).route,
            ] + FlowRoute(qa: qa, runs: runs, caller: caller).routes
                + HealthRoute(corpus: qa.corpus, model: qa.modelName, indexCount: indexCount).routes
                + webhooks.map { WebhookRoute(receiver: $0).route })
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: receives the request's body; called only when the request may have one.
    func respond(
        to request: APIRequest, body: @Sendable () async throws -> Data = { Data() }
    ) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var response: APIResponse
        do {
            try hostCheck.check(request)
            let match = try router.match(method: request.method, path: request.path)
            log = log.naming(match.route.pattern)
            var whole = request
            if request.method == .post, whole.body.isEmpty { whole.body = try await body() }
            response = try await match.route.handle(whole, match.parameters)
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
