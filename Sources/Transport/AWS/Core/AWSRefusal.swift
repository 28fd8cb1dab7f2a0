extension AWSError {
    /// What AWS told about a call that it refused.
    public struct Refusal: Sendable, Hashable {
        /// The service's endpoint prefix, for example `sqs`.
        public var service: String
        /// For example `SendMessage`.
        public var operation: String
        public var status: Int
        /// AWS's error code, for example `ThrottlingException`; empty when it told none.
        public var code: String
        /// At most 300 characters of AWS's message.
        public var message: String
        /// What AWS's support asks for first; `unknown` when it told none.
        public var requestID: String
        /// What the call was about: a bucket and key, a queue, a secret's name. Never its content.
        public var resource: String?
        /// The region that the resource lies in, where AWS told that it is another one.
        public var otherRegion: String?
        /// What a service tells beside code and message, each at most 300 characters, by AWS's names:
        /// SageMaker's `OriginalStatusCode`, `OriginalMessage`, `LogStreamArn` and `ErrorCode`.
        public var details: [String: String]

        public init(
            service: String, operation: String, status: Int, code: String, message: String, requestID: String,
            resource: String? = nil, otherRegion: String? = nil, details: [String: String] = [:]
        ) {
            self.service = service
            self.operation = operation
            self.status = status
            self.code = code
            self.message = message
            self.requestID = requestID
            self.resource = resource
            self.otherRegion = otherRegion
            self.details = details
        }
    }
}

extension AWSError.Refusal {
    /// What a refusal comes to, whichever service told it in whichever words.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case throttled
        /// The keys are right, their owner may not do that.
        case accessDenied
        /// Temporary keys that are over.
        case expiredCredentials
        /// Keys that AWS does not know, or a signature by another secret.
        case invalidCredentials
        /// A signature whose time is too far from AWS's.
        case clockSkew
        /// The resource is not there.
        case notFound
        /// The resource is in another region.
        case wrongRegion
        /// A condition did not hold, or something is there already.
        case conflict
        /// The request does not suit the service.
        case invalidRequest
        /// A fault on AWS's side.
        case unavailable
        case other
    }

    public var kind: Kind {
        if otherRegion != nil || Self.wrongRegion.contains(code) { return .wrongRegion }
        if status == 429 || AWSRetryableCodes.throttling.contains(code) || isModelOverload {
            return .throttled
        }
        if let kind = Self.kinds.first(where: { $0.codes.contains(code) })?.kind { return kind }
        switch status {
        case 404: return .notFound
        case 409, 412: return .conflict
        case 401, 403: return .accessDenied
        case 500...599: return .unavailable
        case 400 where !code.isEmpty: return Self.byName(code)
        default: return .other
        }
    }

    /// Whether the model behind an endpoint of SageMaker has too much to do, which SageMaker tells as a
    /// failure of the model's (`ModelError`), never as throttling.
    var isModelOverload: Bool {
        code == "ModelError" && ["429", "503"].contains(details["OriginalStatusCode"])
    }

    private static let wrongRegion: Set<String> = [
        "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ]

    private static let kinds: [(kind: Kind, codes: Set<String>)] = [
        (.expiredCredentials, ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]),
        (.clockSkew, ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]),
        (
            .invalidCredentials,
            [
                "InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch",
                "InvalidSignatureException", "UnrecognizedClientException", "AuthFailure",
                "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
                "MissingAuthenticationTokenException", "InvalidToken",
            ]
        ),
        (
            .accessDenied,
            [
                "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
                "UnauthorizedException", "NotAuthorized", "AllAccessDisabled", "KMS.AccessDeniedException",
            ]
        ),
        (
            .notFound,
            [
                "NoSuchBucket", "NoSuchKey", "NoSuchUpload", "NoSuchVersion", "QueueDoesNotExist",
                "AWS.SimpleQueueService.NonExistentQueue", "ResourceNotFoundException", "ParameterNotFound",
                "ParameterVersionNotFound", "NotFound", "NotFoundException", "NoSuchEntity",
            ]
        ),
        (
            .conflict,
            [
                "PreconditionFailed", "ConditionalRequestConflict", "BucketAlreadyExists",
                "BucketAlreadyOwnedByYou", "ResourceExistsException", "ParameterAlreadyExists",
                "QueueNameExists", "QueueAlreadyExists", "OperationAborted", "AlreadyExistsException",
            ]
        ),
    ]

    private static func byName(_ code: String) -> Kind {
        if code.contains("AccessDenied") { return .accessDenied }
        if code.contains("NotFound") || code.contains("DoesNotExist") { return .notFound }
        if code.contains("AlreadyExists") { return .conflict }
        return AWSRetryableCodes.all.contains(code) ? .unavailable : .invalidRequest
    }

    /// The action and the resource that a denial names, for example `s3:GetObject` on an ARN.
    public var denied: (action: String, resource: String?)? {
        guard let words = message.firstRange(of: "not authorized to perform: ") else { return nil }
        let rest = message[words.upperBound...]
        let action = rest.prefix { !$0.isWhitespace && $0 != "," }
        guard !action.isEmpty else { return nil }
        let on = rest.firstRange(of: " on resource: ")
        let resource = on.map { rest[$0.upperBound...].prefix { !$0.isWhitespace && $0 != "," } }
        return (String(action), resource.map { String($0).trimmingQuotes })
    }

    /// What to do about it.
    var advice: String {
        switch kind {
        case .throttled: "Wait, send fewer calls at a time, or ask AWS for a higher quota; a retry can help."
        case .accessDenied:
            if let denied {
                """
                Grant \(denied.action)\(denied.resource.map { " on \($0)" } ?? "") to the keys' owner, in its \
                policy, the resource's and the organization's.
                """
            } else {
                "Grant \(service):\(operation) to the keys' owner, in its policy and in the resource's."
            }
        case .expiredCredentials: "The temporary keys are over: get new ones (for SSO: aws sso login)."
        case .invalidCredentials:
            "Check the access key, its secret and, for temporary keys, their token; and this machine's clock."
        case .clockSkew: "Set this machine's clock: AWS takes five minutes of difference."
        case .notFound: "Check the name, the account and the region; it may have been deleted."
        case .wrongRegion:
            otherRegion.map { "It lies in \($0): set that region." } ?? "Set the region that it lies in."
        case .conflict: "It was changed or made by somebody else; read it again before writing."
        case .invalidRequest: "Look the error code up in AWS's documentation of \(operation)."
        case .unavailable: "A retry can help."
        case .other: "Look the error code up in AWS's documentation of the service."
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        String(drop { "\"'".contains($0) }.reversed().drop { "\"'.".contains($0) }.reversed())
    }
}
