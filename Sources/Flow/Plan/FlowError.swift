import Concurrency

/// Every refusal and failure of the engine.
public enum FlowError: Error, Sendable {
    case tooLarge(file: String, bytes: Int, limit: Int)
    case unreadable(file: String, reason: String)
    /// Every fault, not only the first.
    case invalid(flow: String, faults: [FlowFault])
    /// A component threw. ``StepFailure/error`` is what it threw.
    case step(StepFailure)
    /// More steps, tokens or time than the run may have.
    case budget(flow: String, RunBudget.Kind, limit: Double)
    /// A run was asked for events that are kept no longer.
    case eventsGone(run: String, position: Int, earliest: Int)
    /// A run was given no value for one of its flow's inputs, or one of another type.
    case input(flow: String, name: String, expected: String)
}

/// Which step failed, and why.
public struct StepFailure: Error, Sendable {
    public var flow: String
    /// The path of the component, such as `loop/body/cite`.
    public var component: String
    public var type: String
    public var error: any Error
}

extension FlowError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let file, let bytes, let limit):
            "The flow \(file) has \(bytes) bytes; at most \(limit) are read. Cut it into several flows."
        case .unreadable(let file, let reason): "The flow \(file) cannot be read: \(reason)"
        case .invalid(let flow, let faults):
            "The flow “\(flow)” cannot run:\n" + faults.map { "  \($0)" }.joined(separator: "\n")
        case .step(let failure):
            """
            The flow “\(failure.flow)” failed at its component “\(failure.component)”: \(failure.error)\
            \(isRetryable ? " Trying again may help." : "")
            """
        case .budget(let flow, let kind, let limit):
            """
            The flow “\(flow)” was stopped: it used up its \(kind.rawValue), which are limited to \
            \(limit == limit.rounded() ? String(Int(limit)) : String(limit)). Raise the limit, or have it do less.
            """
        case .eventsGone(let run, let position, let earliest):
            """
            The events of run \(run) from \(position) on are kept no longer; the earliest is \(earliest). Read \
            from there, or the result.
            """
        case .input(let flow, let name, let expected):
            "The flow “\(flow)” needs a \(expected) as its input “\(name)”."
        }
    }
}

extension FlowError: RetryableError {
    public var isRetryable: Bool {
        if case .step(let failure) = self {
            return (failure.error as? any RetryableError)?.isRetryable ?? false
        }
        return false
    }
}
