import HTTPTypes
import JSONValue

/// Whether a request that a client sends twice under one `Idempotency-Key` is carried out once
/// (draft-ietf-httpapi-idempotency-key-header).
enum Idempotency: Sendable {
    /// The key means nothing. So for what only reads, where a kept response could outlive the right to it, and for what
    /// cannot be kept: bodies and responses that are streams.
    case notKept
    /// The first response is given again.
    case kept
    /// The first response holds a secret that is shown once; that it was given is all that is kept.
    case keptWithoutBody
    /// Kept, but for requests whose keys the operation itself looks after, or of which nothing stays.
    case keptUnless(@Sendable (RoutedRequest) -> Bool)

    /// What holds for an operation that says nothing else: all that may change something is kept. One whose body comes in
    /// pieces says so itself, if it reads all of them before it begins: they are gathered to be compared.
    static func standard(_ method: HTTPRequest.Method, _ body: BodyDeclaration?) -> Idempotency {
        let isChange = [.post, .put, .patch, .delete].contains(method)
        return isChange && body?.streamLimitBytes == nil ? .kept : .notKept
    }

    var keepsReplies: Bool { if case .notKept = self { false } else { true } }
    var keepsBodies: Bool { if case .keptWithoutBody = self { false } else { true } }

    /// Whether the response to this request is kept.
    func applies(to routed: RoutedRequest) -> Bool {
        switch self {
        case .notKept: false
        case .kept, .keptWithoutBody: true
        case .keptUnless(let isElsewhere): !isElsewhere(routed)
        }
    }

    /// What may go wrong with a key.
    static let problems: [ProblemKind] = [.keyReused, .requestUnderWay, .replyNotKept, .invalidParameter]

    /// Bytes of a key at most.
    static let keyLimit = 255

    /// The parameters of an operation with the header, unless they have it.
    func parameters(beside declared: [ParameterDeclaration]) -> [ParameterDeclaration] {
        let name = HTTPField.Name.idempotencyKey.rawName
        guard keepsReplies, !declared.contains(where: { $0.name == name }) else { return declared }
        return declared + [
            ParameterDeclaration(
                name: name, place: .header, isRequired: false,
                summary: "of the client's making; the same request under it is carried out once in 24 hours",
                schema: JSONSchema([
                    "type": "string", "minLength": 1, "maxLength": .integer(keyLimitValue),
                    "pattern": "^[!-~]+$",
                ]), isChecked: true)
        ]
    }

    private var keyLimitValue: Int { Self.keyLimit }

    /// As the OpenAPI document tells of it.
    static let responseHeaders: JSONValue = [
        "Idempotency-Replayed": [
            "description": "`true` when the request was carried out before, and this is the response of then",
            "schema": ["type": "boolean"],
        ]
    ]
}
