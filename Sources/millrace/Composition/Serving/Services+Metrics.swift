import AWSServices
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
            isOpenToOthers: settings[\.metrics.remote])
    }

    /// What tells of the server's metrics without being asked, as the settings under `metrics` say.
    func reporters(_ server: MillraceServer) -> [any Service] {
        guard settings[\.metrics.embedded] else { return [] }
        return [
            EmbeddedMetricsService(
                server: server, namespace: settings[\.metrics.namespace], logger: logger)
        ]
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
    fileprivate var embedded: EmbeddedMetrics.Unit {
        switch self {
        case .count: .count
        case .milliseconds: .milliseconds
        case .bytes: .bytes
        case .percent: .percent
        case .dollars: .none
        }
    }
}
