import Corpus

/// Where the server listens, what it accepts and how much of it.
///
/// Every limit is explicit; a request that exceeds one is refused with a problem that names the limit.
public struct ServerConfiguration: Sendable, Hashable {
    /// A name or address of this machine. Anything but loopback opens Millrace to the network.
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// Bytes that a request's body may have.
    public var bodyLimitBytes: Int
    /// Time from a connection's opening, or from the first byte of a later request on it, in which a request's header
    /// must have arrived.
    public var headerTimeout: Duration
    /// Time in which a request's body must have arrived.
    public var bodyTimeout: Duration
    /// Time after which a connection on which nothing arrives is closed.
    public var idleTimeout: Duration
    /// Time in which an answer or a search must be complete.
    public var requestTimeout: Duration
    /// Time after which a connection is closed whose client takes nothing of what is sent to it.
    public var writeTimeout: Duration
    /// Connections at a time; a further one takes the place of one without a request, or is closed.
    public var maxConnections: Int
    /// Connections at a time of one address, or of one IPv6 network of 64 bits; `nil` for a quarter of
    /// ``maxConnections``, but 16 at least. This machine may have all.
    public var maxConnectionsPerAddress: Int?
    /// Questions answered and searches made side by side.
    public var maxConcurrentRuns: Int
    /// Runs that wait for their turn; what comes on top is refused with 503 and `Retry-After`.
    public var maxQueuedRuns: Int
    /// Time between the signs of life of a stream of events.
    public var heartbeat: Duration
    /// Time that a shutdown gives to requests under way.
    public var shutdownGrace: Duration
    /// Who asks when a request does not say.
    public var defaultReader: Reader
    /// Names, besides the loopback ones and ``host``, under which a browser may address a server that is
    /// bound to loopback.
    public var allowedHosts: Set<String>
    /// Origins of other sites whose pages may use the API with a key or token, each as browsers write it:
    /// `https://app.example`.
    public var allowedOrigins: Set<String> = []
    /// Origins of other sites whose pages may show the page in a frame.
    public var frameOrigins: Set<String> = []
    /// What HTTPS is served with; `nil` for plain HTTP.
    public var tls: TLSFiles?
    /// Whether clients may speak HTTP/2 in TLS.
    public var http2 = true
    /// Whether `X-Millrace-Principals` is believed of requests that this machine made. For development: any process
    /// here, and a proxy that does not say that it is one, then asks as whom it likes.
    public var trustsPrincipalsHeader = false
    /// Whether everybody must prove who they are. A server that others can reach demands it in any case.
    public var requiresCredentials: Bool {
        get { demandsCredentials || !isLoopbackOnly }
        set { demandsCredentials = newValue }
    }
    private var demandsCredentials = false
    /// What may be done without proof of who one is.
    public var anonymousScopes: Set<Scope> = [.search, .ask, .flows]
    /// What everybody may do who signs in, unless their token says otherwise.
    public var signedInScopes: Set<Scope> = [.search, .ask, .flows]
    /// Who may do everything once they have signed in: users and groups.
    public var administrators: Set<Principal> = []
    /// Runs, questions and subscriptions at once over one WebSocket.
    public var socketRuns = 16
    /// Requests a minute of one caller; `nil` for as many as there are.
    public var requestsPerMinute: Int?

    /// A certificate with its chain, and its key, as PEM files.
    public struct TLSFiles: Sendable, Hashable {
        public var certificate: String
        public var key: String
        /// Time between two looks at whether the files have changed.
        public var checkInterval: Duration

        public init(certificate: String, key: String, checkInterval: Duration = .seconds(60)) {
            self.certificate = certificate
            self.key = key
            self.checkInterval = checkInterval
        }
    }

    /// Every default serves one person on one machine.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, bodyLimitBytes: Int = 1_048_576,
        headerTimeout: Duration = .seconds(10), bodyTimeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(60), requestTimeout: Duration = .seconds(90),
        writeTimeout: Duration = .seconds(60), maxConnections: Int = 1_024,
        maxConnectionsPerAddress: Int? = nil, maxConcurrentRuns: Int = 8,
        maxQueuedRuns: Int = 64, heartbeat: Duration = .seconds(15), shutdownGrace: Duration = .seconds(10),
        defaultReader: Reader = .anonymous, allowedHosts: Set<String> = [], tls: TLSFiles? = nil
    ) {
        self.host = host
        self.port = port
        self.bodyLimitBytes = bodyLimitBytes
        self.headerTimeout = headerTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.requestTimeout = requestTimeout
        self.writeTimeout = writeTimeout
        self.maxConnections = maxConnections
        self.maxConnectionsPerAddress = maxConnectionsPerAddress
        self.maxConcurrentRuns = maxConcurrentRuns
        self.maxQueuedRuns = maxQueuedRuns
        self.heartbeat = heartbeat
        self.shutdownGrace = shutdownGrace
        self.defaultReader = defaultReader
        self.allowedHosts = allowedHosts
        self.tls = tls
    }

    /// Whether only this machine can reach the server.
    public var isLoopbackOnly: Bool { HostName(host).isLoopback }

    /// Goes by where a socket is that another process opened, rather than by what ``host`` says: whoever can reach it
    /// must prove who they are, if it is not this machine alone.
    public mutating func serve(on socket: ListeningSocket) {
        guard isLoopbackOnly, !socket.isLoopback else { return }
        // One whose address the system does not tell counts as open to all.
        host = socket.address ?? "0.0.0.0"
    }

    /// ``maxConnectionsPerAddress``, or what it is unless told.
    var connectionsPerAddress: Int {
        min(maxConnections, maxConnectionsPerAddress ?? max(16, maxConnections / 4))
    }

    /// Refuses settings that cannot work.
    ///
    /// - Throws: ``ServerError/invalidSetting(name:value:allowed:)`` for the first one out of range.
    public func validate() throws(ServerError) {
        let counts: [(name: String, value: Int, allowed: ClosedRange<Int>)] = [
            ("port", port, 0...65_535),
            ("bodyLimitBytes", bodyLimitBytes, 1_024...67_108_864),
            ("maxConnections", maxConnections, 1...65_536),
            ("maxConnectionsPerAddress", connectionsPerAddress, 1...65_536),
            ("maxConcurrentRuns", maxConcurrentRuns, 1...1_024),
            ("maxQueuedRuns", maxQueuedRuns, 0...65_536), ("socketRuns", socketRuns, 1...1_024),
        ]
        for setting in counts where !setting.allowed.contains(setting.value) {
            throw .invalidSetting(
                name: setting.name, value: String(setting.value),
                allowed: "\(setting.allowed.lowerBound) to \(setting.allowed.upperBound)")
        }
        let durations = [
            ("headerTimeout", headerTimeout), ("bodyTimeout", bodyTimeout), ("idleTimeout", idleTimeout),
            ("requestTimeout", requestTimeout), ("writeTimeout", writeTimeout),
            ("tls.checkInterval", tls?.checkInterval ?? .seconds(1)), ("heartbeat", heartbeat),
            ("shutdownGrace", shutdownGrace),
        ]
        for (name, value) in durations where value <= .zero {
            throw .invalidSetting(name: name, value: "\(value)", allowed: "a time above zero")
        }
        let origins = [("allowedOrigins", allowedOrigins), ("frameOrigins", frameOrigins)]
        for (name, values) in origins {
            guard let origin = values.sorted().first(where: { !CrossOriginPolicy.isOrigin($0) }) else {
                continue
            }
            throw .invalidSetting(
                name: name, value: origin,
                allowed: """
                    origins as browsers write them, such as https://app.example: in lower case, without a path, \
                    and without the scheme's own port; no * either
                    """)
        }
        guard !host.isEmpty else {
            throw .invalidSetting(name: "host", value: "empty", allowed: "a name or address of this machine")
        }
    }
}
