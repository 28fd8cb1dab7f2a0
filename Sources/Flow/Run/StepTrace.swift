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
    /// `nil` unless the run shows its values (``RunContext/showsValues``).
    public var values: StepValues?

    public init(
        component: String, type: String, outcome: StepOutcome, duration: Duration, notes: [String: Double]
    ) {
        self.component = component
        self.type = type
        self.outcome = outcome
        self.duration = duration
        self.notes = notes
    }
}
