import Concurrency

/// Why a component did not get what it wanted from the network. No case carries a header, a body or a query.
public enum NetworkError: RetryableError, Sendable, Hashable {
    /// The settings do not let flows reach this host at this port.
    case hostNotAllowed(authority: String)
    /// A request or an allow-list that must not be.
    case invalid(what: String, reason: String)
    case requestTooLarge(bytes: Int, limit: Int)
    case tooManyRedirects(authority: String, limit: Int)
    /// A body would have followed a redirect to another origin.
    case bodyAcrossOrigins(from: String, to: String)
    /// The time for the request, its redirects included, is over.
    case timedOut(authority: String, after: Duration)
    case status(Int, authority: String)
    /// What came is not of the kind that was asked for.
    case unreadable(url: String, reason: String)
    /// The settings name no such service.
    case notConfigured(service: String, remedy: String)

    public var isRetryable: Bool {
        switch self {
        case .timedOut: true
        case .status(let status, _): status == 429 || status >= 500
        case .hostNotAllowed, .invalid, .requestTooLarge, .tooManyRedirects, .bodyAcrossOrigins, .unreadable,
            .notConfigured:
            false
        }
    }
}

extension NetworkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .hostNotAllowed(let authority):
            """
            Flows may not reach \(authority). Whoever runs this server can add it to the hosts that the settings allow.
            """
        case .invalid(let what, let reason): "The \(what) cannot be used: \(reason)."
        case .requestTooLarge(let bytes, let limit):
            "The body of the request has \(bytes) bytes; at most \(limit) are sent. Send less."
        case .tooManyRedirects(let authority, let limit):
            "\(authority) redirected more than \(limit) times. Check the URL; it may redirect to itself."
        case .bodyAcrossOrigins(let origin, let target):
            """
            \(origin) redirected a request with a body to \(target). What was meant for one is not sent to the other: \
            name the second address yourself if that is right.
            """
        case .timedOut(let authority, let limit):
            "\(authority) did not answer within \(limit / .seconds(1)) s, redirects included. A retry can help."
        case .status(let status, let authority): "\(authority) answered with status \(status)."
        case .unreadable(let url, let reason): "What \(url) answered cannot be read: \(reason)."
        case .notConfigured(let service, let remedy):
            "There is no \(service) here. \(remedy)"
        }
    }
}
