import HTTPTypes
import JSONValue

/// Whether a request that a client sends twice under one `Idempotency-Key` is carried out once
/// (draft-ietf-httpapi-idempotency-key-header).
enum Idempotency: Sendable {
    /// The key means nothing. So for what only reads, where a kept response could outlive the right to it, and for what
    /// says in another way that it is the same.
    case notKept
    /// The first response is given again.
    case kept
    /// The first response holds a secret that is shown once; that it was given is all that is kept.
    case keptWithoutBody
    /// Kept, but for requests whose keys the operation itself looks after, or of which nothing stays.
    case keptUnless(@Sendable (RoutedRequest) -> Bool)

    /// The methods of operations that may change something.
    static let changing: Set<HTTPRequest.Method> = [.post, .put, .patch, .delete]

    /// What holds for an operation that says nothing else: all that may change something is kept, however its body comes.
    static func standard(_ method: HTTPRequest.Method) -> Idempotency {
        changing.contains(method) ? .kept : .notKept
    }

    /// - Throws: ``RequestFault/invalidParameter(name:expectation:)`` for a key that is none.
    static func check(_ key: String) throws(RequestFault) {
        guard (1...keyLimit).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalidParameter(
                name: HTTPField.Name.idempotencyKey.rawName,
                expectation: "1 to \(keyLimit) visible ASCII characters")
        }
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
