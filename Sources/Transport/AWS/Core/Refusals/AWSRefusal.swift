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
        /// SageMaker's `OriginalStatusCode`, `OriginalMessage`, `LogStreamArn` and `ErrorCode`; the first two of Bedrock
        /// too.
        public var details: [String: String]
        /// Whether an attempt of the same call before this one got no answer, or one of a fault on AWS's side: what was
        /// asked for may have been done, and be the very reason of the refusal.
        public var followsLostAnswer = false

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
        /// The KMS key behind the resource is disabled, waits for its deletion or cannot be used.
        case keyUnusable
        /// The request does not suit the service.
        case invalidRequest
        /// A fault on AWS's side.
        case unavailable
        case other
    }

    public var kind: Kind {
        if otherRegion != nil || Self.wrongRegion.contains(code) || isScopedElsewhere { return .wrongRegion }
        let code = plainCode
        if isSignedAtAnotherTime { return .clockSkew }
        if status == 429 || AWSRetryableCodes.throttling.contains(code) || isModelOverload {
            return .throttled
        }
        if let kind = Self.kinds.first(where: { $0.codes.contains(self.code) || $0.codes.contains(code) })?
            .kind
        {
            return kind
        }
        switch status {
        case 404: return .notFound
        case 409, 412: return .conflict
        case 401, 403: return .accessDenied
        case 500...599: return .unavailable
        // An exception within a stream, and S3's error behind a status that was sent too soon, come with 200.
        case 200 where !code.isEmpty, 400 where !code.isEmpty:
            return isDeleted ? .notFound : Self.byName(code)
        default: return .other
        }
    }

    /// Whether the model behind an endpoint of SageMaker has too much to do, which SageMaker tells as a
    /// failure of the model's (`ModelError`), never as throttling.
    var isModelOverload: Bool {
        code == "ModelError" && ["429", "503"].contains(details["OriginalStatusCode"])
    }

    /// S3 calls a header `AuthorizationHeaderMalformed` for its region and for much else: it names the region then.
    private static let wrongRegion: Set<String> = [
        "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException",
    ]

    /// S3 and SQS hand on what KMS says as `KMS.DisabledException`.
    private var plainCode: String { code.hasPrefix("KMS.") ? String(code.dropFirst(4)) : code }

    private static let signatures: Set<String> = [
        "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature",
        "IncompleteSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
    ]

    /// A signature for another region than the endpoint's, which is told in words alone.
    var isScopedElsewhere: Bool {
        Self.signatures.contains(code)
            && message.lowercased().contains("credential should be scoped to a valid region")
    }

    /// `Signature expired: 20260101T000000Z is now earlier than …`, and its opposite.
    private var isSignedAtAnotherTime: Bool {
        Self.signatures.contains(code)
            && (message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current"))
    }

    /// Secrets Manager's word for a secret that can still be restored.
    private var isDeleted: Bool {
        code == "InvalidRequestException"
            && (message.contains("marked for deletion") || message.contains("marked deleted"))
    }

    private static let kinds: [(kind: Kind, codes: Set<String>)] = [
        (
            .keyUnusable,
            [
                "DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException",
                "KMSDisabled", "KMSInvalidState", "KMSOptInRequired", "KmsDisabled", "KmsInvalidState",
                "KmsInvalidKeyUsage", "KmsOptInRequired", "DecryptionFailure", "EncryptionFailure",
                // Handed on by another service, it is the key that is not there, and not what was asked for.
                "KMSNotFound", "KmsNotFound", "KMS.NotFoundException",
            ]
        ),
        (.expiredCredentials, ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]),
        (.clockSkew, ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]),
        (
            .invalidCredentials,
            [
                "InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch",
                "InvalidSignatureException", "UnrecognizedClientException", "AuthFailure",
                "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
                "MissingAuthenticationTokenException", "InvalidToken", "AuthorizationHeaderMalformed",
            ]
        ),
        (
            .accessDenied,
            [
                "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
                "UnauthorizedException", "NotAuthorized", "AllAccessDisabled", "KMSAccessDenied",
                "KmsAccessDenied",
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
        // Signed for, and allowed: it is the object that is in the way.
        (.invalidRequest, ["InvalidObjectState", "InvalidRange"]),
    ]

    private static func byName(_ code: String) -> Kind {
        if code.contains("AccessDenied") { return .accessDenied }
        if code.contains("NotFound") || code.contains("DoesNotExist") { return .notFound }
        if code.contains("AlreadyExists") { return .conflict }
        return AWSRetryableCodes.all.contains(code) ? .unavailable : .invalidRequest
    }
}
