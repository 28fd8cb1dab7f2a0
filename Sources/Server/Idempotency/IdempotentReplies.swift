import Corpus
import Crypto
import Foundation
import HTTPTypes
import Workspace

/// Responses under idempotency keys: the second request of a caller's with the same key is given what the first was.
///
/// A key belongs to the caller's conversations' owner, and to one operation. What is kept tells nothing of the key nor
/// of the request: the one is a digest, the other a MAC made with the key.
struct IdempotentReplies: Sendable {
    let store: any ReplyStore
    /// Looks whether what a kept response shows may still be read; `nil` where nothing is shown.
    let access: AccessWatch?
    let now: @Sendable () -> Date
    private let claims: LiveClaims

    /// How long a response is kept.
    static let kept = Duration.seconds(86_400)
    /// After which a request that neither ended nor failed counts as lost, with the process that carried it out. While it
    /// is carried out, its claim is renewed.
    static let claimed = Duration.seconds(300)

    /// - Parameter renewal: how often the claims of what is being carried out are renewed.
    init(
        store: any ReplyStore, access: AccessWatch? = nil, renewal: Duration = .seconds(60),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.access = access
        self.now = now
        claims = LiveClaims(store, length: Self.claimed, pace: renewal, now: now)
    }

    /// The response to a request that has a key: what `work` makes of it, or what it made of it before.
    ///
    /// What has begun goes on to its end, and its response is kept, though the client has gone: it comes again, and is
    /// told what became of it. Work with a limit of its own keeps to that.
    ///
    /// - Parameters:
    ///   - keepsBody: whether the response may be given again.
    ///   - failures: how the operation tells what went wrong.
    ///   - body: knows what `work` reads of a body that comes in pieces; `nil` for one that has come.
    /// - Throws: ``RequestFault``, ``WorkspaceError/keyReused(key:)``, and what `work` throws;
    ///   ``RequestFault/accessWithdrawn`` when the response shows what the caller may not read any more.
    func respond(
        to routed: RoutedRequest, key: String, operation: String, caller: Caller, keepsBody: Bool,
        failures: FailureForm, body: StreamedBodyDigest? = nil,
        _ work: @escaping @Sendable () async throws -> APIResponse
    ) async throws -> APIResponse {
        let request = routed.request
        let reply = ReplyKey(
            owner: caller.owner, operation: operation, digest: Data(SHA256.hash(data: Data(key.utf8))),
            fingerprint: RequestFingerprint.of(request, by: caller.reader, key: key))
        // A task of its own, which the end of the request does not cancel; the values that are bound to this one are bound
        // to it, too.
        return try await Task {
            let time = now()
            let until = time.addingTimeInterval(Self.claimed / .seconds(1))
            switch try await store.claim(reply, until: until, at: time) {
            case .otherRequest: throw WorkspaceError.keyReused(key: key)
            case .underWay: throw RequestFault.requestUnderWay(retryAfterSeconds: 1)
            case .replied(let stored):
                if let body, let mark = stored.requestBody {
                    guard try await body.isSame(routed.pieces, as: mark) else {
                        throw WorkspaceError.keyReused(key: key)
                    }
                }
                try await access?.check(stored.shownDocuments, for: caller.reader, mustAnswer: true)
                return try Self.response(stored)
            case .first(let claim):
                claims.hold(claim, of: reply)
                defer { claims.drop(claim) }
                return try await carryOut(
                    request, reply, claim, caller, keepsBody: keepsBody, failures: failures, body, work)
            }
        }.value
    }

    private func carryOut(
        _ request: APIRequest, _ reply: ReplyKey, _ claim: Int64, _ caller: Caller, keepsBody: Bool,
        failures: FailureForm, _ body: StreamedBodyDigest?,
        _ work: @Sendable () async throws -> APIResponse
    ) async throws -> APIResponse {
        do {
            let response = try await work()
            await settle(
                reply, claim, response, showing: caller.scope.shownDocuments, keepsBody: keepsBody,
                body?.mark)
            return response
        } catch {
            // Without its body there was nothing to carry out.
            if let body, body.hasFailed {
                await release(reply, claim)
                throw error
            }
            let problem = ProblemDetails(error)
            guard problem.type != ProblemKind.cancelled.urn, !problem.isOutcomeUnknown else {
                // How far it came nobody knows: it is not done once more.
                var unknown = StoredReply(status: Self.unknown, headers: [], body: nil)
                unknown.requestBody = body?.mark
                await settle(reply, claim, with: unknown)
                throw error
            }
            // A refusal that may be another one next time is none to be given again.
            await settle(
                reply, claim,
                problem.retryable ? nil : failures.response(to: problem, requestID: request.id),
                keepsBody: true, body?.mark)
            throw error
        }
    }

    /// The status that stands for an outcome that nobody knows. Responses with such a status are never kept.
    private static let unknown = 503

    /// - Parameters:
    ///   - response: `nil` for one that is not to be given again.
    ///   - documents: of which it shows something.
    ///   - mark: the request's body, where that came in pieces.
    private func settle(
        _ key: ReplyKey, _ claim: Int64, _ response: APIResponse?, showing documents: Set<String> = [],
        keepsBody: Bool, _ mark: StreamedBodyDigest.Mark?
    ) async {
        // What was carried out is answered although its response could not be kept; the claim then ends by itself.
        guard let response, response.status.code < 500, let body = response.data else {
            return await release(key, claim)
        }
        let isKept = keepsBody && body.count <= WorkspaceLimits.replyBytes
        let headers = response.headers.filter { $0.name != .setCookie }
            .map { StoredReply.Header(name: $0.name.rawName, value: $0.value) }
        var reply = StoredReply(
            status: response.status.code, headers: isKept ? headers : [], body: isKept ? body : nil)
        if isKept { reply.shownDocuments = documents }
        reply.requestBody = mark
        await settle(key, claim, with: reply)
    }

    private func settle(_ key: ReplyKey, _ claim: Int64, with reply: StoredReply) async {
        try? await store.settle(
            key, claim: claim, with: reply, until: now().addingTimeInterval(Self.kept / .seconds(1)))
    }

    private func release(_ key: ReplyKey, _ claim: Int64) async {
        try? await store.release(key, claim: claim)
    }

    private static func response(_ stored: StoredReply) throws(RequestFault) -> APIResponse {
        guard let body = stored.body else {
            throw stored.status == unknown ? .outcomeUnknown : .replyNotKept(status: stored.status)
        }
        var headers = HTTPFields()
        for header in stored.headers where !StoredReply.ownFields.contains(header.name) {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        headers[.idempotencyReplayed] = "true"
        return APIResponse(status: .init(code: stored.status), headers: headers, body: .data(body))
    }
}

extension Door {
    /// What `work` makes of a request; what it made of the same one before, under the same key.
    ///
    /// - Parameter body: what the operation's body may be. One that comes in pieces is known by a digest of what `work`
    ///   reads of it; a form is gathered within its limit, as its parts are compared.
    func once(
        _ routed: RoutedRequest, _ operation: String, _ idempotency: Idempotency, _ body: BodyDeclaration?,
        _ caller: Caller, _ failures: FailureForm,
        _ work: @escaping @Sendable (RoutedRequest) async throws -> APIResponse
    ) async throws -> APIResponse {
        guard idempotency.keepsReplies, let key = routed.request.headers[.idempotencyKey] else {
            return try await work(routed)
        }
        // Also where this response is none to be kept: what the key has to look like stands in the document.
        try Idempotency.check(key)
        guard let replies, idempotency.applies(to: routed) else { return try await work(routed) }
        let isForm = body?.contentTypes.contains(MultipartForm.contentType) == true
        let isWhole = body?.streamLimitBytes == nil || !routed.request.body.isEmpty
        let isGathered = isForm && !isWhole && UploadFields(routed.request.headers).isComplete == nil
        let given = try await isGathered ? routed.gathered() : routed
        let digest = isWhole || isGathered ? nil : StreamedBodyDigest(key: key)
        var watched = given
        if let digest { watched.pieces = digest.watching(given.pieces) }
        return try await replies.respond(
            to: given, key: key, operation: operation, caller: caller,
            keepsBody: idempotency.keepsBodies, failures: failures, body: digest
        ) { [watched] in try await work(watched) }
    }
}
