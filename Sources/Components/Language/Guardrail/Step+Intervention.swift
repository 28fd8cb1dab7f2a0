import Flow
import Logging
import Models

extension Step {
    /// What a guardrail did in a step.
    public enum Intervened: Sendable {
        /// Withheld an answer, or masked a part of it.
        case answer
        /// Stopped a message that it was shown.
        case stoppedMessage
    }

    /// Notes and logs that a guardrail stepped in: by kind and policy, never what it found.
    public func tell(_ intervention: GuardrailIntervention, did: Intervened = .answer) {
        let (name, told): (String, Logger.Message) =
            switch did {
            case .stoppedMessage: ("managed", "a guardrail stopped a message")
            case .answer where intervention.isBlocked: ("withheld", "a guardrail withheld an answer")
            case .answer: ("masked", "a guardrail masked a part of an answer")
            }
        note(name, 1)
        context.logger.warning(
            told, metadata: ["millrace.component": "\(component)", "millrace.reason": "\(intervention)"])
    }
}
