import Foundation
import HTTPTypes
import JSONValue

/// How an operation tells what went wrong: as its clients read it.
enum FailureForm: Sendable, Hashable {
    /// A problem document (RFC 9457).
    case problem
    /// OpenAI's error object.
    case openAI

    /// The form of what is at this path.
    init(of path: String) {
        self = OpenAIOperations.paths.contains(path) ? .openAI : .problem
    }

    var contentType: String {
        switch self {
        case .problem: "application/problem+json"
        case .openAI: "application/json"
        }
    }

    var schema: JSONSchema {
        switch self {
        case .problem: ProblemDetails.schema
        case .openAI: OpenAIErrorDocument.schema
        }
    }

    /// The status under which a kind of problem is told.
    func status(of kind: ProblemKind) -> HTTPResponse.Status {
        switch self {
        case .problem: kind.status
        case .openAI: OpenAIErrorDocument.status(kind.status)
        }
    }

    /// What is told of these kinds, which have one status, as the OpenAPI document shows it.
    func openAPISchema(of kinds: [ProblemKind]) -> JSONValue {
        switch self {
        case .problem:
            [
                "allOf": [
                    schema.json, ["properties": ["type": ["enum": .array(kinds.map { .string($0.urn) })]]],
                ]
            ]
        case .openAI: schema.json
        }
    }

    func response(to problem: ProblemDetails, requestID: String) -> APIResponse {
        let response = problem.response(requestID: requestID)
        guard self == .openAI else { return response }
        let told = OpenAIErrorDocument(problem)
        var headers = response.headers
        headers[.contentType] = contentType
        // The clients ask again after every status from 500 on, unless they are told what for.
        headers[.shouldRetry] = problem.retryable ? "true" : "false"
        let body = (try? WireJSON.encode(told)) ?? Data("{}".utf8)
        return APIResponse(
            status: OpenAIErrorDocument.status(response.status), headers: headers, body: .data(body))
    }
}

extension HTTPField.Name {
    /// Read by OpenAI's own clients.
    fileprivate static var shouldRetry: HTTPField.Name {
        guard let name = HTTPField.Name("x-should-retry") else {
            preconditionFailure("“x-should-retry” is a header name")
        }
        return name
    }
}

extension Operation {
    var failureForm: FailureForm { FailureForm(of: path) }
}
