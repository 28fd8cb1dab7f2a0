import Concurrency
import Transport

/// Why a call of a SageMaker endpoint failed. What AWS and the model's container said is kept, shortened;
/// what was sent is not.
public enum SageMakerError: RetryableError, Sendable, Equatable {
    /// What is told of a model that failed.
    public struct ModelFailure: Sendable, Hashable {
        public var endpoint: String
        /// The status that the model's container answered with; 0 when it did not answer in time.
        public var originalStatus: Int?
        /// At most 300 characters of what the container, or else AWS, said; of JSON its message alone.
        public var message: String
        /// The log stream of the container in CloudWatch.
        public var logStreamARN: String?
        /// AWS's id of the request; `unknown` when it told none.
        public var requestID: String

        public init(
            endpoint: String, originalStatus: Int? = nil, message: String = "", logStreamARN: String? = nil,
            requestID: String = "unknown"
        ) {
            self.endpoint = endpoint
            self.originalStatus = originalStatus
            self.message = message
            self.logStreamARN = logStreamARN
            self.requestID = requestID
        }
    }

    /// The model's container refused the request, or failed.
    case modelFailed(ModelFailure)
    /// There is no such endpoint in the account and region.
    case endpointNotFound(AWSError.Refusal)
    /// A streamed answer that ended before it was whole. `code` is AWS's: `ModelInvocationTimeExceeded`,
    /// `StreamBroken` or the exception's name; empty where the stream ended without a word.
    case brokenStream(endpoint: String, code: String, message: String, requestID: String)
    /// An answer that is not in the form that the settings tell. `reason` holds nothing of it.
    case unexpectedAnswer(endpoint: String, reason: String, requestID: String)
    /// All else: keys, throttling, the network.
    case aws(AWSError)

    /// Whether the same call may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .modelFailed(let failure):
            failure.originalStatus.map { [0, 408, 429, 500, 502, 503, 504].contains($0) } ?? false
        case .brokenStream: true
        case .endpointNotFound, .unexpectedAnswer: false
        case .aws(let error): error.isRetryable
        }
    }

    /// AWS's id of the request, where an answer came.
    public var requestID: String? {
        switch self {
        case .modelFailed(let failure): failure.requestID
        case .endpointNotFound(let refusal): refusal.requestID
        case .brokenStream(_, _, _, let requestID), .unexpectedAnswer(_, _, let requestID): requestID
        case .aws(let error): error.requestID
        }
    }

    /// What the core says, in SageMaker's terms.
    init(_ error: AWSError, endpoint: String) {
        guard case .refused(let refusal) = error else {
            self = .aws(error)
            return
        }
        switch refusal.code {
        case "ModelError":
            self = .modelFailed(
                ModelFailure(
                    endpoint: endpoint,
                    originalStatus: refusal.details["OriginalStatusCode"].flatMap { Int($0) },
                    message: refusal.details["OriginalMessage"] ?? refusal.messageAlone,
                    logStreamARN: refusal.details["LogStreamArn"], requestID: refusal.requestID))
        case "ModelStreamError", "InternalStreamFailure":
            self = .brokenStream(
                endpoint: endpoint, code: refusal.details["ErrorCode"] ?? refusal.code,
                message: refusal.message, requestID: refusal.requestID)
        case "ValidationError" where refusal.message.contains("not found"):
            self = .endpointNotFound(refusal)
        default:
            self = .aws(error)
        }
    }
}

extension AWSError.Refusal {
    /// AWS's words without the container's, which may repeat what it was sent.
    fileprivate var messageAlone: String {
        message.firstRange(of: " with message ").map { String(message[..<$0.lowerBound]) } ?? message
    }
}

extension SageMakerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .modelFailed(let failure):
            """
            The model behind the SageMaker endpoint \(failure.endpoint) failed \
            (\(failure.statusText)AWS request id \(failure.requestID))\(Self.said(failure.message)) \
            \(failure.advice)\(failure.logStreamARN.map { " Its log: \($0)." } ?? "")
            """
        case .endpointNotFound(let refusal):
            """
            There is no SageMaker endpoint \(refusal.resource ?? "of that name") (AWS request id \
            \(refusal.requestID))\(Self.said(refusal.message)) Check its name, the account and the region.
            """
        case .brokenStream(let endpoint, let code, let message, let requestID):
            """
            The answer of the SageMaker endpoint \(endpoint) broke off (\(code.isEmpty ? "" : code + ", ")\
            AWS request id \(requestID))\(Self.said(message)) A retry can help.
            """
        case .unexpectedAnswer(let endpoint, let reason, let requestID):
            """
            The answer of the SageMaker endpoint \(endpoint) is not in the form of the settings: \(reason) \
            (AWS request id \(requestID)). Correct the request's template or the answer's path.
            """
        case .aws(let error): error.description
        }
    }

    private static func said(_ message: String) -> String {
        message.isEmpty ? "." : ": \(message)\(message.hasSuffix(".") ? "" : ".")"
    }
}

extension SageMakerError.ModelFailure {
    fileprivate var statusText: String { originalStatus.map { "its status \($0), " } ?? "" }

    fileprivate var advice: String {
        switch originalStatus {
        case 0, 408, 504: "It took too long: send less at a time; a retry can help."
        case 429, 503:
            "It has too much to do: send fewer calls at a time, or give the endpoint more instances."
        case 500, 502: "Look at the endpoint's log; a retry can help."
        case .some(400..<500):
            "The request does not suit it: check the request's template, and the endpoint's log."
        default: "Look at the endpoint's log."
        }
    }
}
