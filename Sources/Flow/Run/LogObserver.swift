import Synchronization

/// Tells a run's steps to its log, and keeps their traces for its outcome.
final class LogObserver: RunObserver {
    let log: RunLog
    private let collector = TraceCollector()
    private let told = Mutex<Set<String>>([])

    init(_ log: RunLog) {
        self.log = log
    }

    var traces: [StepTrace] { collector.traces }

    func began(_ step: Step) async throws {
        guard !step.node.isSynthetic else { return }
        try await log.append(.stepBegan(component: step.path, type: step.node.type))
    }

    func ended(_ step: Step, after duration: Duration, _ outcome: StepOutcome) async throws {
        guard let trace = collector.end(step, after: duration, outcome) else { return }
        try await log.append(.stepEnded(trace))
    }

    func skipped(_ step: Step) async throws {
        try await ended(step, after: .zero, .skipped)
    }

    func noted(_ key: String, _ value: Double, by step: Step) {
        collector.noted(key, value, by: step)
    }

    func emitted(_ emission: any Emission, by step: Step) async throws {
        _ = told.withLock { $0.insert(step.path) }
        try await log.append(.emitted(component: step.path, emission))
    }

    func hasEmissions(of step: Step) -> Bool { told.withLock { $0.contains(step.path) } }
}
