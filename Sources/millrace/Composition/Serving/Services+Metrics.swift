import AWSServices
import Backends
import Foundation
import Ingest
import JSONValue
import Logging
import Server
import ServiceLifecycle
import TextIndex

extension Services {
    /// What `/metrics` tells, and to whom.
    func servedMetrics() async throws -> ServedMetrics {
        let words = try await words().store
        return ServedMetrics(
            runs: runMetrics, tracer: try tracer(), verifier: readVerifier, wordCount: { words.count },
            database: try databaseFigures(), nodes: try await nodeStanding(),
            staleSettings: staleSettings, isOpenToOthers: settings[\.metrics.remote])
    }

    /// `nil` where no setting stands for a value elsewhere.
    private var staleSettings: (@Sendable () -> Int)? {
        guard !settings.references.isEmpty else { return nil }
        let fetched = settings.fetched
        return { fetched.faults.count }
    }

    /// `nil` where the database is a file.
    private func databaseFigures() throws -> (@Sendable () -> DatabaseFigures)? {
        guard settings[\.database.provider] == .postgres else { return nil }
        let (pool, replica) = (try postgresPool(), try postgresReplica())
        return {
            DatabaseFigures(
                isReachable: !pool.isLost, connections: pool.openCount,
                replica: replica.map { replica in
                    DatabaseFigures.Replica(
                        isUsable: replica.standing == .usable,
                        lagSeconds: replica.lag.map { $0 / .seconds(1) },
                        served: replica.counts.served, passed: replica.counts.passed)
                })
        }
    }

    /// What tells of the server's metrics without being asked, as the settings under `metrics` say.
    func reporters(_ server: MillraceServer) -> [any Service] {
        var services: [any Service] = []
        if settings[\.metrics.embedded] {
            services.append(
                EmbeddedMetricsService(
                    server: server, namespace: settings[\.metrics.namespace], logger: logger))
        }
        if settings[\.metrics.cloudWatch] {
            let namespace = settings[\.metrics.namespace]
            let reporter = CloudWatchReporter(logger: logger) {
                // Not kept where it fails: keys may come later.
                CloudWatchMetrics(try CloudWatch(try await self.newAWSAccount()), namespace: namespace)
            }
            services.append(
                CloudWatchService(
                    server: server, reporter: reporter,
                    period: .seconds(settings[\.metrics.cloudWatchSeconds])))
        }
        return services
    }
}

/// Writes a line in CloudWatch's embedded metric format on standard output, once a minute and at the end.
private struct EmbeddedMetricsService: Service {
    let server: MillraceServer
    let namespace: String
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown { await server.reportMetrics { write($0) } }
    }

    private func write(_ report: MetricsReport) {
        var metrics = EmbeddedMetrics(namespace: namespace)
        metrics.property("version", .string(Millrace.version))
        for figure in report.figures { metrics.add(figure.name, figure.value, figure.unit.embedded) }
        do {
            print(try metrics.line(at: Date()))
            fflush(nil)
        } catch {
            logger.warning(
                "the metrics of a minute were not written", metadata: ["millrace.reason": "\(error)"])
        }
    }
}

extension MetricsReport.Unit {
    var embedded: EmbeddedMetrics.Unit {
        switch self {
        case .count: .count
        case .milliseconds: .milliseconds
        case .bytes: .bytes
        case .percent: .percent
        case .dollars: .none
        }
    }
}
