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
    /// Time in which a request's body must have arrived.
    public var bodyTimeout: Duration
    /// Time after which a connection on which nothing arrives is closed.
    public var idleTimeout: Duration
    /// Time in which an answer or a search must be complete.
    public var requestTimeout: Duration
    /// Connections at a time; further ones wait in the kernel's queue.
    public var maxConnections: Int
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

    /// Every default serves one person on one machine.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, bodyLimitBytes: Int = 1_048_576,
        bodyTimeout: Duration = .seconds(30), idleTimeout: Duration = .seconds(60),
        requestTimeout: Duration = .seconds(90), maxConnections: Int = 1_024, maxConcurrentRuns: Int = 8,
        maxQueuedRuns: Int = 64, heartbeat: Duration = .seconds(15), shutdownGrace: Duration = .seconds(10),
        defaultReader: Reader = .anonymous, allowedHosts: Set<String> = []
    ) {
        self.host = host
        self.port = port
        self.bodyLimitBytes = bodyLimitBytes
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.requestTimeout = requestTimeout
        self.maxConnections = maxConnections
        self.maxConcurrentRuns = maxConcurrentRuns
        self.maxQueuedRuns = maxQueuedRuns
        self.heartbeat = heartbeat
        self.shutdownGrace = shutdownGrace
        self.defaultReader = defaultReader
        self.allowedHosts = allowedHosts
    }

    /// Whether only this machine can reach the server.
    public var isLoopbackOnly: Bool { HostName(host).isLoopback }

    /// Refuses settings that cannot work.
    ///
    /// - Throws: ``ServerError/invalidSetting(name:value:allowed:)`` for the first one out of range.
    public func validate() throws(ServerError) {
        let counts: [(name: String, value: Int, allowed: ClosedRange<Int>)] = [
            ("port", port, 0...65_535),
            ("bodyLimitBytes", bodyLimitBytes, 1_024...67_108_864),
            ("maxConnections", maxConnections, 1...65_536),
            ("maxConcurrentRuns", maxConcurrentRuns, 1...1_024),
            ("maxQueuedRuns", maxQueuedRuns, 0...65_536),
        ]
        for setting in counts where !setting.allowed.contains(setting.value) {
            throw .invalidSetting(
                name: setting.name, value: String(setting.value),
                allowed: "\(setting.allowed.lowerBound) to \(setting.allowed.upperBound)")
        }
        let durations = [
            ("bodyTimeout", bodyTimeout), ("idleTimeout", idleTimeout), ("requestTimeout", requestTimeout),
            ("heartbeat", heartbeat), ("shutdownGrace", shutdownGrace),
        ]
        for (name, value) in durations where value <= .zero {
            throw .invalidSetting(name: name, value: "\(value)", allowed: "a time above zero")
        }
        guard !host.isEmpty else {
            throw .invalidSetting(name: "host", value: "empty", allowed: "a name or address of this machine")
        }
    }
}
