import Concurrency
import Foundation
import Transport

/// Why a call of OpenSearch failed. Of its words at most 300 characters are kept, without quoted content.
public enum OpenSearchError: RetryableError, Sendable, Equatable {
    /// What an answer told.
    public struct Details: Sendable, Hashable {
        /// For example `_search`.
        public var operation: String
        /// The index or alias that was asked.
        public var index: String?
        public var status: Int
        /// OpenSearch's name of the error, for example `mapper_parsing_exception`; empty when it told none.
        public var type: String
        /// At most 300 characters, without the values that OpenSearch quotes.
        public var reason: String
        /// AWS's id of the request; `unknown` when it told none.
        public var requestID: String

        public init(
            operation: String, index: String? = nil, status: Int, type: String = "", reason: String = "",
            requestID: String = "unknown"
        ) {
            self.operation = operation
            self.index = index
            self.status = status
            self.type = type
            self.reason = reason
            self.requestID = requestID
        }
    }

    case indexMissing(Details)
    /// Something else that is not there: an alias, a point in time.
    case notFound(Details)
    /// It is there already, or was changed meanwhile.
    case conflict(Details)
    /// The request does not suit OpenSearch: a query that it cannot read, a field that it does not know.
    case badRequest(Details)
    case throttled(Details)
    /// `action` is what the keys' owner, or the user, may not do.
    case denied(action: String, Details)
    /// It took longer than somebody was ready to wait; what it does may still happen.
    case timedOut(Details)
    /// A search that not all shards answered: what there is is a part.
    case shardsFailed(failed: Int, of: Int, Details)
    /// A fault of the cluster.
    case unavailable(Details)
    /// An answer that is not what OpenSearch documents.
    case unexpectedResponse(operation: String, reason: String, requestID: String)
    /// A call that was not sent.
    case invalidOperation(operation: String, reason: String)
    /// The keys, the clock or the endpoint.
    case aws(AWSError)
    /// No answer came at all.
    case transport(TransportError)

    /// OpenSearch's name of what a block of an index or of the cluster refuses.
    static let blocked = "cluster_block_exception"

    /// Whether somebody, or a disk that is nearly full, forbids it.
    public var isBlocked: Bool { details.map { $0.type == Self.blocked && $0.status != 503 } ?? false }

    /// What the answer told, where there was one.
    public var details: Details? {
        switch self {
        case .indexMissing(let details), .notFound(let details), .conflict(let details),
            .badRequest(let details), .throttled(let details), .denied(_, let details),
            .timedOut(let details), .shardsFailed(_, _, let details), .unavailable(let details):
            details
        case .unexpectedResponse, .invalidOperation, .aws, .transport: nil
        }
    }

    /// AWS's id of the request, where an answer came.
    public var requestID: String? {
        switch self {
        case .unexpectedResponse(_, _, let requestID): requestID
        case .aws(let error): error.requestID
        default: details?.requestID
        }
    }

    /// Whether the same call may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .throttled, .timedOut, .shardsFailed, .unavailable: true
        case .indexMissing, .notFound, .conflict, .badRequest, .denied, .unexpectedResponse,
            .invalidOperation:
            false
        case .aws(let error): error.isRetryable
        case .transport(let error): error.isRetryable
        }
    }
}

extension OpenSearchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .indexMissing(let details):
            "\(details) There is no index or alias of that name: create it, or correct the setting."
        case .notFound(let details):
            "\(details) Check the name; it may have been deleted."
        case .conflict(let details):
            "\(details) It is there already, or somebody else changed it: read it again before writing."
        case .badRequest(let details):
            "\(details) Correct the query, the document or the mapping; a retry does not help."
        case .throttled(let details):
            """
            \(details) Wait, send fewer or smaller requests at a time, or give the cluster more capacity; a \
            retry can help.
            """
        case .denied(let action, let details):
            """
            \(details) Grant \(action): on AWS in the policy of the keys' owner and in the domain's or the \
            collection's, and where the cluster has roles of its own, in a role of that user's.
            """
        case .timedOut(let details):
            "\(details) Ask for less, or allow more time; a retry can help."
        case .shardsFailed(let failed, let all, let details):
            """
            \(details) \(failed) of \(all) shards failed, so the answer would be a part. Look at the cluster's \
            health; a retry can help, and a part can be allowed.
            """
        case .unavailable(let details):
            "\(details) Look at the cluster's health; a retry can help."
        case .unexpectedResponse(let operation, let reason, let requestID):
            """
            The answer to OpenSearch's \(operation) is not as it is documented: \(reason) (request id \
            \(requestID)). Check that the endpoint is an OpenSearch's.
            """
        case .invalidOperation(let operation, let reason):
            "The call \(operation) of OpenSearch was not sent: \(reason)."
        case .aws(let error): error.description
        case .transport(let error): error.description
        }
    }
}

extension OpenSearchError.Details: CustomStringConvertible {
    public var description: String {
        let place = index.map { " on \($0)" } ?? ""
        let name = type.isEmpty ? "" : " \(type)"
        let words = reason.isEmpty ? "." : ": \(reason)."
        return """
            OpenSearch did not do \(operation)\(place) (status \(status)\(name), request id \
            \(requestID))\(words)
            """
    }
}
