/// How the server is that keeps the database, as this process sees it.
public struct DatabaseFigures: Sendable, Hashable {
    /// Whether it took writes when it was last asked.
    public var isReachable: Bool
    /// Sessions that are open.
    public var connections: Int
    /// `nil` where no replica is named.
    public var replica: Replica?

    public struct Replica: Sendable, Hashable {
        /// Whether it served reads when it was last looked at.
        public var isUsable: Bool
        /// How late it was then; `nil` when that is not known.
        public var lagSeconds: Double?
        /// Reads that it served, and those that went to the primary instead.
        public var served: Int
        public var passed: Int

        public init(isUsable: Bool, lagSeconds: Double?, served: Int, passed: Int) {
            self.isUsable = isUsable
            self.lagSeconds = lagSeconds
            self.served = served
            self.passed = passed
        }
    }

    public init(isReachable: Bool, connections: Int, replica: Replica? = nil) {
        self.isReachable = isReachable
        self.connections = connections
        self.replica = replica
    }
}

extension MetricsSource {
    static func database(_ figures: @escaping @Sendable () -> DatabaseFigures) -> MetricsSource {
        MetricsSource("database") {
            let now = figures()
            var told: [MetricFamily] = [
                .single(
                    .gauge, "millrace_database_reachable", now.isReachable ? 1 : 0,
                    "Whether the database server took writes when it was last asked"),
                .single(
                    .gauge, "millrace_database_connections", now.connections,
                    "Open connections to the database server"),
            ]
            guard let replica = now.replica else { return told }
            told += [
                .single(
                    .gauge, "millrace_database_replica_usable", replica.isUsable ? 1 : 0,
                    "Whether the replica served reads when it was last looked at"),
                .labelled(
                    .counter, "millrace_database_replica_reads_total", by: "server",
                    [("replica", replica.served), ("primary", replica.passed)],
                    "Reads that a replica may serve, by who served them"),
            ]
            if let seconds = replica.lagSeconds {
                told.append(
                    .single(
                        .gauge, "millrace_database_replica_lag_seconds", seconds,
                        "How late the replica was when it was last looked at"))
            }
            return told
        }
    }
}
