import Flow
import HTTPTypes
import QA

extension ProblemDetails {
    /// What the server's own refusals mean.
    init(fault: RequestFault) {
        let detail = fault.description
        switch fault {
        case .notFound:
            self.init(.notFound, "Not found", detail: detail)
        case .methodNotAllowed(_, let allowed):
            self.init(.methodNotAllowed, "Method not allowed", detail: detail)
            allow = allowed
        case .hostNotAllowed:
            self.init(.hostNotAllowed, "Another host", detail: detail)
        case .bodyTooLarge(let limit):
            self.init(
                .bodyTooLarge, "The request is too large", detail: detail, limit: limit)
        case .bodyTooSlow:
            self.init(
                .bodyTooSlow, "The request came too slowly", detail: detail,
                retryable: true)
        case .bodyCutOff:
            self.init(.bodyCutOff, "The request is incomplete", detail: detail, retryable: true)
        case .bodyUnpacksTooFar:
            self.init(.bodyTooLarge, "The request is too large", detail: detail)
        case .unsupportedContentCoding:
            self.init(.unsupportedContentCoding, "An unknown content coding", detail: detail)
            acceptEncoding = "\(ContentCoding.name), identity"
        case .malformedContentCoding:
            self.init(.malformedContentCoding, "The body cannot be unpacked", detail: detail)
        case .notAcceptable:
            self.init(.notAcceptable, "Nothing that you accept", detail: detail)
        case .unsupportedType:
            self.init(.unsupportedType, "Another type is expected", detail: detail)
        case .noSuchFile:
            self.init(.notFound, "Not found", detail: detail)
        case .upgradeRequired:
            self.init(.upgradeRequired, "A WebSocket is expected", detail: detail)
            upgrade = "websocket"
        case .requestUnderWay(let seconds):
            self.init(.requestUnderWay, "It is being carried out", detail: detail, retryable: true)
            retryAfterSeconds = seconds
        case .replyNotKept:
            self.init(.replyNotKept, "It was carried out before", detail: detail)
        case .outcomeUnknown:
            self.init(.replyNotKept, "Its outcome is not known", detail: detail)
        case .subprotocolRequired:
            self.init(.upgradeRequired, "Another subprotocol is expected", detail: detail)
            upgrade = "websocket"
        case .originNotAllowed:
            self.init(.originNotAllowed, "Another origin", detail: detail)
        case .notJSON:
            self.init(.notJSON, "JSON is expected", detail: detail)
        case .malformedJSON:
            self.init(.malformedJSON, "This is not JSON", detail: detail)
        case .invalidField(let name, _):
            self.init(.invalidField, "A field is wrong", detail: detail, field: name)
        case .unknownField(let name, _):
            self.init(.unknownField, "An unknown field", detail: detail, field: name)
        case .invalidParameter(let name, _):
            self.init(.invalidParameter, "A parameter is wrong", detail: detail, field: name)
        case .unsatisfiableRange(let length):
            self.init(.unsatisfiableRange, "No such range", detail: detail)
            contentLength = length
        case .malformedPrincipal:
            self.init(.malformedPrincipal, "A malformed principal", detail: detail)
        case .principalsNotAllowed:
            self.init(.principalsNotAllowed, "Principals are not accepted", detail: detail)
        case .unauthenticated(_, let challenge, let signIn):
            self.init(.unauthenticated, "Not signed in", detail: detail)
            self.challenge = challenge
            self.signIn = signIn
        case .insufficientScope:
            self.init(.insufficientScope, "You may not do this", detail: detail)
        case .noSuchTenant:
            self.init(.noSuchTenant, "No such tenant", detail: detail)
        case .rateLimited(let limit, let seconds):
            self.init(
                .rateLimited, "Too many requests", detail: detail, limit: limit, retryable: true)
            retryAfterSeconds = seconds
        case .identityUnavailable:
            self.init(.identityUnavailable, "Nobody can be checked now", detail: detail, retryable: true)
            retryAfterSeconds = 5
        case .thisMachineOnly:
            self.init(.thisMachineOnly, "For this machine only", detail: detail)
        case .noSuchPassage:
            self.init(.noSuchPassage, "No such passage", detail: detail)
        case .webhookRefused:
            self.init(.webhookRefused, "The webhook is not accepted", detail: detail)
        case .busy(let running, let waiting, let seconds):
            self.init(
                .busy, "Too many questions at once", detail: detail,
                limit: running + waiting, retryable: true)
            retryAfterSeconds = seconds
        case .timedOut:
            self.init(.timedOut, "It took too long", detail: detail, retryable: true)
        case .notReady(let reasons):
            self.init(
                .notReady, "Not ready", detail: detail, retryable: true,
                faults: reasons)
            retryAfterSeconds = 5
        case .malformedRequest: self.init(.malformedRequest, "This is no request", detail: detail)
        case .malformedHost: self.init(.malformedHost, "No clear host", detail: detail)
        case .headersTooLarge: self.init(.headersTooLarge, "The header is too large", detail: detail)
        case .headersTooSlow:
            self.init(.headersTooSlow, "The header came too slowly", detail: detail, retryable: true)
        case .unsupportedVersion:
            self.init(.unsupportedVersion, "Another version of HTTP", detail: detail)
        case .unsupportedCoding:
            self.init(.unsupportedCoding, "An unknown transfer coding", detail: detail)
        case .unmetExpectation:
            self.init(.unmetExpectation, "An expectation that cannot be met", detail: detail)
        case .unsupportedCharset:
            self.init(.unsupportedType, "Another character set is expected", detail: detail)
        case .noSuchMember: self.init(.noSuchThing, "No such member", detail: detail)
        case .readOnlySource:
            self.init(.wrongState, "The settings name it", detail: detail)
        case .verifiedSource:
            self.init(.wrongState, "Nobody could be asked any more", detail: detail)
        case .preconditionRequired:
            self.init(.preconditionRequired, "Which version is meant is not said", detail: detail)
        case .preconditionFailed:
            self.init(.preconditionFailed, "It was changed meanwhile", detail: detail)
        case .storageFull:
            self.init(.storageFull, "There is no room to write", detail: detail, retryable: true)
            retryAfterSeconds = 30
        case .accessWithdrawn:
            self.init(.accessWithdrawn, "It may not be read any more", detail: detail)
        case .duplicateKey(let key, _):
            self.init(
                .malformedJSON, "A key stands twice", detail: detail, field: String(key.prefix(100)))
        case .vectorsElsewhere:
            self.init(.wrongState, "The vectors lie elsewhere", detail: detail)
        }
    }

    /// What the refusals of question answering mean.
    init(answering error: QAError) {
        let detail = error.description
        switch error {
        case .emptyQuestion:
            self.init(.emptyQuestion, "The question is empty", detail: detail)
        case .questionTooLong(_, let limit):
            self.init(
                .questionTooLong, "The question is too long", detail: detail,
                limit: limit)
        case .limitOutOfRange(let name, _, let allowed):
            self.init(
                .outOfRange, "A field is out of range", detail: detail,
                limit: allowed.upperBound, field: name)
        case .shareOutOfRange(let name, _):
            self.init(.outOfRange, "A field is out of range", detail: detail, field: name)
        case .unknownFlow:
            self.init(.unknownFlow, "No such flow", detail: detail)
        case .invalidFlow(_, let faults):
            self.init(
                .invalidFlow, "The flow cannot run", detail: detail,
                faults: faults.map(\.description))
        case .componentFailed(let flow, let component, let reason, let isRetryable):
            self.init(
                .componentFailed, "A part of the flow failed",
                detail: """
                    The flow “\(flow)” failed at its component “\(component)”. The log tells why, under this \
                    request's id.\(isRetryable ? " Trying again may help." : "")
                    """, retryable: isRetryable)
            cause = reason
        case .timedOut:
            self.init(.timedOut, "It took too long", detail: detail, retryable: true)
        case .stopped:
            self.init(.flowStopped, "The flow was stopped", detail: detail)
        case .corpus(let error): self.init(storing: error)
        case .index(let error): self = Self.ofDatabase(error) ?? .inside(cause: detail)
        case .words(let error): self = Self.ofDatabase(error) ?? .inside(cause: detail)
        case .unconfiguredSearch, .unreadableFlow, .unreadableQuestions:
            self = .inside(cause: detail)
        }
    }
}
