import Components
import Flow
import FlowService
import QA
import Workspace

extension ProblemDetails {
    /// What the refusals and failures of flows mean.
    init(running error: FlowServiceError) {
        let detail = error.description
        switch error {
        case .noSuchFlow: self.init(.unknownFlow, "No such flow", detail: detail)
        case .noSuchVersion: self.init(.noSuchVersion, "No such version", detail: detail)
        case .unreadable: self.init(.invalidFlow, "The flow cannot be read", detail: detail)
        case .invalid(_, let faults):
            self.init(
                .invalidFlow, "The flow cannot run", detail: detail, faults: faults.map(\.description))
        case .invalidSession: self.init(.invalidField, "A field is wrong", detail: detail, field: "session")
        case .messageTooLong(_, let limit):
            self.init(.bodyTooLarge, "The message is too long", detail: detail, limit: limit)
        case .componentFailed(let flow, let component, let cause):
            if let cause = cause as? QAError {
                self.init(answering: cause)
                return
            }
            if cause is CallerToolFault {
                self.init(.invalidField, "A field is wrong", detail: detail, field: "tools")
                return
            }
            if let problem = Self.ofDatabase(cause) {
                self = problem
                return
            }
            let isRetryable = error.isRetryable
            let reason =
                FlowFailure.isInside(error) ? "the log tells why, under this request's id." : Self.told(cause)
            self.init(
                .componentFailed, "A part of the flow failed",
                detail: """
                    The flow “\(flow)” failed at its component “\(component)”: \(reason)\
                    \(isRetryable ? " Trying again may help." : "")
                    """, retryable: isRetryable)
            self.cause = String(describing: cause)
        case .stopped: self.init(.flowStopped, "The flow was stopped", detail: detail)
        case .timedOut: self.init(.timedOut, "It took too long", detail: detail, retryable: true)
        case .failedRun(let failure) where failure.kind == FlowFailure.toolsKind:
            self.init(.invalidField, "A field is wrong", detail: failure.reason, field: "tools")
        case .failedRun(let failure):
            self.init(
                .componentFailed, "The run failed", detail: failure.reason,
                retryable: failure.isRetryable)
        case .tooManyFlows(let limit):
            self.init(.tooMany, "Too many flows", detail: detail, limit: limit)
        case .workspace(let error): self.init(keeping: error)
        }
    }

    /// What the refusals of the workspace's stores mean.
    init(keeping error: WorkspaceError) {
        let detail = error.description
        switch error {
        case .notFound(let kind, _):
            let problem: ProblemKind =
                switch kind {
                case "flow": .unknownFlow
                case "run": .noSuchRun
                case "conversation": .noSuchConversation
                default: .noSuchThing
                }
            self.init(problem, "No such \(kind)", detail: detail)
        case .versionConflict:
            self.init(.versionConflict, "It was changed meanwhile", detail: detail)
        case .changedMeanwhile:
            self.init(.preconditionFailed, "It was changed meanwhile", detail: detail)
        case .nameTaken: self.init(.nameTaken, "The name is taken", detail: detail)
        case .keyReused: self.init(.keyReused, "The key stands for another request", detail: detail)
        case .tooLarge(_, _, let limit):
            self.init(.bodyTooLarge, "It is too large", detail: detail, limit: limit)
        case .invalidName: self.init(.invalidField, "A name is wrong", detail: detail)
        case .tooMany(_, let limit): self.init(.tooMany, "There are too many", detail: detail, limit: limit)
        case .tooManyWaiting(let limit):
            self.init(
                .rateLimited, "Too many runs wait", detail: detail, limit: limit, retryable: true)
            retryAfterSeconds = 5
        case .wrongState: self.init(.wrongState, "It is not in a state for that", detail: detail)
        case .diskFull: self.init(fault: .storageFull)
        case .busy:
            self.init(
                .busy, "Others are writing", detail: "Others are writing; try again.", retryable: true)
            retryAfterSeconds = 2
        case .unavailable(_, let reason): self = .databaseAway(reason)
        case .outcomeUnknown(_, let reason): self = .fateUnknown(reason)
        default: self = .inside(cause: detail)
        }
    }

    /// What a component's failure tells its caller: errors of ours are written for people.
    private static func told(_ error: any Error) -> String {
        String(String(describing: error).prefix(2_000))
    }
}
