import Corpus
import FlowService
import Foundation
import HTTPTypes
import Workspace

/// Who asks, as the handlers of operations receive it. Only the ``Door`` makes one.
struct Caller: Sendable {
    /// What may be read, for this request.
    let scope: ReadScope
    /// Whose conversations, runs, files and flows these are.
    let owner: Owner
    /// For runs that are carried out later; an operation that answers at once has ``scope``.
    let reader: Reader
    /// Names the request in responses and logs.
    let requestID: String
    /// Time that the caller's work may take once its turn has come.
    let timeLimit: Duration
    /// How many questions, searches and flows the caller may have under way; `nil` for the server's own limit.
    let concurrentRuns: Int?
    /// As the audit log names them.
    let actor: String
    /// The API key that they proved it by; empty for none.
    let keyID: String
    /// Whether what let them in still does; see ``Door/recheck(_:_:)``. `nil` where there is nothing to ask again.
    let isStillAdmitted: (@Sendable () async -> Bool?)?
    private let scopes: Set<Scope>
    /// Whether nothing proves who it is.
    let isAnonymous: Bool

    fileprivate init(
        _ found: CallerReader.Found, scope: ReadScope, owner: Owner, requestID: String, timeLimit: Duration,
        isStillAdmitted: (@Sendable () async -> Bool?)?
    ) {
        self.isStillAdmitted = isStillAdmitted
        self.scope = scope
        reader = found.reader
        self.owner = owner
        self.requestID = requestID
        self.timeLimit = timeLimit
        concurrentRuns = found.concurrentRuns
        actor = found.actor
        keyID = found.keyID
        scopes = found.scopes
        isAnonymous = found.isAnonymous
    }

    /// Whether the caller may do what this scope stands for.
    func has(_ scope: Scope) -> Bool { scopes.contains(scope) }

    /// - Throws: ``RequestFault/insufficientScope(needed:granted:isAnonymous:)``.
    func require(_ scope: Scope) throws(RequestFault) {
        guard has(scope) else {
            throw .insufficientScope(
                needed: scope.rawValue, granted: scopes.map(\.rawValue).sorted(), isAnonymous: isAnonymous)
        }
    }

    /// The caller as what their ingests use is counted.
    var account: IngestJob.Account {
        IngestJob.Account(tenant: owner.tenant, caller: owner.name, key: keyID)
    }

    /// The caller as flows are run for.
    var flowCaller: FlowCaller {
        FlowCaller(
            owner: owner, reader: reader, scope: scope, requestID: requestID, keyID: keyID,
            timeLimit: timeLimit)
    }
}

/// Where a request becomes a caller: the one place that decides who somebody is and what they may do.
struct Door: Sendable {
    let callers: CallerReader
    let scopes: any ReadScopes
    let timeLimit: Duration
    /// Responses under idempotency keys; `nil` where none are kept.
    let replies: IdempotentReplies?
    /// Whose callers may come in; `nil` where all tenants share one corpus.
    let tenancy: Tenancy?
    private let owners = KnownOwners()
    private let pace: RequestPace

    init(
        callers: CallerReader, scopes: any ReadScopes, timeLimit: Duration, replies: IdempotentReplies? = nil,
        pace: RequestPace = RequestPace(), tenancy: Tenancy? = nil
    ) {
        self.tenancy = tenancy
        self.callers = callers
        self.scopes = scopes
        self.timeLimit = timeLimit
        self.replies = replies
        self.pace = pace
    }

    /// The caller behind a request, who has `scope` if one is asked for.
    ///
    /// - Parameter isOfAny: whether a caller of any tenant that is served will do, because nothing of the corpus is
    ///   handed out here.
    /// - Throws: ``RequestFault``.
    func admit(
        _ routed: RoutedRequest, to scope: Scope?, ofAnyTenant isOfAny: Bool = false
    ) async throws(RequestFault) -> Caller {
        let request = routed.request
        let found = try await callers.caller(of: request)
        let owner = found.owner ?? owners.owner(of: found.reader)
        try tenancy?.check(owner, isOfAny: isOfAny)
        let readable = scopes.scope(for: found.reader)
        if let token = found.token { readable.bears(token) }
        let caller = Caller(
            found, scope: readable, owner: owner, requestID: request.id,
            timeLimit: timeLimit, isStillAdmitted: recheck(found, request))
        TraceRecording.current?.belongs(toTenant: owner.tenant, caller: owner.name)
        RequestUsage.current?.admitted(owner, key: found.keyID)
        if let cookie = found.cookie { routed.admission.set(.setCookie, cookie) }
        if let perMinute = found.requestsPerMinute ?? callers.configuration.requestsPerMinute {
            let decision = await pace.decide(
                found.paceName ?? owner.description, perMinute: perMinute)
            decision.tell(routed.admission)
            guard decision.isAllowed else {
                throw .rateLimited(perMinute: perMinute, retryAfterSeconds: decision.seconds)
            }
        }
        if let scope { try caller.require(scope) }
        return caller
    }

    /// Asks later whether the key, the session or the token of a request is still good; a socket asks for all of its
    /// messages itself.
    private func recheck(
        _ found: CallerReader.Found, _ request: APIRequest
    ) -> (@Sendable () async -> Bool?)? {
        guard found.isEndable, !request.isMessage else { return nil }
        var again = request
        again.body = Data()
        again.found = nil
        // No cookie is changed for another by it, and one that another request changes meanwhile does not matter.
        again.isMessage = true
        again.session = callers.held(by: request)
        return { [callers, again] in await callers.isStill(found, callerOf: again) }
    }
}

extension RequestPace.Decision {
    /// As draft-ietf-httpapi-ratelimit-headers has it.
    fileprivate func tell(_ headers: AdmissionHeaders) {
        headers.set(.rateLimitPolicy, "\"requests\";q=\(perMinute);w=60")
        headers.set(.rateLimit, "\"requests\";r=\(remaining);t=\(seconds)")
    }
}
