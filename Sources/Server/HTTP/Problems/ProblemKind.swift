import HTTPTypes

/// Every kind of problem that the server tells, each with the one status it has.
///
/// The list that ``ProblemDetails`` makes its documents from and that operations declare theirs by.
enum ProblemKind: String, Sendable, Hashable, CaseIterable {
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case hostNotAllowed = "host-not-allowed"
    case bodyTooLarge = "body-too-large"
    case bodyTooSlow = "body-too-slow"
    case notJSON = "not-json"
    case malformedJSON = "malformed-json"
    case invalidField = "invalid-field"
    case unknownField = "unknown-field"
    case malformedPrincipal = "malformed-principal"
    case principalsNotAllowed = "principals-not-allowed"
    case noSuchPassage = "no-such-passage"
    case webhookRefused = "webhook-refused"
    case busy
    case timedOut = "timed-out"
    case notReady = "not-ready"
    case emptyQuestion = "empty-question"
    case questionTooLong = "question-too-long"
    case outOfRange = "out-of-range"
    case unknownFlow = "unknown-flow"
    case invalidFlow = "invalid-flow"
    case componentFailed = "component-failed"
    case flowStopped = "flow-stopped"
    case cancelled
    case inside = "internal"
    case unsatisfiableRange = "unsatisfiable-range"
    case invalidParameter = "invalid-parameter"
    case bodyCutOff = "body-cut-off"
    case unsupportedType = "unsupported-type"
    case upgradeRequired = "upgrade-required"
    case originNotAllowed = "origin-not-allowed"
    case thisMachineOnly = "this-machine-only"
    case noSuchRun = "no-such-run"
    case noSuchConversation = "no-such-conversation"
    case noSuchThing = "no-such-thing"
    case noSuchVersion = "no-such-version"
    case versionConflict = "version-conflict"
    case nameTaken = "name-taken"
    case keyReused = "key-reused"
    case requestUnderWay = "request-under-way"
    case replyNotKept = "reply-not-kept"
    case tooMany = "too-many"
    case wrongState = "wrong-state"
    case malformedRequest = "malformed-request"
    case malformedHost = "malformed-host"
    case headersTooLarge = "headers-too-large"
    case headersTooSlow = "headers-too-slow"
    case unsupportedVersion = "unsupported-version"
    case unsupportedCoding = "unsupported-coding"
    case unsupportedContentCoding = "unsupported-content-coding"
    case malformedContentCoding = "malformed-content-coding"
    case notAcceptable = "not-acceptable"
    case unmetExpectation = "unmet-expectation"
    case unauthenticated
    case insufficientScope = "insufficient-scope"
    case noSuchTenant = "no-such-tenant"
    case rateLimited = "rate-limited"
    case identityUnavailable = "identity-unavailable"
    case noSuchCollection = "no-such-collection"
    case otherSettings = "other-settings"
    case preconditionRequired = "precondition-required"
    case preconditionFailed = "precondition-failed"
    case accessWithdrawn = "access-withdrawn"
    case storageFull = "storage-full"
    case mismatchingUploadOffset = "mismatching-upload-offset"
    case inconsistentUploadLength = "inconsistent-upload-length"
    case completedUpload = "completed-upload"
    case uploadInUse = "upload-in-use"

    /// Stays the same for a kind of problem: what programs should look at.
    var urn: String { Self.urnPrefix + rawValue }
    /// Where the server explains it.
    var address: String { "/problems/\(rawValue)" }

    private static let urnPrefix = "urn:millrace:problem:"

    init?(urn: String) {
        guard urn.hasPrefix(Self.urnPrefix) else { return nil }
        self.init(rawValue: String(urn.dropFirst(Self.urnPrefix.count)))
    }

    var status: HTTPResponse.Status {
        switch self {
        case .notFound, .noSuchPassage, .unknownFlow, .noSuchRun, .noSuchConversation, .noSuchThing,
            .noSuchVersion, .noSuchCollection:
            .notFound
        case .versionConflict, .nameTaken, .wrongState, .requestUnderWay, .replyNotKept, .otherSettings,
            .mismatchingUploadOffset, .uploadInUse:
            .conflict
        case .methodNotAllowed: .methodNotAllowed
        case .hostNotAllowed: .misdirectedRequest
        case .bodyTooLarge: .contentTooLarge
        case .bodyTooSlow, .headersTooSlow: .requestTimeout
        case .notJSON, .unsupportedType, .unsupportedContentCoding: .unsupportedMediaType
        case .notAcceptable: .notAcceptable
        case .malformedContentCoding, .malformedJSON, .malformedPrincipal, .bodyCutOff, .malformedRequest,
            .malformedHost, .inconsistentUploadLength:
            .badRequest
        case .completedUpload: .gone
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedVersion: .httpVersionNotSupported
        case .unsupportedCoding: .notImplemented
        case .unmetExpectation: .expectationFailed
        case .invalidField, .unknownField, .emptyQuestion, .questionTooLong, .outOfRange, .invalidFlow,
            .flowStopped, .invalidParameter, .keyReused, .tooMany:
            .unprocessableContent
        case .principalsNotAllowed, .originNotAllowed, .thisMachineOnly, .insufficientScope,
            .noSuchTenant, .accessWithdrawn:
            .forbidden
        case .preconditionRequired: .preconditionRequired
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .preconditionFailed: .preconditionFailed
        case .webhookRefused, .unauthenticated: .unauthorized
        case .rateLimited: .tooManyRequests
        case .busy, .notReady, .cancelled, .identityUnavailable: .serviceUnavailable
        case .timedOut: .gatewayTimeout
        case .componentFailed: .badGateway
        case .inside: .internalServerError
        case .unsatisfiableRange: .rangeNotSatisfiable
        case .upgradeRequired: .upgradeRequired
        }
    }
}
