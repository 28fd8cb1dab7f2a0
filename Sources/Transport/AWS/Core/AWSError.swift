import Concurrency
import Foundation

/// Why a call of an AWS service failed. What AWS said is kept, shortened; what was sent is not.
public enum AWSError: RetryableError, Sendable, Equatable {
    case refused(Refusal)
    /// An answer that is not what the service documents.
    case unexpectedResponse(service: String, operation: String, reason: String, requestID: String)
    case damagedStream(EventStreamError, service: String, operation: String, requestID: String)
    /// An object that came whole, and is not what the checksum is of that its store keeps with it.
    case damagedObject(resource: String, checksum: String, requestID: String)
    /// A call that cannot be put on the wire.
    case invalidOperation(service: String, operation: String, reason: String)
    /// There is no such endpoint.
    case noEndpoint(service: String, region: String, reason: String)
    /// No credentials: `variable` is the first environment variable that is absent.
    case missingCredentials(variable: String)
    /// No credentials in any of the places where they were looked for, in that order.
    case noCredentials([AWSCredentialPlace])
    /// A place that is set up to give credentials does not.
    case credentialsFailed(AWSCredentialPlace, isRetryable: Bool)
    /// Settings of AWS that cannot be used: a file, a variable, a value.
    case invalidSettings(place: String, reason: String)
    /// No answer came at all.
    case transport(TransportError)

    /// AWS's error code, where it told one.
    public var code: String? {
        if case .refused(let refusal) = self, !refusal.code.isEmpty { refusal.code } else { nil }
    }

    /// AWS's id of the request, where an answer came.
    public var requestID: String? {
        switch self {
        case .refused(let refusal): refusal.requestID
        case .unexpectedResponse(_, _, _, let requestID), .damagedStream(_, _, _, let requestID),
            .damagedObject(_, _, let requestID):
            requestID
        case .invalidOperation, .noEndpoint, .missingCredentials, .noCredentials, .credentialsFailed,
            .invalidSettings, .transport:
            nil
        }
    }

    /// What the refusal comes to, where it is one.
    public var kind: Refusal.Kind? {
        if case .refused(let refusal) = self { refusal.kind } else { nil }
    }

    /// Whether AWS asks for fewer calls.
    public var isThrottling: Bool {
        guard case .refused(let refusal) = self else { return false }
        return refusal.status == 429 || AWSRetryableCodes.throttling.contains(refusal.code)
            || refusal.isModelOverload
    }

    /// Whether the same call may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .refused(let refusal):
            AWSRetryableCodes.all.contains(refusal.code)
                || AWSRetryableCodes.statuses.contains(refusal.status) || refusal.isModelOverload
        case .damagedStream: true
        case .transport(let error): error.isRetryable
        case .credentialsFailed(_, let isRetryable): isRetryable
        case .unexpectedResponse, .damagedObject, .invalidOperation, .noEndpoint, .missingCredentials,
            .noCredentials, .invalidSettings:
            false
        }
    }
}

extension AWSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let refusal):
            Self.text(refusal)
        case .unexpectedResponse(let service, let operation, let reason, let requestID):
            """
            The answer of \(service) to \(operation) is not as AWS documents it: \(reason) (AWS request id \
            \(requestID)). Check that the endpoint is that service's.
            """
        case .damagedStream(let error, let service, let operation, let requestID):
            "\(error) (\(service) \(operation), AWS request id \(requestID))"
        case .damagedObject(let resource, let checksum, let requestID):
            """
            \(resource) is damaged: its \(checksum) differs from the object's (AWS request id \(requestID)). Put back \
            what was there, or write it anew.
            """
        case .invalidOperation(let service, let operation, let reason):
            "The call \(operation) of \(service) was not sent: \(reason)."
        case .noEndpoint(let service, let region, let reason):
            """
            There is no endpoint of \(service) for the region “\(region)”: \(reason). Check the region, or \
            name an endpoint.
            """
        case .missingCredentials(let variable):
            """
            There are no AWS credentials: the environment variable \(variable) is absent or empty. Set \
            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary keys).
            """
        case .noCredentials(let places):
            """
            There are no AWS credentials. Looked at, in this order: \
            \(places.map { "\($0.name): \($0.finding)" }.joined(separator: "; ")). Set up one of these places.
            """
        case .credentialsFailed(let place, let isRetryable):
            """
            The AWS credentials of \(place.name) could not be had: \(place.finding). \
            \(isRetryable ? "A retry can help." : "Correct that, or remove it to have the next place looked at.")
            """
        case .invalidSettings(let place, let reason):
            "The AWS settings in \(place) cannot be used: \(reason). Correct them."
        case .transport(let error):
            error.description
        }
    }

    private static func text(_ refusal: Refusal) -> String {
        let code = refusal.code.isEmpty ? "" : " \(refusal.code)"
        let resource = refusal.resource.map { " for \($0)" } ?? ""
        let isSaid = refusal.kind == .throttled || refusal.kind == .unavailable
        let canRetry = AWSError.refused(refusal).isRetryable && !isSaid
        return """
            AWS refused \(refusal.operation) of \(refusal.service)\(resource) (status \(refusal.status)\
            \(code), AWS request id \(refusal.requestID))\(AWSRefusalText.said(refusal.message)) \(refusal.advice)\
            \(canRetry ? " A retry can help." : "")
            """
    }
}
