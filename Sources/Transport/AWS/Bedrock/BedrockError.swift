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
    /// The prompt is longer than the model's context.
    case contextTooLong(Details)
    /// The keys may not do this; AWS's message names action and resource.
    case accessDenied(Details)
    /// The account was not given access to the model.
    case modelNotEnabled(Details)
    /// The keys themselves, or their signature.
    case credentialsRefused(Details)
    /// A signature for another region than the endpoint's.
    case wrongRegion(Details)
    /// Keys that were good for a time, which is over.
    case credentialsExpired(Details)
    /// More than the account may have, however long one waits.
    case quotaExceeded(Details)
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
        case .validation, .contextTooLong, .accessDenied, .modelNotEnabled, .credentialsRefused, .wrongRegion,
            .credentialsExpired, .quotaExceeded, .modelNotFound, .unknown, .unexpectedResponse:
            false
        case .notSent(let error): error.isRetryable
        case .transport(let error): error.isRetryable
        }
    }

    /// Whether slowing down is what helps.
    public var isThrottling: Bool {
        if case .throttled = self { true } else { false }
    }

    /// What AWS told, where it told something.
    public var details: Details? {
        switch self {
        case .throttled(let details), .validation(let details), .contextTooLong(let details),
            .accessDenied(let details), .modelNotEnabled(let details), .credentialsRefused(let details),
            .wrongRegion(let details),
            .credentialsExpired(let details), .quotaExceeded(let details), .modelNotFound(let details),
            .modelNotReady(let details), .modelFailed(let details),
            .unavailable(let details), .unknown(let details):
            details
        case .unexpectedResponse, .damagedStream, .notSent, .transport: nil
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
        case .contextTooLong(let details):
            text(details, "The prompt is longer than the model reads", "Ask with fewer or shorter passages.")
        case .accessDenied(let details):
            text(
                details, "Bedrock denied access",
                "Give whom the keys belong to the right that the message names, \(details.action) say."
            )
        case .modelNotEnabled(let details):
            text(
                details, "The account has no access to the model",
                "Ask for access under “Model access” of Bedrock's console in this region, or take another model."
            )
        case .credentialsRefused(let details):
            text(details, "AWS refused the keys", "Check them, the region, and this machine's clock.")
        case .wrongRegion(let details):
            text(
                details, "The endpoint is of another region than the requests are signed for",
                "Set the region that the endpoint lies in.")
        case .credentialsExpired(let details):
            text(details, "The keys have expired", "Sign in again, or renew the session's token.")
        case .quotaExceeded(let details):
            text(details, "A quota of the account is used up", "Ask AWS for a higher one.")
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
        return """
            \(what) (\(details.operation) \(details.modelID), status \(details.status)\(code), \
            AWS request id \(details.requestID))\(AWSRefusalText.said(details.message)) \(advice)
            """
    }
}
