/// How a ``CurlHTTPClient`` connects, and its limits.
public struct HTTPClientConfiguration: Sendable {
    /// Who stands between us and the host.
    public enum Proxy: Sendable, Equatable {
        /// `http_proxy`, `https_proxy` and `no_proxy`, as every libcurl program reads them.
        case environment
        case none
        /// For example `http://proxy.example:3128`; user and password may be part of it.
        case url(String)
    }

    /// Whom we trust, and who we are.
    public struct TLS: Sendable, Equatable {
        /// PEM file of the authorities to trust in place of the system's.
        public var authoritiesFile: String?
        /// PEM file of our own certificate, for servers that ask for one.
        public var certificateFile: String?
        /// PEM file of that certificate's key.
        public var keyFile: String?
        public var keyPassword: String?

        public init(
            authoritiesFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
            keyPassword: String? = nil
        ) {
            self.authoritiesFile = authoritiesFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.keyPassword = keyPassword
        }
    }

    /// Requests beyond these wait for a connection; the wait counts toward their timeout.
    public var maxConnectionsPerHost = 16
    public var maxConnections = 128
    public var connectTimeout: Duration = .seconds(10)
    /// Largest body, after decompression, that `send` collects.
    public var maxResponseBytes = 64 << 20
    /// Bytes of a streamed body that wait for a slow reader before the sender is made to wait.
    public var streamBufferBytes = 256 << 10
    /// Redirects followed. With 0 a redirect is a response like any other, as signed requests need.
    public var maxRedirects = 0
    public var userAgent = "millrace"
    public var proxy: Proxy = .environment
    public var tls = TLS()
    /// Which addresses may be connected to, on every hop; `nil` for all. It needs ``Proxy/none``: a proxy resolves
    /// names and connects in our stead, where nothing of ours can judge the address.
    public var addressGuard: AddressGuard?

    public init() {}
}

extension HTTPClientConfiguration {
    /// - Throws: ``TransportError/invalidConfiguration(reason:)`` for settings that contradict each other.
    func check() throws(TransportError) {
        guard addressGuard == nil || proxy == .none else {
            throw .invalidConfiguration(
                reason: """
                    its addresses are guarded and its proxy is \(proxyName), which would connect in its stead to \
                    addresses that nobody judges; a guarded client takes no proxy
                    """)
        }
    }

    /// The proxy as it may be shown: without user and password.
    var proxyName: String {
        switch proxy {
        case .environment: "of the environment (http_proxy, https_proxy)"
        case .none: "none"
        case .url(let url): RequestURL.redacted(url)
        }
    }

    func proxyFailure(host: String, reason: String) -> TransportError {
        .proxy(host: host, reason: "\(proxyName): \(reason)")
    }

    func proxyRefusal(host: String, status: Int) -> TransportError {
        let meaning = status == 407 ? ", which asks for a user and password in the proxy's URL" : ""
        return proxyFailure(host: host, reason: "it answered with status \(status)\(meaning)")
    }
}
