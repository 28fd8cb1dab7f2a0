import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Logging
import Workspace

/// What operations ask of a corpus, and the door for its callers.
public typealias ServedCorpus = EmbeddingStore & PassageStore & ReadScopes & StateStore

/// Everything between a request and its response, without any network.
struct Application: Sendable {
    let router: OperationRouter
    let door: Door
    let hostCheck: HostCheck
    let crossOrigin: CrossOriginPolicy
    let logger: Logger
    let configuration: ServerConfiguration
    let metrics: ServerMetrics
    private let tracer: RequestTracer
    private let usage: UsageMeter?
    private let disk: DiskSpace?
    /// The applications of the other tenants, by their names. This one's callers are those of the default tenant, or all
    /// where there are no others.
    let houses: [String: Application]

    /// - Parameters:
    ///   - operations: everything that it can do.
    ///   - metrics: count its requests; `nil` for ones that nobody asks for.
    ///   - tracer: records them.
    ///   - disk: whether there is room to write; `nil` where nobody looks.
    ///   - usage: counts what they use; `nil` and nothing is counted.
    ///   - replies: responses under idempotency keys; `nil` and each request is carried out.
    ///   - pace: counts callers' requests.
    ///   - tenancy: whose callers come in; `nil` for everybody.
    ///   - houses: the applications of the other tenants, by their names.
    init(
        operations: [Operation], scopes: any ReadScopes, configuration: ServerConfiguration, logger: Logger,
        identity: ServedIdentity = ServedIdentity(), metrics: ServerMetrics? = nil,
        tracer: RequestTracer = RequestTracer(), usage: UsageMeter? = nil, disk: DiskSpace? = nil,
        replies: IdempotentReplies? = nil, pace: RequestPace = RequestPace(), tenancy: Tenancy? = nil,
        houses: [String: Application] = [:]
    ) {
        self.houses = houses
        self.disk = disk
        self.tracer = tracer
        self.usage = usage
        self.metrics = metrics ?? ServerMetrics(of: operations, ServedMetrics(), version: "", sources: [])
        self.configuration = configuration
        self.logger = logger
        hostCheck = HostCheck(configuration)
        crossOrigin = CrossOriginPolicy(configuration.allowedOrigins)
        door = Door(
            callers: CallerReader(configuration, identity: identity), scopes: scopes,
            timeLimit: configuration.requestTimeout, replies: replies, pace: pace, tenancy: tenancy)
        router = OperationRouter(operations)
    }

    /// Answers a request. Every failure becomes a problem document; nothing is thrown.
    ///
    /// - Parameter body: the request's body; asked for only when the operation declares one.
    func respond(to request: APIRequest, body: BodySource = .none) async -> APIResponse {
        guard !houses.isEmpty, request.found == nil else { return await serve(request, body) }
        let identified = await identified(request)
        if let tenant = identified.found?.owner?.tenant, let house = houses[tenant] {
            return await house.serve(identified, body)
        }
        return await serve(identified, body)
    }

    private func serve(_ request: APIRequest, _ body: BodySource) async -> APIResponse {
        // Whatever is asked of AWS for this request belongs to its trace.
        let header = request.headers.value(of: .traceID)
        guard header != RequestTrace.header else { return await counted(request, body) }
        return await RequestTrace.$header.withValue(header) { await counted(request, body) }
    }

    private func counted(_ request: APIRequest, _ body: BodySource) async -> APIResponse {
        guard let usage else { return await answer(to: request, body: body) }
        let own = RequestUsage()
        let response = await RequestUsage.$current.withValue(own) {
            await answer(to: request, body: body)
        }
        return usage.counting(response, of: own)
    }

    private func answer(to request: APIRequest, body: BodySource) async -> APIResponse {
        var log = RequestLog(
            logger: logger, requestID: request.id, method: request.method.rawValue, route: "none")
        var observation = metrics.requests.begin()
        var span: RequestSpan?
        var response: APIResponse
        var form = FailureForm.problem
        let admission = AdmissionHeaders()
        // A cookie that was changed for another reaches the browser, whatever else becomes of the request.
        if let cookie = request.found?.cookie { admission.set(.setCookie, cookie) }
        let request = known(request)
        do {
            try hostCheck.check(request)
            if request.method == .options {
                return finish(try options(request), request, log, observation, span)
            }
            let match = try router.match(method: request.method, path: request.path)
            // A browser posts a form, or nothing at all, to any server without asking it first; for JSON it asks, and
            // Millrace agrees only to the origins that the settings name.
            if request.method == .post, !JSONBody.isJSON(request) { try OriginCheck.check(request) }
            log = log.naming(match.operation.path)
            RequestUsage.current?.routed(to: match.operation.id)
            form = match.operation.failureForm
            if let disk, disk.isFull, match.operation.needsRoom { throw RequestFault.storageFull }
            observation.operation = match.operation.countedAs
            span = RequestSpan(
                request, match.operation, tracer: tracer, isTLS: configuration.tls != nil,
                concurrent: metrics.requests.inFlightCount)
            var routed = RoutedRequest(
                request: request, parameters: match.parameters, admission: admission)
            if match.operation.isWebSocket { routed.answer = { await respond(to: $0) } }
            try match.operation.checkAccept(of: request)
            try await routed.take(body, for: match.operation, limitBytes: configuration.bodyLimitBytes)
            if let disk, disk.isFull, match.operation.needsRoom(for: routed.request) {
                throw RequestFault.storageFull
            }
            response = try await RequestTrace.within(span?.span) { [routed] in
                try await match.operation.respond(to: routed, door: door)
            }
        } catch {
            let problem = ProblemDetails(error)
            if problem.type == ProblemKind.storageFull.urn { disk?.look() }
            RequestTrace.immediately(within: span?.span) { log.failed(problem) }
            response = form.response(to: problem, requestID: request.id)
        }
        admission.add(to: &response.headers)
        return RequestTrace.immediately(within: span?.span) { [response, log, observation] in
            finish(response, request, log, observation, span)
        }
    }

    /// The request as operations see it: whoever changes something names it by its tag, however it came packed.
    func known(_ request: APIRequest) -> APIRequest {
        var request = request
        if let tags = request.headers[.ifMatch] { request.headers[.ifMatch] = CodedTag.plain(tags) }
        request.hasAdmittedOrigin = crossOrigin.admitted(request) != nil
        return request
    }

    /// What may be done at an address; to a browser that asks for another site's page, whether that page may do it.
    private func options(_ request: APIRequest) throws(RequestFault) -> APIResponse {
        let (operations, methods) = try router.options(at: request.path)
        var headers: HTTPFields = [.allow: methods.joined(separator: ", ")]
        crossOrigin.addPreflight(to: &headers, for: request, methods: methods, operations: operations)
        return APIResponse(status: .noContent, headers: headers)
    }
}
