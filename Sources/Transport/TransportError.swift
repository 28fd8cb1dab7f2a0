import Concurrency

/// Why an exchange with the outside failed. No case carries a header, a body, a query or a secret.
public enum TransportError: RetryableError, Sendable, Equatable {
    /// The URL cannot be requested. `url` is shown without user, password and query.
    case invalidURL(url: String, reason: String)
    /// A method, header or option that must not go on the wire.
    case invalidRequest(reason: String)
    /// The body that was to be sent is not there, or not as it was announced.
    case unreadableBody(reason: String)
    /// The client's own settings are unusable: a certificate file that is absent, say.
    case invalidConfiguration(reason: String)
    case couldNotResolve(host: String)
    case couldNotConnect(host: String, reason: String)
    /// The client's guard does not let it connect there; see ``AddressGuard``.
    case addressRefused(host: String, address: String)
    case timedOut(host: String, after: Duration)
    case tls(host: String, reason: String)
    case proxy(host: String, reason: String)
    case responseTooLarge(host: String, limitBytes: Int)
    case tooManyRedirects(host: String, limit: Int)
    /// The connection broke, or what came over it was not HTTP.
    case protocolError(host: String, reason: String)
    case cancelled
    /// The client was closed before the exchange, or while it was under way.
    case clientClosed

    /// Whether the same request may succeed a little later.
    public var isRetryable: Bool {
        switch self {
        case .couldNotResolve, .couldNotConnect, .timedOut, .proxy, .protocolError: true
        case .invalidURL, .invalidRequest, .unreadableBody, .invalidConfiguration, .tls, .responseTooLarge,
            .addressRefused, .tooManyRedirects, .cancelled, .clientClosed:
            false
        }
    }

    /// Whether the request surely never reached the server, so that even a `POST` may be repeated.
    public var happenedBeforeSending: Bool {
        switch self {
        case .couldNotResolve, .couldNotConnect: true
        default: false
        }
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidURL(let url, let reason):
            """
            The URL “\(url)” cannot be requested: \(reason). Give an absolute, percent-encoded http or \
            https URL.
            """
        case .invalidRequest(let reason):
            "The HTTP request was not sent: \(reason)."
        case .unreadableBody(let reason):
            """
            The body of the HTTP request could not be sent: \(reason). Make sure that the file or the source \
            stays as it is while it is sent, then try again.
            """
        case .invalidConfiguration(let reason):
            "The HTTP client cannot be used as configured: \(reason). Correct the setting."
        case .couldNotResolve(let host):
            """
            No address was found for the host \(host). Check the name, the DNS and the network; a retry \
            can help.
            """
        case .couldNotConnect(let host, let reason):
            """
            No connection to \(host): \(reason). Check that the service is running and that no firewall \
            is in between; a retry can help.
            """
        case .addressRefused(let host, let address):
            """
            No connection to \(host): its address \(address) is not one that may be reached from here. Private, \
            local and reserved addresses are refused unless the settings allow their range.
            """
        case .timedOut(let host, let limit):
            "\(host) did not answer within \(limit). Raise the timeout, or try again when it is less busy."
        case .tls(let host, let reason):
            """
            No trusted connection to \(host): \(reason). If the server's certificate comes from your own \
            authority, name that authority's file in the TLS options; a retry does not help.
            """
        case .proxy(let host, let reason):
            """
            The proxy refused or failed while connecting to \(host). The proxy is \(reason). Check the \
            setting http.proxy.
            """
        case .responseTooLarge(let host, let limitBytes):
            """
            The response of \(host) is larger than the limit of \(limitBytes) bytes. Ask for less, or \
            raise the limit.
            """
        case .tooManyRedirects(let host, let limit):
            "\(host) redirected more than \(limit) times. Check the URL; it may redirect to itself."
        case .protocolError(let host, let reason):
            "The exchange with \(host) broke: \(reason). A retry can help."
        case .cancelled:
            "The request was cancelled."
        case .clientClosed:
            "The HTTP client was closed before the exchange ended. Make requests only while it is in use."
        }
    }
}
