import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Everything that a call can fail of, besides `CancellationError` of a task that was cancelled.
public enum MillraceError: Error, Sendable {
    /// The server refused, or failed, and says why.
    case problem(Problem)
    /// An answer that is none of Millrace's, such as the page of a proxy, or a redirect, which is not followed.
    case unexpectedResponse(status: Int, requestID: String?)
    /// The server was not reached, or the connection was lost.
    case connection(ConnectionFailure)
    /// Nothing arrived within the limit.
    case timedOut(limit: Duration)
    /// A stream ended before its last event.
    case streamCutOff
    /// A response, or an event of a stream, is larger than this client takes.
    case responseTooLarge(limitBytes: Int)
    /// More bytes wait for the reader of a stream than this client keeps.
    case readerTooSlow(limitBytes: Int)
    /// A response does not have the form that it should have.
    case decoding(DecodingFailure)
    /// The provider of tokens failed.
    case authorization(any Error)
    /// The request cannot be sent as it is.
    case invalidRequest(reason: String)

    /// The server's own word, where the failure is one.
    public var problem: Problem? {
        if case .problem(let problem) = self { problem } else { nil }
    }
}

/// A server that was not reached, or a connection that was lost.
public struct ConnectionFailure: Error, Sendable, Hashable {
    /// What `URLSession` calls it; −1 where it is no error of its own.
    public var code: Int
    /// The system's words.
    public var reason: String
    /// Whether it is certain that the server was never asked.
    public var failedBeforeSending: Bool

    init(_ error: any Error) {
        let url = error as? URLError
        code = url?.errorCode ?? -1
        reason = error.localizedDescription
        failedBeforeSending = url.map { Self.before.contains($0.code) } ?? false
    }

    private static let before: Set<URLError.Code> = [
        .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet,
        .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
        .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
        .clientCertificateRequired, .internationalRoamingOff, .dataNotAllowed,
    ]
}

/// Where a response does not have the form that it should have.
public struct DecodingFailure: Error, Sendable, Hashable {
    /// What was read, such as `POST /v1/search`.
    public var place: String
    /// The field, such as `results.3.chunk_id`; empty for the whole.
    public var field: String
    /// What is wrong with it.
    public var reason: String

    init(place: String, field: String, reason: String) {
        self.place = place
        self.field = field
        self.reason = reason
    }

    init(_ error: DecodingError, place: String) {
        self.place = place
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map { key in
                key.intValue.map(String.init) ?? key.stringValue
            }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            field = path(context, key)
            reason = "is missing"
        case .valueNotFound(let type, let context):
            field = path(context)
            reason = "is null where a \(type) is expected"
        case .typeMismatch(let type, let context):
            field = path(context)
            reason = "is no \(type)"
        case .dataCorrupted(let context):
            field = path(context)
            reason = "cannot be read: \(context.debugDescription)"
        @unknown default:
            field = ""
            reason = "cannot be read"
        }
    }
}

extension MillraceError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case .problem(let problem):
            "\(problem.title) (\(problem.status)): \(problem.detail)"
                + (problem.requestID.map { " The server's log calls it \($0)." } ?? "")
        case .unexpectedResponse(let status, _):
            "The answer, of status \(status), is none of Millrace's. Look at the address and at proxies before it."
        case .connection(let failure):
            failure.failedBeforeSending
                ? "The server was not reached: \(failure.reason)"
                : "The connection was lost: \(failure.reason)"
        case .timedOut(let limit):
            "Nothing came from the server for \(limit). Try again, or give it more time."
        case .streamCutOff: "The stream ended before it was complete. Try again."
        case .responseTooLarge(let limit):
            "The response is larger than the limit of \(limit) bytes. Ask for less, or raise the limit."
        case .readerTooSlow(let limit):
            "More than \(limit) bytes of a stream wait to be read. Take events sooner than they come."
        case .decoding(let failure):
            "The response to \(failure.place) cannot be read: “\(failure.field)” \(failure.reason)."
        case .authorization(let error): "There is no token to send: \(error)"
        case .invalidRequest(let reason): reason
        }
    }

    public var errorDescription: String? { description }
}
