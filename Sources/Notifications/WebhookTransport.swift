import Concurrency
import Foundation
import Synchronization
import Transport
import Workspace

/// Sends a message to its receiver, once.
public struct WebhookTransport: Sendable {
    /// How a receiver took a message.
    enum Answer: Sendable, Equatable {
        case status(Int, retryAfter: Duration?)
        /// It was not reached, or did not answer; another attempt may go better.
        case unreached(String)
        /// It may not be reached; another attempt is of no use.
        case refused(String)
    }

    private let addresses: WebhookAddresses
    private let clients: (https: any HTTPClient, http: any HTTPClient)
    private let limit: Duration

    /// Of a receiver's answer; the rest is not waited for.
    static let responseBytes = 64 << 10
    public static let standardLimit = Duration.seconds(15)

    /// - Parameters:
    ///   - configuration: how to connect. Its guard and limits are set here; with a proxy nothing of ours can judge
    ///     the addresses, so that `addresses` must name the hosts.
    ///   - limit: the longest that an attempt takes.
    /// - Throws: ``TransportError`` when libcurl cannot start.
    public init(
        _ addresses: WebhookAddresses,
        configuration: HTTPClientConfiguration = HTTPClientConfiguration(),
        limit: Duration = standardLimit
    ) throws(TransportError) {
        self.addresses = addresses
        self.limit = limit
        clients = (
            try Self.client(configuration, addresses.addressGuard(https: true)),
            try Self.client(configuration, addresses.addressGuard(https: false))
        )
    }

    /// The topic of an address, where it may be published to.
    func topic(_ address: String) throws(WebhookAddressRefused) -> TopicARN {
        try addresses.topic(address)
    }

    private static func client(
        _ configuration: HTTPClientConfiguration, _ addresses: AddressGuard
    ) throws(TransportError) -> CurlHTTPClient {
        var configuration = configuration
        if configuration.proxy == .environment { configuration.proxy = .none }
        configuration.addressGuard = configuration.proxy == .none ? addresses : nil
        configuration.maxRedirects = 0
        configuration.maxResponseBytes = responseBytes
        configuration.streamBufferBytes = responseBytes
        // Endpoints of one host must not wait for each other.
        configuration.maxConnectionsPerHost = 64
        return try CurlHTTPClient(configuration: configuration)
    }

    /// - Parameter now: the wall clock, for a `Retry-After` that is a date.
    /// - Throws: `CancellationError` alone.
    func post(
        _ body: Data, to address: String, headers: [(name: String, value: String)], now: Date
    ) async throws -> Answer {
        let url: WebURL
        do {
            // The settings may be others than when it was made.
            url = try addresses.url(address)
        } catch {
            return .refused("the address \(error.reason)")
        }
        let request = HTTPRequest(
            method: "POST", url: url.url, headers: [("content-type", "application/json")] + headers,
            body: body, timeout: limit)
        let client = url.scheme == "https" ? clients.https : clients.http
        let answered = Mutex<HTTPResponseHead?>(nil)
        do {
            try await withDeadline(limit) {
                let response = try await client.stream(request)
                answered.withLock { $0 = response.head }
                // Read so that the connection can be used again, and dropped.
                var count = 0
                for try await piece in response.body {
                    count += piece.count
                    if count >= Self.responseBytes { break }
                }
            }
        } catch {
            try Task.checkCancellation()
            // However its body ended, the receiver has said how it took the message.
            if answered.withLock({ $0 }) == nil { return Self.told(error, limit: limit) }
        }
        guard let head = answered.withLock({ $0 }) else { return .unreached("the receiver did not answer") }
        return .status(
            head.status, retryAfter: RetryPolicy.retryAfter(head["retry-after"], now: now))
    }

    /// In a few words, without the addresses that a name has: these are the network's affair.
    static func told(_ error: any Error, limit: Duration) -> Answer {
        let seconds = limit / .seconds(1)
        switch error {
        case is DeadlineExceeded, TransportError.timedOut:
            return .unreached("the receiver did not answer within \(seconds) s")
        case TransportError.addressRefused:
            return .refused(
                "the receiver's address is private, local or reserved, and the settings do not allow it")
        case TransportError.couldNotResolve: return .unreached("no address was found for the receiver's host")
        case TransportError.couldNotConnect: return .unreached("the receiver accepted no connection")
        case TransportError.tls:
            return .unreached("the receiver's certificate is not trusted, or its TLS failed")
        case TransportError.proxy: return .unreached("the proxy did not connect to the receiver")
        case TransportError.protocolError:
            return .unreached("the connection broke before the receiver answered")
        default: return .unreached("the message could not be sent")
        }
    }
}
