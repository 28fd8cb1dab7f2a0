import Concurrency

/// Why a call to Bedrock failed. What AWS said is kept, shortened; what was sent is not.
public enum BedrockError: RetryableError, Sendable, Equatable {
    /// What AWS told about a refusal.
    public struct Details: Sendable, Equatable {
        /// For example `InvokeModel`.
        public var operation: String
        public var modelID: String
        public var status: Int
        /// AWS's error type, for example `ThrottlingException`.
        public var code: String
        /// At most 300 characters of AWS's message.
        public var message: String
        /// What AWS's support asks for first.
        public var requestID: String

        public init(
            operation: String, modelID: String, status: Int, code: String, message: String, requestID: String
        ) {
            self.operation = operation
            self.modelID = modelID
            self.status = status
            self.code = code
            self.message = message
            self.requestID = requestID
        }
    }

    case throttled(Details)
    /// The request does not suit the model.
    case validation(Details)
    /// The keys, their signature or their rights.
    case accessDenied(Details)
    case modelNotFound(Details)
    case modelNotReady(Details)
    /// The model itself failed or took too long.
    case modelFailed(Details)
    /// A fault on AWS's side.
    case unavailable(Details)
    case unknown(Details)
    /// An answer that is not what Bedrock documents.
    case unexpectedResponse(operation: String, reason: String, requestID: String)
    case damagedStream(EventStreamError, requestID: String)
    /// No call was made: there are no credentials, say.
    case notSent(AWSError)
    /// No answer came at all.
    case transport(TransportError)

    /// Whether the same call may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .throttled, .modelNotReady, .modelFailed, .unavailable, .damagedStream: true
        case .validation, .accessDenied, .modelNotFound, .unknown, .unexpectedResponse: false
        case .notSent(let error): error.isRetryable
        case .transport(let error): error.isRetryable
        }
    }

    /// What AWS told, where it told something.
    public var details: Details? {
        switch self {
        case .throttled(let details), .validation(let details), .accessDenied(let details),
            .modelNotFound(let details), .modelNotReady(let details), .modelFailed(let details),
            .unavailable(let details), .unknown(let details):
            details
        case .unexpectedResponse, .damagedStream, .notSent, .transport: nil
        }
    }

    /// The case for AWS's error type, or for the status where AWS names none.
    init(_ details: Details) {
        self =
            switch details.code {
            case "ThrottlingException", "TooManyRequestsException": .throttled(details)
            case "ValidationException": .validation(details)
            case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException",
                "IncompleteSignatureException", "MissingAuthenticationTokenException",
                "ExpiredTokenException":
                .accessDenied(details)
            case "ResourceNotFoundException": .modelNotFound(details)
            case "ModelNotReadyException": .modelNotReady(details)
            case "ModelTimeoutException", "ModelErrorException", "ModelStreamErrorException":
                .modelFailed(details)
            case "InternalServerException", "ServiceUnavailableException": .unavailable(details)
            default: Self.byStatus(details)
            }
    }

    private static func byStatus(_ details: Details) -> BedrockError {
        switch details.status {
        case 401, 403: .accessDenied(details)
        case 429: .throttled(details)
        case 500...599: .unavailable(details)
        default: .unknown(details)
        }
    }

    /// What the core says, in Bedrock's terms.
    init(_ error: AWSError, modelID: String) {
        switch error {
        case .refused(let refusal):
            self.init(
                Details(
                    operation: refusal.operation, modelID: modelID, status: refusal.status,
                    code: refusal.code, message: refusal.message, requestID: refusal.requestID))
        case .unexpectedResponse(_, let operation, let reason, let requestID):
            self = .unexpectedResponse(operation: operation, reason: reason, requestID: requestID)
        case .damagedStream(let error, _, _, let requestID):
            self = .damagedStream(error, requestID: requestID)
        case .transport(let error): self = .transport(error)
        case .invalidOperation, .noEndpoint, .missingCredentials, .noCredentials, .credentialsFailed,
            .invalidSettings:
            self = .notSent(error)
        }
    }
}

extension BedrockError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .throttled(let details):
            text(
                details, "Bedrock throttles the calls",
                "Wait, send fewer at a time, or ask AWS for a higher quota.")
        case .validation(let details):
            text(details, "Bedrock refused the request", "Check the model id and what that model accepts.")
        case .accessDenied(let details):
            text(
                details, "Bedrock denied access",
                """
                Check the keys, the region, this machine's clock, the right bedrock:InvokeModel, and that \
                access to the model was granted in the account.
                """)
        case .modelNotFound(let details):
            text(details, "Bedrock knows no such model here", "Check the model id and the region.")
        case .modelNotReady(let details):
            text(details, "The model is still starting", "A retry in a minute can help.")
        case .modelFailed(let details):
            text(details, "The model failed", "A retry can help; a shorter prompt too.")
        case .unavailable(let details):
            text(details, "Bedrock is unavailable", "A retry can help.")
        case .unknown(let details):
            text(details, "Bedrock refused the call", "Look the error type up in AWS's documentation.")
        case .unexpectedResponse(let operation, let reason, let requestID):
            """
            The answer to \(operation) is not as Bedrock documents it: \(reason) (AWS request id \
            \(requestID)). Check the model id, and that the endpoint is Bedrock's.
            """
        case .damagedStream(let error, let requestID):
            "\(error) (AWS request id \(requestID))"
        case .notSent(let error):
            error.description
        case .transport(let error):
            error.description
        }
    }

    private func text(_ details: Details, _ what: String, _ advice: String) -> String {
        let code = details.code.isEmpty ? "" : " \(details.code)"
        let message = details.message.isEmpty ? "" : ": \(details.message)"
        return """
            \(what) (\(details.operation) \(details.modelID), status \(details.status)\(code), \
            AWS request id \(details.requestID))\(message) \(advice)
            """
    }
}
