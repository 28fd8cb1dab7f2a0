import HTTPTypes
import JSONValue

/// What went wrong, as OpenAI tells it: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIErrorDocument: ResponseDocument {
    struct Failure: Encodable, Sendable {
        var message: String
        /// `invalid_request_error`, `permission_error`, `rate_limit_error` or `server_error`.
        var type: String
        /// The parameter that is wrong.
        @Nullable var param: String?
        /// A name that stays, for programs to look at.
        @Nullable var code: String?
    }

    var error: Failure

    static var schema: JSONSchema {
        .object(required: [
            "error": .object(required: [
                "message": .text, "type": .text, "param": JSONSchema.text.orNull,
                "code": JSONSchema.text.orNull,
            ])
        ]).named("OpenAIError")
    }

    init(_ problem: ProblemDetails) {
        let kind = ProblemKind.allCases.first { $0.urn == problem.type } ?? .inside
        let isModel = [.unknownFlow, .noSuchVersion, .noSuchThing].contains(kind)
        error = Failure(
            message: problem.detail, type: Self.type(kind.status),
            param: Nullable(wrappedValue: problem.field ?? (isModel ? "model" : nil)),
            code: Nullable(wrappedValue: isModel ? "model_not_found" : Self.code(kind, problem.field)))
    }

    /// What a request's content is wrong by is 400 there, where RFC 9110 has 422.
    static func status(_ status: HTTPResponse.Status) -> HTTPResponse.Status {
        status == .unprocessableContent ? .badRequest : status
    }

    private static func type(_ status: HTTPResponse.Status) -> String {
        switch status {
        case .unauthorized: "authentication_error"
        case .forbidden: "permission_error"
        case .tooManyRequests: "rate_limit_error"
        case _ where status.code >= 500: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func code(_ kind: ProblemKind, _ field: String?) -> String {
        switch kind {
        case .invalidField: field == "previous_response_id" ? "previous_response_not_found" : "invalid_value"
        case .inside: "internal_error"
        default: kind.rawValue.replacing("-", with: "_")
        }
    }
}
