import Synchronization

/// Keeps the traces of a run that nobody follows; what it emits is let go.
final class TraceCollector: RunObserver {
    private struct State {
        var traces: [StepTrace] = []
        var notes: [String: [String: Double]] = [:]
    }

    private let state = Mutex(State())

    /// In the order of their ends; as many as the run's budget has steps at most.
    var traces: [StepTrace] { state.withLock { $0.traces } }

    func began(_ step: Step) {}

    func ended(_ step: Step, after duration: Duration, _ outcome: StepOutcome) {
        _ = end(step, after: duration, outcome)
    }

    /// The step's trace, which is kept; `nil` for what the plan itself put between the flow's steps.
    func end(_ step: Step, after duration: Duration, _ outcome: StepOutcome) -> StepTrace? {
        guard !step.node.isSynthetic else { return nil }
        return state.withLock { state in
            let notes = state.notes.isEmpty ? [:] : state.notes.removeValue(forKey: step.path) ?? [:]
            let trace = StepTrace(
                component: step.path, type: step.node.type, outcome: outcome, duration: duration,
                notes: notes)
            state.traces.append(trace)
            return trace
        }
    }

    func skipped(_ step: Step) { ended(step, after: .zero, .skipped) }

    func noted(_ key: String, _ value: Double, by step: Step) {
        state.withLock { $0.notes[step.path, default: [:]][key] = value }
    }

    func emitted(_ emission: any Emission, by step: Step) {}

    func hasEmissions(of step: Step) -> Bool { false }
}
