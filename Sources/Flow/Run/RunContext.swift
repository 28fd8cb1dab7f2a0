import Logging

/// Who runs a flow, for whom and under which limits: the same for every step of the run, nested ones included.
///
/// It is made at the door and handed to the run; a component can read it and has nothing to change it with.
public struct RunContext: Sendable {
    /// Names the run in events, logs and traces.
    public let runID: String
    /// Steps, tokens and time that the run may use.
    public let budget: RunBudget
    public let clock: any Clock<Duration>
    public let logger: Logger
    /// Resolves the names of secrets.
    let secrets: (any SecretResolver)?
    /// Is told of each step of the run that ends, as far as the run is traced.
    let observer: (any StepObserver)?
    /// Whether the traces of steps hold what went in and out, shortened.
    public let showsValues: Bool
    private let facts: [(type: ObjectIdentifier, value: any Sendable)]

    /// - Parameter facts: what components may ask for by its type: the caller's rights, the session, the request,
    ///   the span. One value a type.
    public init(
        runID: String, budget: RunBudget = RunBudget(), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "millrace.flow"), secrets: (any SecretResolver)? = nil,
        observer: (any StepObserver)? = nil, showsValues: Bool = false, facts: [any Sendable] = []
    ) {
        self.runID = runID
        self.budget = budget
        self.clock = clock
        self.logger = logger
        self.secrets = secrets
        self.observer = observer
        self.showsValues = showsValues
        self.facts = facts.map { (ObjectIdentifier(type(of: $0)), $0) }
    }

    /// The run's fact of this type.
    ///
    /// - Throws: ``MissingFact`` when whoever began the run gave none.
    public func fact<Value: Sendable>(_ type: Value.Type) throws(MissingFact) -> Value {
        let wanted = ObjectIdentifier(type)
        for fact in facts where fact.type == wanted {
            if let value = fact.value as? Value { return value }
        }
        throw MissingFact(type: "\(type)")
    }
}

/// A component asked for something that its run was not given.
public struct MissingFact: Error, Hashable, CustomStringConvertible {
    public var type: String

    public var description: String { "the run was begun without a \(type), which this component needs." }
}

/// Finds the values of secrets by their names.
public protocol SecretResolver: Sendable {
    /// - Throws: when there is no such secret, or the run's caller may not use it.
    func secret(named name: String, in context: RunContext) async throws -> String
}
