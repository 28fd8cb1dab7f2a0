import AWSServices
import Logging
import Server
import ServiceLifecycle
import Synchronization
import Transport

/// Gives the main figures of each period to CloudWatch (PutMetricData).
///
/// What CloudWatch does not take now waits for the next period, within a bound; what it never takes is dropped. Both are
/// told, once as long as the reason is the same.
final class CloudWatchReporter: Sendable {
    private struct State {
        var metrics: CloudWatchMetrics?
        /// Why the figures of the period before were not given.
        var told: String?
        var lost = 0
    }

    private let make: @Sendable () async throws -> CloudWatchMetrics
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter make: finds keys and region; asked again where it fails.
    init(logger: Logger, _ make: @escaping @Sendable () async throws -> CloudWatchMetrics) {
        self.logger = logger
        self.make = make
    }

    func write(_ report: MetricsReport) async {
        let metrics: CloudWatchMetrics
        do {
            metrics = try await made()
        } catch {
            // Its figures are lost: of which minute they are would not be known later.
            tell("\(error)", "\(error)")
            return
        }
        for figure in report.figures { metrics.add(figure.name, figure.value, figure.unit.embedded) }
        do throws(AWSError) {
            try await metrics.flush()
            if state.withLock({ $0.told.take() != nil }) {
                logger.notice("metrics are given to CloudWatch again")
            }
        } catch {
            tell(error.code ?? (error.requestID == nil ? "\(error)" : "no answer of use"), "\(error)")
        }
        let lost = state.withLock { state in
            defer { state.lost = metrics.lost }
            return metrics.lost - state.lost
        }
        guard lost > 0 else { return }
        logger.warning(
            "metrics were dropped that CloudWatch did not take", metadata: ["millrace.count": "\(lost)"])
    }

    private func made() async throws -> CloudWatchMetrics {
        if let metrics = state.withLock(\.metrics) { return metrics }
        let metrics = try await make()
        state.withLock { $0.metrics = metrics }
        return metrics
    }

    private func tell(_ sort: String, _ reason: String) {
        let isNews = state.withLock { state in
            defer { state.told = sort }
            return state.told != sort
        }
        guard isNews else { return }
        logger.warning("metrics were not given to CloudWatch", metadata: ["millrace.reason": "\(reason)"])
    }
}

/// Reports to CloudWatch until the process ends, and a last time then.
struct CloudWatchService: Service {
    let server: MillraceServer
    let reporter: CloudWatchReporter
    let period: Duration

    func run() async {
        await cancelWhenGracefulShutdown {
            await server.reportMetrics(every: period) { report in
                // Outlives the cancellation at the end.
                await Task { await reporter.write(report) }.value
            }
        }
    }
}
