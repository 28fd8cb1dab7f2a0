import Concurrency
import Foundation

/// Everything that the server counts, and what else is worth knowing when somebody looks.
///
/// No sample names a reader, a document or a question, and no label's value comes from a request: operations,
/// components, models, caches and states are known to the program or its settings.
struct ServerMetrics: Sendable {
    /// Time that each source has; one that takes longer is left out.
    static let sourceLimit = Duration.seconds(5)

    let requests: RequestMetrics
    let runs: RunMetrics
    let version: String
    let startedAt: Date
    let sources: [MetricsSource]

    /// - Parameter operations: whose requests are told apart, with that of the metrics and that of the contract.
    init(
        of operations: [Operation], _ served: ServedMetrics, version: String, sources: [MetricsSource]
    ) {
        requests = RequestMetrics(
            operations: Set(operations.map(\.countedAs)) + [
                MetricsOperation.id, ContractOperation.id, IndexOperations.id,
            ])
        runs = served.runs
        self.version = version
        startedAt = Date()
        self.sources = sources
    }

    /// All metrics as they stand now. A source that fails is missing, and said to be.
    func families() async -> [MetricFamily] {
        var families: [MetricFamily] = [
            .labelled(
                .gauge, "millrace_build_info", by: "version", [(version, 1)], "Which Millrace this is"),
            .single(
                .gauge, "process_start_time_seconds", startedAt.timeIntervalSince1970,
                "When the server was put together"),
            .single(
                .gauge, "millrace_uptime_seconds", max(0, Date().timeIntervalSince(startedAt)),
                "Time since the server was put together"),
        ]
        families += requests.families + runs.families
        var successes: [(String, Int)] = []
        for source in sources {
            do {
                families += try await withDeadline(Self.sourceLimit) { try await source.read() }
                successes.append((source.name, 1))
            } catch {
                successes.append((source.name, 0))
            }
        }
        families.append(
            .labelled(
                .gauge, "millrace_collector_success", by: "collector", successes,
                "Whether these metrics could be read just now; those of one that failed are missing"))
        return families
    }
}
