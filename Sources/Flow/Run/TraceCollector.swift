import Synchronization

/// Keeps the traces of a run's steps.
final class TraceCollector: Sendable {
    private struct State {
        var traces: [StepTrace] = []
        var notes: [String: [String: Double]] = [:]
    }

    private let state: Mutex<State>

    /// - Parameter count: steps that are expected.
    init(expecting count: Int) {
        var state = State()
        state.traces.reserveCapacity(count)
        self.state = Mutex(state)
    }

    /// In the order of their ends; as many as the run's budget has steps at most.
    var traces: [StepTrace] { state.withLock { $0.traces } }

    func note(_ key: String, _ value: Double, by step: Step) {
        state.withLock { $0.notes[step.path, default: [:]][key] = value }
    }

    func count(_ key: String, _ amount: Double, by step: Step) {
        state.withLock { $0.notes[step.path, default: [:]][key, default: 0] += amount }
    }

    /// Keeps and returns the trace of a step that ended.
    @discardableResult
    func end(_ step: Step, after duration: Duration, _ outcome: StepOutcome) -> StepTrace {
        state.withLock { state in
            let notes = state.notes.isEmpty ? [:] : state.notes.removeValue(forKey: step.path) ?? [:]
            let trace = StepTrace(
                component: step.path, type: step.node.type, outcome: outcome, duration: duration,
                notes: notes)
            state.traces.append(trace)
            return trace
        }
    }
}
