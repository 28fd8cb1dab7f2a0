import Foundation
import Synchronization
import Transport

/// Collects values and gives them to CloudWatch once a minute.
///
/// Values of one metric and minute go together. Up to 150 different ones are kept as they are, which is what
/// CloudWatch needs for percentiles: round what is measured, a latency to whole milliseconds. More than that become
/// count, sum, minimum and maximum. Memory is bounded: what is beyond the bounds is counted in ``lost`` and dropped.
public final class CloudWatchMetrics: Sendable {
    /// Values of one metric in one minute.
    fileprivate struct Series: Hashable {
        var name: String
        var dimensions: [String: String]
        var unit: EmbeddedMetrics.Unit
        /// Since 1970.
        var minute: Int
    }

    private struct State {
        var collected: [Series: CloudWatchMetric.Content] = [:]
        /// What a request that failed would have given.
        var waiting: [CloudWatchMetric] = []
        var lost = 0
    }

    public let namespace: String
    private let cloudWatch: CloudWatch
    private let dimensions: [String: String]
    private let mostSeries: Int
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    /// - Parameters:
    ///   - dimensions: of every metric.
    ///   - mostSeries: metrics, told apart by name, dimensions and minute, that are kept at most; and as many that
    ///     wait for CloudWatch to be reached again.
    public init(
        _ cloudWatch: CloudWatch, namespace: String, dimensions: [String: String] = [:],
        mostSeries: Int = 10_000, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.cloudWatch = cloudWatch
        self.namespace = namespace
        self.dimensions = dimensions
        self.mostSeries = mostSeries
        self.now = now
    }

    /// Metrics that were dropped: those that nothing fitted, and those that CloudWatch does not take.
    public var lost: Int { state.withLock { $0.lost } }

    /// Keeps a value until the next flush. A value that is not finite is lost.
    public func add(
        _ name: String, _ value: Double, _ unit: EmbeddedMetrics.Unit = .none,
        dimensions: [String: String] = [:]
    ) {
        let series = Series(
            name: name, dimensions: self.dimensions.merging(dimensions) { $1 }, unit: unit,
            minute: Int((now().timeIntervalSince1970 / 60).rounded(.down)))
        state.withLock { state in
            guard value.isFinite, state.collected[series] != nil || state.collected.count < mostSeries else {
                state.lost += 1
                return
            }
            var content = state.collected[series] ?? .values([:])
            content.add(value)
            state.collected[series] = content
        }
    }

    /// Gives what was collected to CloudWatch. What a request that failed would have given waits for the next flush.
    ///
    /// - Throws: ``AWSError`` of the first request that failed.
    public func flush() async throws(AWSError) {
        var rest = state.withLock { state in
            let taken = state.waiting + state.collected.map { CloudWatchMetric($0, $1) }
            state.waiting = []
            state.collected = [:]
            return taken
        }
        // One that CloudWatch never takes must not keep the others from it.
        let count = rest.count
        rest.removeAll { $0.fault != nil }
        let faulty = count - rest.count
        if faulty > 0 { state.withLock { $0.lost += faulty } }
        rest.sort { ($0.time, $0.name) < ($1.time, $1.name) }
        var given = 0
        do throws(AWSError) {
            for batch in try cloudWatch.batches(namespace, rest) {
                try await cloudWatch.put(namespace, batch)
                given = batch.range.upperBound
            }
        } catch {
            keep(Array(rest[given...]), isWorthIt: error.isWorthAnotherTry)
            throw error
        }
    }

    private func keep(_ metrics: [CloudWatchMetric], isWorthIt: Bool) {
        state.withLock { state in
            guard isWorthIt else {
                state.lost += metrics.count
                return
            }
            let all = metrics + state.waiting
            // The oldest go first.
            state.lost += max(0, all.count - mostSeries)
            state.waiting = Array(all.suffix(mostSeries))
        }
    }

    /// Flushes every minute until its task is cancelled, and a last time then.
    ///
    /// - Parameter onFailure: told what a flush failed with; it is tried again a minute later.
    public func run(
        clock: any Clock<Duration> = ContinuousClock(), every interval: Duration = .seconds(60),
        onFailure: @Sendable (AWSError) -> Void = { _ in }
    ) async {
        while (try? await clock.sleep(for: interval)) != nil {
            do throws(AWSError) {
                try await flush()
            } catch {
                onFailure(error)
            }
        }
        // Outlives the cancellation.
        let last = await Task { () -> AWSError? in
            do throws(AWSError) {
                try await flush()
                return nil
            } catch {
                return error
            }
        }.value
        if let last { onFailure(last) }
    }
}

extension AWSError {
    /// Whether what could not be given may be taken later: not where CloudWatch refused what it is.
    fileprivate var isWorthAnotherTry: Bool {
        switch self {
        case .refused(let refusal): refusal.kind != .invalidRequest
        case .invalidOperation: false
        default: true
        }
    }
}

extension CloudWatchMetric {
    fileprivate init(_ series: CloudWatchMetrics.Series, _ content: Content) {
        self.init(
            series.name, content, unit: series.unit, dimensions: series.dimensions,
            time: Date(timeIntervalSince1970: Double(series.minute) * 60))
    }
}

extension CloudWatchMetric.Content {
    fileprivate mutating func add(_ value: Double) {
        switch self {
        case .statistics(var statistics):
            statistics.add(value)
            self = .statistics(statistics)
        case .values(var values):
            values[value, default: 0] += 1
            if values.count > CloudWatchMetric.mostValues, let statistics = CloudWatchStatistics(values) {
                self = .statistics(statistics)
            } else {
                self = .values(values)
            }
        }
    }
}
