import Concurrency
import Foundation

/// An AWS service in a region: signs calls, sends them, and reads what refusals say.
///
/// With an ``AWSRetrier`` it retries itself, signing each attempt anew. Without one, retries are the business of
/// the `HTTPClient` given: ``RetryingHTTPClient`` with the classification ``RetryClassification/aws``.
public struct AWSService: Sendable {
    /// An answer with AWS's id of the request, or `unknown`.
    public struct Response: Sendable {
        public var head: HTTPResponseHead
        public var body: Data

        /// AWS's id of the request, or `unknown`.
        public var requestID: String { head.requestID }
    }

    public let description: AWSServiceDescription
    public let region: String
    /// Scheme and host, without a slash at the end.
    public let endpoint: String
    /// Whether the endpoint is another than AWS's own.
    public let hasOwnEndpoint: Bool
    let credentials: any AWSCredentialsProvider
    /// In place of a signature.
    let bearer: AWSBearerToken?
    let timeout: Duration
    let signer: SigV4Signer
    private let variant: AWSEndpoint.Variant
    private let http: any HTTPClient
    private let retrier: AWSRetrier?
    let skew: AWSClockSkew

    /// - Parameters:
    ///   - region: for example `eu-central-1`.
    ///   - endpoint: another place than AWS's own, a private endpoint or a test server.
    ///   - variant: which of AWS's own hosts, where no endpoint is given.
    ///   - bearer: sent in place of a signature, so that no keys are asked for; of services that take one.
    ///   - retrier: shared by the calls of a client; none where `http` retries.
    ///   - timeout: limit of a call; where either side is streamed, the longest silence.
    ///   - skew: the clock that requests are signed by.
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    public init(
        _ description: AWSServiceDescription, region: String, credentials: any AWSCredentialsProvider,
        http: any HTTPClient, endpoint: URL? = nil, variant: AWSEndpoint.Variant = [],
        bearer: AWSBearerToken? = nil, retrier: AWSRetrier? = nil, timeout: Duration = .seconds(60),
        skew: AWSClockSkew
    ) throws(AWSError) {
        var base: String
        var signingRegion = region
        if let endpoint {
            guard AWSPartition.isName(region) else {
                throw .noEndpoint(
                    service: description.endpointPrefix, region: region,
                    reason: "its name has other characters than a-z, 0-9 and -")
            }
            base = endpoint.absoluteString
        } else {
            let found = try AWSEndpoint.of(
                description.endpointPrefix, region: region, variant: variant)
            base = found.url
            signingRegion = found.signingRegion
        }
        while base.hasSuffix("/") { base.removeLast() }
        self.description = description
        self.region = region
        self.endpoint = base
        hasOwnEndpoint = endpoint != nil
        self.credentials = credentials
        self.bearer = description.takesBearer ? bearer : nil
        self.http = http
        self.retrier = retrier
        self.timeout = timeout
        self.variant = variant
        self.skew = skew
        signer = SigV4Signer(region: signingRegion, service: description.signingName)
    }

    /// The same with a clock of its own.
    ///
    /// - Parameter now: the time that requests are signed with.
    public init(
        _ description: AWSServiceDescription, region: String, credentials: any AWSCredentialsProvider,
        http: any HTTPClient, endpoint: URL? = nil, variant: AWSEndpoint.Variant = [],
        timeout: Duration = .seconds(60), now: @escaping @Sendable () -> Date = { Date() }
    ) throws(AWSError) {
        try self.init(
            description, region: region, credentials: credentials, http: http, endpoint: endpoint,
            variant: variant, timeout: timeout, skew: AWSClockSkew(local: now))
    }

    /// The same in another region of the partition; at the same endpoint where that is not AWS's own.
    ///
    /// - Throws: ``AWSError/noEndpoint(service:region:reason:)``.
    package func elsewhere(_ region: String) throws(AWSError) -> AWSService {
        let isNear = AWSPartition.of(region: region)?.id == AWSPartition.of(region: self.region)?.id
        guard AWSPartition.isName(region), hasOwnEndpoint || isNear else {
            throw .noEndpoint(
                service: description.endpointPrefix, region: region,
                reason: "it is no region of the partition that \(self.region) lies in")
        }
        return try AWSService(
            description, region: region, credentials: credentials, http: http,
            endpoint: hasOwnEndpoint ? URL(string: endpoint) : nil, variant: variant, bearer: bearer,
            retrier: retrier, timeout: timeout, skew: skew)
    }

    /// The whole answer of a call.
    public func send(_ operation: AWSOperation) async throws(AWSError) -> Response {
        try await attempt(operation) { request throws(TransportError) in
            let response = try await http.send(request)
            return Attempt(
                head: response.head, answer: Response(head: response.head, body: response.body),
                isLateRefusal: operation.mayFailLate && AWSRefusalText.isRefusal(response.body)
            ) {
                response.body
            }
        }
    }

    /// The answer of a call as it comes. Dropping its body ends the call.
    ///
    /// Failures are retried until the head is there; those of the body are the reader's.
    public func stream(_ operation: AWSOperation) async throws(AWSError) -> HTTPStreamedResponse {
        try await attempt(operation) { request throws(TransportError) in
            let response = try await http.stream(request)
            return Attempt(head: response.head, answer: response) { await response.refusalBody() }
        }
    }

    /// The messages of a call that answers with an event stream, as they come; one task reads them.
    public func events(_ operation: AWSOperation) async throws(AWSError) -> AWSEventReader {
        AWSEventReader(try await stream(operation), description.endpointPrefix, operation.name)
    }

    // MARK: Attempts

    /// What came of sending a call once.
    private struct Attempt<Answer> {
        var head: HTTPResponseHead
        var answer: Answer
        /// Whether the answer is a refusal although its status is that of a success.
        var isLateRefusal = false
        /// The body, read where it is a refusal's.
        var text: () async -> Data
    }

    private func attempt<Answer>(
        _ operation: AWSOperation,
        _ exchange: (HTTPRequest) async throws(TransportError) -> Attempt<Answer>
    ) async throws(AWSError) -> Answer {
        var attempts = 0
        var lastCost: Int?
        var mayBeDone = false
        // Signing anew helps once against each of these, and costs no retry.
        var corrected: Set<AWSError.Refusal.Kind> = []
        while true {
            attempts += 1
            try await retrier?.turn()
            try await operation.pace?.turn()
            var asked = AWSRetryWait()
            do throws(AWSError) {
                let signed = try await signedRequest(operation)
                let sent = try await Self.wrapped { () throws(TransportError) in
                    try await exchange(signed.request)
                }
                let head = sent.head
                guard (200..<300).contains(head.status), !sent.isLateRefusal else {
                    asked = AWSRetryWait(head, now: skew.now)
                    let told = AWSRefusalText(
                        head, body: await sent.text(), hiding: signed.secrets + operation.secrets)
                    let error = refusal(of: operation, head, told, followsLostAnswer: mayBeDone)
                    if await correct(&corrected, head, told, signed) {
                        attempts -= 1
                        continue
                    }
                    throw error
                }
                retrier?.note(nil, lastCost: lastCost)
                return sent.answer
            } catch {
                guard let retrier else { throw error }
                retrier.note(error, lastCost: lastCost)
                guard operation.isReplayable, operation.pace?.decides(on: error) != true,
                    let retry = retrier.retry(after: error, attempt: attempts, asked: asked)
                else { throw error }
                lastCost = retry.cost
                mayBeDone = mayBeDone || error.mayBeDone
                try await retrier.sleep(retry.wait)
            }
        }
    }

    private static func wrapped<Value>(
        _ body: () async throws(TransportError) -> Value
    ) async throws(AWSError) -> Value {
        do throws(TransportError) {
            return try await body()
        } catch {
            throw .transport(error)
        }
    }

    /// Whether what made AWS refuse a signature is set right now, so that the call is worth signing again.
    private func correct(
        _ corrected: inout Set<AWSError.Refusal.Kind>, _ head: HTTPResponseHead, _ told: AWSRefusalText,
        _ signed: SignedRequest
    ) async -> Bool {
        guard retrier != nil, let keys = signed.keys, signed.request.body.isReplayable else { return false }
        // The answer to a HEAD has no code: S3 says 403 for a wrong time, 400 for a token that is over.
        let isBare = signed.request.method == "HEAD" && told.code.isEmpty
        let isTimely = !skew.note(head, code: told.code, isBare: isBare, signedAt: signed.date)
        guard isTimely else { return corrected.insert(.clockSkew).inserted }
        // The older services call a token that is over an expired request.
        let expired: Set<String> = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"]
        guard expired.contains(told.code) || (isBare && mayBeExpired(head, keys)),
            corrected.insert(.expiredCredentials).inserted
        else { return false }
        await credentials.discard(keys)
        return true
    }

    /// A bare 400 of S3 is of a token that is over, or of a bucket in another region.
    private func mayBeExpired(_ head: HTTPResponseHead, _ keys: AWSCredentials) -> Bool {
        head.status == 400 && keys.sessionToken != nil
            && (head["x-amz-bucket-region"] ?? signer.region) == signer.region
    }

    private func refusal(
        of operation: AWSOperation, _ head: HTTPResponseHead, _ told: AWSRefusalText,
        followsLostAnswer: Bool
    ) -> AWSError {
        // S3 names a bucket's region with every refusal; it is the reason of one only where it is another.
        let region = head["x-amz-bucket-region"] ?? told.otherRegion
        var refusal = AWSError.Refusal(
            service: description.endpointPrefix, operation: operation.name, status: head.status,
            code: told.code, message: told.message, requestID: told.requestID ?? "unknown",
            resource: operation.resource, otherRegion: region == signer.region ? nil : region,
            details: told.details)
        refusal.followsLostAnswer = followsLostAnswer
        return .refused(refusal)
    }
}

extension AWSError {
    /// Whether the call may have been carried out all the same.
    fileprivate var mayBeDone: Bool {
        switch self {
        case .transport(let error): !error.happenedBeforeSending
        case .refused(let refusal): (500...599).contains(refusal.status) || refusal.status == 200
        case .unexpectedResponse, .damagedStream, .damagedObject: true
        case .invalidOperation, .noEndpoint, .missingCredentials, .noCredentials, .credentialsFailed,
            .invalidSettings:
            false
        }
    }
}

extension HTTPResponseHead {
    /// AWS's id of the request, or `unknown`.
    public var requestID: String { knownRequestID ?? "unknown" }

    /// The last is OpenSearch Serverless's.
    var knownRequestID: String? {
        self["x-amzn-requestid"] ?? self["x-amz-request-id"] ?? self["x-request-id"]
    }
}
