/// Sees what a run does, while it does it.
///
/// Called from the tasks of the run, several at once.
protocol RunObserver: Sendable {
    func began(_ step: Step) async throws
    func ended(_ step: Step, after duration: Duration, _ outcome: StepOutcome) async throws
    func skipped(_ step: Step) async throws
    func noted(_ key: String, _ value: Double, by step: Step)
    func emitted(_ emission: any Emission, by step: Step) async throws
    /// Whether a follower may have seen something of this run of the step.
    func hasEmissions(of step: Step) -> Bool
}

/// How a step ended.
public enum StepOutcome: String, Sendable, Hashable, Codable {
    case finished, failed, cancelled
    /// Its branch was not taken.
    case skipped
}

/// What a step took and noted.
public struct StepTrace: Sendable, Hashable {
    /// The path of the component.
    public var component: String
    public var type: String
    public var outcome: StepOutcome
    public var duration: Duration
    /// Small facts, such as how many passages came out.
    public var notes: [String: Double]
}

extension Step {
    /// The component's path, with the number of the body's run that it is in.
    var path: String { frame.suffix.isEmpty ? node.id : node.id + frame.suffix }
}
