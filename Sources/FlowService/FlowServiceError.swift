import Components
import Concurrency
import Corpus
import Flow
import QA
import Workspace

/// Every refusal and failure of running and keeping flows.
public enum FlowServiceError: Error, Sendable {
    /// Neither a flow of the settings nor a stored one that this caller may run.
    case noSuchFlow(String)
    case noSuchVersion(flow: String, number: Int)
    /// A stored flow that cannot be read as one.
    case unreadable(flow: String, reason: String)
    /// Everything that keeps the flow from running.
    case invalid(flow: String, faults: [FlowFault])
    case invalidSession(String)
    case messageTooLong(bytes: Int, limit: Int)
    /// A component threw.
    case componentFailed(flow: String, component: String, error: any Error)
    case stopped(FlowError)
    case timedOut(flow: String, seconds: Double)
    /// A run that failed some time ago, as it is kept.
    case failedRun(FlowFailure)
    case tooManyFlows(limit: Int)
    case workspace(WorkspaceError)
}

extension FlowServiceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchFlow(let name): "There is no flow “\(name.prefix(200))”, or it is another's."
        case .noSuchVersion(let flow, let number):
            "The flow “\(flow)” has no version \(number); its versions tell which there are."
        case .unreadable(let flow, let reason): "The flow “\(flow)” cannot be read: \(reason)"
        case .invalid(let flow, let faults):
            "The flow “\(flow)” cannot run:\n" + faults.map { "  \($0)" }.joined(separator: "\n")
        case .invalidSession(let name):
            """
            “\(name)” is no session's name: it has 1 to \(FlowRequest.sessionLimit) bytes and no control \
            characters.
            """
        case .messageTooLong(let bytes, let limit):
            "The message has \(bytes) bytes; at most \(limit) are taken. Send it as a file."
        case .componentFailed(let flow, let component, let error):
            "The flow “\(flow)” failed at its component “\(component)”: \(error)"
        case .stopped(let error): error.description
        case .timedOut(let flow, let seconds):
            """
            The flow “\(flow)” did not finish within \(seconds) s. Run it asynchronously, where it may take \
            longer.
            """
        case .failedRun(let failure): failure.reason
        case .tooManyFlows(let limit): "There are \(limit) flows already, as many as one may keep."
        case .workspace(let error): error.description
        }
    }
}

extension FlowServiceError: RetryableError {
    public var isRetryable: Bool {
        switch self {
        case _ where isOfDatabase: true
        case .componentFailed(_, _, let error): (error as? any RetryableError)?.isRetryable ?? false
        case .timedOut: true
        case .failedRun(let failure): failure.isRetryable
        default: false
        }
    }
}

extension FlowServiceError {
    /// Whether a database that was away is to blame, and nothing of the flow: another attempt begins anew.
    var isOfDatabase: Bool {
        let cause: any Error
        switch self {
        case .workspace(let error): cause = error
        case .componentFailed(_, _, let error): cause = error
        default: return false
        }
        return switch cause {
        case WorkspaceError.unavailable, WorkspaceError.outcomeUnknown, WorkspaceError.busy,
            CorpusError.unavailable, CorpusError.outcomeUnknown:
            true
        case let error as QAError: error.isRetryable
        default: false
        }
    }

    /// Whatever a run threw, in the words of this service.
    static func told(_ error: any Error, flow: String, limit: Duration?) -> any Error {
        switch error {
        case is CancellationError, is FlowServiceError: error
        case is DeadlineExceeded:
            timedOut(flow: flow, seconds: (limit ?? .zero) / .seconds(1))
        case FlowError.step(let failure):
            failure.error is CancellationError
                ? failure.error
                : componentFailed(flow: flow, component: failure.component, error: failure.error)
        case FlowError.invalid(_, let faults): invalid(flow: flow, faults: faults)
        case let error as FlowError: stopped(error)
        case let error as WorkspaceError: workspace(error)
        default: error
        }
    }
}

extension FlowFailure {
    /// What a run's failure tells its caller.
    public init(_ error: any Error) {
        switch error {
        case is CancellationError:
            self.init(kind: "cancelled", reason: "The run was cancelled.")
        case FlowServiceError.failedRun(let failure): self = failure
        case let error as FlowServiceError where error.isOfDatabase:
            self.init(
                kind: "busy", reason: "The database was not available. Trying again may help.",
                isRetryable: true)
        case let error as FlowServiceError where error.kind != "internal":
            var component: String?
            if case .componentFailed(_, let place, _) = error { component = place }
            self.init(
                kind: error.kind, reason: Self.isInside(error) ? Self.inside : error.description,
                component: component, isRetryable: error.isRetryable)
        default: self.init(kind: "internal", reason: Self.inside)
        }
    }

    /// The kind of a failure that the caller's tools are to blame for; see ``FlowRequest/callerTools``.
    public static let toolsKind = "invalid-tools"

    private static let inside = "The run failed for a reason inside Millrace; its log tells more."

    /// Whether an error's words are for the log alone, such as a database's with the path of its file.
    public static func isInside(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: false
        case FlowServiceError.failedRun: false
        case FlowServiceError.componentFailed(_, _, let cause as WorkspaceError):
            FlowServiceError.workspace(cause).kind == "internal"
        case let error as FlowServiceError: error.kind == "internal"
        default: true
        }
    }
}

extension FlowServiceError {
    /// A name that stays, for programs to look at.
    public var kind: String {
        switch self {
        case .noSuchFlow: "unknown-flow"
        case .noSuchVersion: "no-such-version"
        case .unreadable, .invalid: "invalid-flow"
        case .invalidSession: "invalid-field"
        case .messageTooLong: "body-too-large"
        case .componentFailed(_, _, let cause):
            cause is CallerToolFault ? FlowFailure.toolsKind : "component-failed"
        case .stopped: "flow-stopped"
        case .timedOut: "timed-out"
        case .failedRun(let failure): failure.kind
        case .tooManyFlows: "too-many-flows"
        case .workspace(let error):
            switch error {
            case .notFound: "not-found"
            case .versionConflict: "version-conflict"
            case .nameTaken: "name-taken"
            case .keyReused: "key-reused"
            case .wrongState: "wrong-state"
            case .tooLarge: "body-too-large"
            case .tooMany: "too-many"
            case .invalidName: "invalid-field"
            default: "internal"
            }
        }
    }
}
