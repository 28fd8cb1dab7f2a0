import Foundation
import Transport

/// Which addresses a site may have that somebody names over HTTP, and the way to them.
///
/// Whoever may name a site steers this server's requests. So they go over TLS, to the public internet; a Confluence in
/// one's own network is reached where its host or its network is listed. The address is judged where the connection is
/// made, for every request by itself: neither a name that resolves otherwise a moment later nor a redirect leads
/// anywhere else.
public struct SiteAddresses: Sendable {
    /// Networks that may be reached: of the entries of the list those that are addresses.
    private let ranges: [AddressRange]
    /// Hosts whose addresses may be private ones: `wiki.example.org`, or `*.example.org` for those under it.
    private let hosts: [String]
    private let allowsHTTP: Bool

    /// Where companies have their own machines: RFC 1918, RFC 6598, RFC 4193. Never loopback or link-local, where a
    /// machine's own services and the metadata of clouds are.
    private static let privateNetworks = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
    ]

    /// - Parameters:
    ///   - allowed: hosts and networks: `wiki.example.org`, `*.example.org`, `10.20.0.0/16`.
    ///   - allowsHTTP: whether what is read may go unencrypted, the credentials with it.
    /// - Throws: ``SiteAddressRefused`` for an entry that is neither.
    public init(allowing allowed: [String], allowsHTTP: Bool) throws(SiteAddressRefused) {
        var ranges: [AddressRange] = []
        var hosts: [String] = []
        for entry in allowed {
            if let range = try? AddressRange(entry) {
                ranges.append(range)
                continue
            }
            let host = entry.lowercased()
            let bare = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
            // What looks like an address and is none must not pass for a name.
            guard !bare.isEmpty, !bare.contains(where: { "/:*".contains($0) }),
                let read = (try? WebURL("http://\(bare)/"))?.host,
                read == bare, IPAddress(read) == nil
            else {
                throw SiteAddressRefused(
                    reason: "“\(entry.prefix(100))” is neither a host nor a network such as 10.20.0.0/16")
            }
            hosts.append(host)
        }
        self.ranges = ranges
        self.hosts = hosts
        self.allowsHTTP = allowsHTTP
    }

    /// The address in its normal form: what can be told from the text alone is refused here.
    public func checked(_ text: String) throws(SiteAddressRefused) -> String {
        let url: WebURL
        do {
            url = try WebURL(text)
        } catch {
            throw SiteAddressRefused(
                reason: "is no http or https address without a user name and password in it")
        }
        guard url.url.utf8.count <= 2_000 else {
            throw SiteAddressRefused(reason: "has more than 2000 bytes")
        }
        guard url.scheme == "https" || allowsHTTP else {
            throw SiteAddressRefused(
                reason:
                    "must be https; plain http, which sends the secret for all to read, needs sources.allow_http"
            )
        }
        if let address = Self.literal(url.host), !addressGuard(for: url.host).allows(address) {
            throw SiteAddressRefused(reason: "has a private, local or reserved address. \(Self.advice)")
        }
        // Two ways to write one site's name are one site.
        var parts = URLComponents(string: url.url)
        let name = parts?.host?.lowercased()
        parts?.host = name
        guard let pasted = parts?.url, let site = try? ConfluenceSite(pasted: pasted) else {
            throw SiteAddressRefused(reason: "is no address of a Confluence")
        }
        return site.base
    }

    /// What to do about an address that is refused.
    static let advice = """
        Sources that are added while the server runs reach public addresses alone; list the host, or its network, in \
        the setting sources.allow_private_addresses, such as wiki.example.org or 10.20.0.0/16
        """

    /// A failure for people. The addresses that a name has stay the network's affair.
    public static func told(_ error: any Error) -> String {
        guard case ConfluenceError.transport(.addressRefused(let host, _)) = error else { return "\(error)" }
        return "\(host) has a private, local or reserved address. \(advice)."
    }

    /// Whether a host's private addresses may be reached by its name.
    private func isListed(_ host: String) -> Bool {
        hosts.contains { $0 == host || $0.hasPrefix("*.") && host.hasSuffix($0.dropFirst(1)) }
    }

    private func addressGuard(for host: String) -> AddressGuard {
        guard isListed(host) else { return AddressGuard(allowing: ranges) }
        return AddressGuard(allowing: ranges + Self.privateNetworks.compactMap { try? AddressRange($0) })
    }

    /// The address that a host is without anybody being asked; `nil` for other names.
    private static func literal(_ host: String) -> IPAddress? {
        if host == "localhost" || host.hasSuffix(".localhost") { return IPAddress("127.0.0.1") }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return IPAddress(bare)
    }

    /// Makes requests of such addresses alone.
    ///
    /// Redirects are not followed: whoever follows them asks here again. With a proxy, which connects in our stead,
    /// nothing of ours can judge addresses: then only listed hosts are reached.
    ///
    /// - Parameter configuration: how to connect. Its guard is set here.
    public func client(_ configuration: HTTPClientConfiguration) throws(TransportError) -> any HTTPClient {
        var configuration = configuration
        if configuration.proxy == .environment { configuration.proxy = .none }
        configuration.maxRedirects = 0
        let isGuarded = configuration.proxy == .none
        configuration.addressGuard = isGuarded ? AddressGuard(allowing: ranges) : nil
        let others = try CurlHTTPClient(configuration: configuration)
        let networks = Self.privateNetworks.compactMap { try? AddressRange($0) }
        configuration.addressGuard = isGuarded ? AddressGuard(allowing: ranges + networks) : nil
        let listed = try CurlHTTPClient(configuration: configuration)
        let allowsHTTP = allowsHTTP
        return SiteClient { url throws(TransportError) in
            guard url.scheme == "https" || allowsHTTP else {
                throw .invalidURL(url: url.origin, reason: "it is not https")
            }
            if isListed(url.host) { return listed }
            guard isGuarded else {
                throw .addressRefused(host: url.host, address: "of the proxy's choice")
            }
            return others
        }
    }
}

/// Why a site may not have an address, as it ends the sentence “The address …”.
public struct SiteAddressRefused: Error, Hashable, Sendable, CustomStringConvertible {
    public var reason: String
    public var description: String { reason }
}

/// Chooses a client for every request by itself.
private struct SiteClient: HTTPClient {
    let choose: @Sendable (WebURL) throws(TransportError) -> any HTTPClient

    init(_ choose: @escaping @Sendable (WebURL) throws(TransportError) -> any HTTPClient) {
        self.choose = choose
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await choose(try WebURL(request.url)).send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await choose(try WebURL(request.url)).stream(request)
    }
}
