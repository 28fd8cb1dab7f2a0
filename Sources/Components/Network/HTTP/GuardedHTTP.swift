import Foundation
import Transport

/// The way to addresses that flows name: an allow-list of hosts, a guard of addresses, and limits.
///
/// Three things hold on every hop of every request. The host and port are of the allow-list, as the parser reads them
/// that also connects. The address that is connected to is one that the guard allows, so neither a name nor a redirect
/// leads to the server's own network. And what the caller gave for one origin goes to no other.
public struct GuardedHTTP: Sendable {
    public struct Limits: Sendable, Hashable {
        /// Of one request with its redirects, whatever a flow asks for.
        public var timeout: Duration
        public var responseBytes: Int
        public var requestBytes: Int
        public var redirects: Int

        public init(
            timeout: Duration = .seconds(60), responseBytes: Int = 8 << 20, requestBytes: Int = 1 << 20,
            redirects: Int = 5
        ) {
            self.timeout = timeout
            self.responseBytes = responseBytes
            self.requestBytes = requestBytes
            self.redirects = redirects
        }
    }

    public let hosts: HostRules
    public let limits: Limits
    private let client: any HTTPClient

    /// - Parameters:
    ///   - hosts: what flows may reach.
    ///   - addresses: where a connection may go; the standard one keeps to the public internet.
    ///   - proxy: one that connects in our stead. Nothing of ours can judge the addresses then: that is the proxy's
    ///     task, and `hosts` must be a list without `*`.
    /// - Throws: ``NetworkError/invalid(what:reason:)`` for a proxy beside `*`; ``TransportError`` when libcurl cannot
    ///   start.
    public init(
        hosts: HostRules, addresses: AddressGuard = AddressGuard(), limits: Limits = Limits(),
        proxy: HTTPClientConfiguration.Proxy = .none
    ) throws {
        guard proxy == .none || !hosts.hasEvery else {
            throw NetworkError.invalid(
                what: "list of allowed hosts",
                reason: """
                    it has “*”, and requests go through a proxy, which hides the addresses that are connected to. \
                    Name the hosts, or use no proxy
                    """)
        }
        var configuration = HTTPClientConfiguration()
        configuration.addressGuard = proxy == .none ? addresses : nil
        configuration.proxy = proxy
        configuration.maxRedirects = 0
        configuration.maxResponseBytes = limits.responseBytes
        configuration.maxConnectionsPerHost = 4
        self.init(client: try CurlHTTPClient(configuration: configuration), hosts: hosts, limits: limits)
    }

    /// - Parameter client: must not follow redirects by itself.
    init(client: any HTTPClient, hosts: HostRules, limits: Limits = Limits()) {
        self.client = client
        self.hosts = hosts
        self.limits = limits
    }

    /// A response, and where it came from.
    public struct Answer: Sendable {
        public var response: HTTPResponse
        /// The URL after all redirects.
        public var url: WebURL

        /// The type of the body in lower case, without parameters.
        public var mediaType: String {
            let value = response.head["content-type"]?.prefix { $0 != ";" }.lowercased() ?? ""
            return value.filter { !$0.isWhitespace }
        }
    }

    /// The response of any status but a redirect that is followed.
    ///
    /// - Parameters:
    ///   - headers: sent to the first origin; of a redirect's target that is another origin only those of
    ///     ``HeaderFields/travelling``.
    ///   - timeout: redirects included; more than ``Limits/timeout`` is not waited.
    /// - Throws: ``NetworkError``, `TransportError`.
    public func send(
        _ method: String = "GET", _ url: WebURL, headers: HeaderFields = HeaderFields(), body: Data? = nil,
        timeout: Duration? = nil, followsRedirects: Bool = true
    ) async throws -> Answer {
        if let bytes = body?.count, bytes > limits.requestBytes {
            throw NetworkError.requestTooLarge(bytes: bytes, limit: limits.requestBytes)
        }
        let limit = min(timeout ?? limits.timeout, limits.timeout)
        let deadline = ContinuousClock.now.advanced(by: limit)
        var hop = Hop(method: method, url: url, headers: headers, body: body)
        for _ in 0...max(0, limits.redirects) {
            guard hosts.allows(hop.url) else {
                throw NetworkError.hostNotAllowed(authority: hop.url.authority)
            }
            // Where a proxy connects no guard is asked, but what the URL itself says is seen here.
            if let address = Self.literal(hop.url.host), AddressGuard.isMetadata(address) {
                throw TransportError.addressRefused(host: hop.url.host, address: "\(address)")
            }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else {
                throw NetworkError.timedOut(authority: hop.url.authority, after: limit)
            }
            let response = try await exchange(hop, timeout: left, limit: limit)
            guard followsRedirects, let next = try hop.next(after: response.head) else {
                return Answer(response: response, url: hop.url)
            }
            hop = next
        }
        throw NetworkError.tooManyRedirects(authority: url.authority, limit: limits.redirects)
    }

    /// The address that a host is without anybody being asked; `nil` for names.
    private static func literal(_ host: String) -> IPAddress? {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return IPAddress(isBracketed ? String(host.dropFirst().dropLast()) : host)
    }

    private func exchange(_ hop: Hop, timeout: Duration, limit: Duration) async throws -> HTTPResponse {
        do throws(TransportError) {
            return try await client.send(
                HTTPRequest(
                    method: hop.method, url: hop.url.url, headers: hop.headers.fields,
                    body: hop.body.map { .data($0) } ?? .none, timeout: timeout))
        } catch {
            switch error {
            case .timedOut: throw NetworkError.timedOut(authority: hop.url.authority, after: limit)
            case .cancelled where Task.isCancelled: throw CancellationError()
            default: throw error
            }
        }
    }
}
