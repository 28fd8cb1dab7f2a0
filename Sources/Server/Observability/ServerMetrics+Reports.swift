extension ServerMetrics {
    /// Tells the main figures of each period until its task is cancelled, and a last time then, of what had begun.
    ///
    /// - Parameter write: waited for; a period that it takes up is part of the next report.
    func report(
        every period: Duration, clock: any Clock<Duration>, to write: @Sendable (MetricsReport) async -> Void
    ) async {
        var before = await totals()
        while (try? await clock.sleep(for: period)) != nil {
            let now = await totals()
            await write(MetricsReport(from: before, to: now))
            before = now
        }
        // A task of its own outlives the cancellation, which would make every source fail.
        let last = await Task { await totals() }.value
        await write(MetricsReport(from: before, to: last))
    }

    private func totals() async -> MetricsTotals {
        MetricsTotals(await families(), requests)
    }
}

extension MillraceServer {
    /// Tells the main figures of each period, until its task is cancelled and a last time then.
    ///
    /// Requests of probes (`/healthz`, `/readyz`, `/metrics`) are in no figure.
    ///
    /// - Parameters:
    ///   - clock: measures the periods.
    ///   - write: gets the figures, such as to write them in CloudWatch's embedded format; it is waited for.
    public func reportMetrics(
        every period: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock(),
        to write: @Sendable (MetricsReport) async -> Void
    ) async {
        await metrics.report(every: period, clock: clock, to: write)
    }
}
