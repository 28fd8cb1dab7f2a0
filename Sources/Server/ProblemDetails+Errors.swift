import Flow
import HTTPTypes
import QA

extension ProblemDetails {
    /// What the server's own refusals mean.
    init(fault: RequestFault) {
        let detail = fault.description
        switch fault {
        case .notFound:
            self.init("not-found", .notFound, "Not found", detail: detail)
        case .methodNotAllowed(_, let allowed):
            self.init("method-not-allowed", .methodNotAllowed, "Method not allowed", detail: detail)
            allow = allowed
        case .hostNotAllowed:
            self.init("host-not-allowed", .misdirectedRequest, "Another host", detail: detail)
        case .bodyTooLarge(let limit):
            self.init(
                "body-too-large", .contentTooLarge, "The request is too large", detail: detail, limit: limit)
        case .bodyTooSlow:
            self.init(
                "body-too-slow", .requestTimeout, "The request came too slowly", detail: detail,
                retryable: true)
        case .notJSON:
            self.init("not-json", .unsupportedMediaType, "JSON is expected", detail: detail)
        case .malformedJSON:
            self.init("malformed-json", .badRequest, "This is not JSON", detail: detail)
        case .invalidField(let name, _):
            self.init("invalid-field", .unprocessableContent, "A field is wrong", detail: detail, field: name)
        case .unknownField(let name, _):
            self.init("unknown-field", .unprocessableContent, "An unknown field", detail: detail, field: name)
        case .malformedPrincipal:
            self.init("malformed-principal", .badRequest, "A malformed principal", detail: detail)
        case .principalsNotAllowed:
            self.init("principals-not-allowed", .forbidden, "Principals are not accepted", detail: detail)
        case .noSuchPassage:
            self.init("no-such-passage", .notFound, "No such passage", detail: detail)
        case .webhookRefused:
            self.init("webhook-refused", .unauthorized, "The webhook is not accepted", detail: detail)
        case .busy(let running, let waiting, let seconds):
            self.init(
                "busy", .serviceUnavailable, "Too many questions at once", detail: detail,
                limit: running + waiting, retryable: true)
            retryAfterSeconds = seconds
        case .timedOut:
            self.init("timed-out", .gatewayTimeout, "It took too long", detail: detail, retryable: true)
        case .notReady(let reasons):
            self.init(
                "not-ready", .serviceUnavailable, "Not ready", detail: detail, retryable: true,
                faults: reasons)
            retryAfterSeconds = 5
        }
    }

    /// What the refusals of question answering mean.
    init(answering error: QAError) {
        let detail = error.description
        switch error {
        case .emptyQuestion:
            self.init("empty-question", .unprocessableContent, "The question is empty", detail: detail)
        case .questionTooLong(_, let limit):
            self.init(
                "question-too-long", .unprocessableContent, "The question is too long", detail: detail,
                limit: limit)
        case .limitOutOfRange(let name, _, let allowed):
            self.init(
                "out-of-range", .unprocessableContent, "A field is out of range", detail: detail,
                limit: allowed.upperBound, field: name)
        case .unknownFlow:
            self.init("unknown-flow", .notFound, "No such flow", detail: detail)
        case .invalidFlow(_, let faults):
            self.init(
                "invalid-flow", .unprocessableContent, "The flow cannot run", detail: detail,
                faults: faults.map(\.description))
        case .componentFailed(let flow, let component, let reason, let isRetryable):
            self.init(
                "component-failed", .badGateway, "A part of the flow failed",
                detail: """
                    The flow “\(flow)” failed at its component “\(component)”. The log tells why, under this \
                    request's id.\(isRetryable ? " Trying again may help." : "")
                    """, retryable: isRetryable)
            cause = reason
        case .timedOut:
            self.init("timed-out", .gatewayTimeout, "It took too long", detail: detail, retryable: true)
        case .stopped:
            self.init("flow-stopped", .unprocessableContent, "The flow was stopped", detail: detail)
        case .unreadableFlow, .unreadableQuestions, .corpus, .index:
            self = .inside(cause: detail)
        }
    }
}
