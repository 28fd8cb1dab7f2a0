import Corpus
import FlowService
import Foundation
import HTTPTypes
import Ingest
import QA
import VectorCollections
import Workspace

/// What went wrong, as RFC 9457 (`application/problem+json`) tells it.
///
/// The one map from errors to statuses. A failure inside Millrace is told without its cause, which may name
/// files and hosts: the cause is in the log, under the request's id.
struct ProblemDetails: Hashable, ResponseDocument {
    /// A URN that stays the same for a kind of problem: what programs should look at.
    var type: String
    var title: String
    var status: Int
    var detail: String
    /// The limit that was exceeded.
    var limit: Int?
    /// The field of the body that is wrong.
    var field: String?
    /// Whether the same request may succeed later.
    var retryable: Bool
    /// Everything that is wrong, where there is more than one thing.
    var faults: [String]?
    /// Where a browser signs in, if that is what is missing.
    var signIn: String?
    var requestID: String?

    /// Sent as a header, not in the body.
    var retryAfterSeconds: Int?
    /// Sent as a header, not in the body.
    var allow: [String]?
    /// Sent as `Content-Range`, not in the body: how many bytes there are.
    var contentLength: Int?
    /// Sent as `WWW-Authenticate`, not in the body: how to prove who one is (RFC 6750).
    var challenge: String?
    /// Sent as `Upgrade`, not in the body: the protocol to ask for.
    var upgrade: String?
    /// Sent as `Accept-Encoding`, not in the body: the codings that bodies may have (RFC 9110, section 15.5.16).
    var acceptEncoding: String?
    /// For the log only.
    var cause: String?
    /// Whether it may have been carried out all the same. Not sent: ``detail`` says it.
    var isOutcomeUnknown = false

    private enum CodingKeys: String, CodingKey {
        case type, title, status, detail, limit, field, retryable, faults, signIn, requestID
    }

    static var schema: JSONSchema {
        .object(
            required: [
                "type": .choice(ProblemKind.allCases.map(\.urn)), "title": .text, "status": .integer,
                "detail": .text, "retryable": .flag, "request_id": .text,
            ],
            optional: [
                "limit": .integer, "field": .text, "faults": .list(of: .text), "sign_in": .text,
            ]
        ).named("Problem")
    }

    init(
        _ kind: ProblemKind, _ title: String, detail: String, limit: Int? = nil,
        field: String? = nil, retryable: Bool = false, faults: [String]? = nil
    ) {
        self.type = kind.urn
        self.title = title
        self.status = kind.status.code
        self.detail = detail
        self.limit = limit
        self.field = field
        self.retryable = retryable
        self.faults = faults
    }

    /// What `error` means to a client.
    init(_ error: any Error) {
        switch error {
        case let error as RequestFault: self.init(fault: error)
        case let error as QAError: self.init(answering: error)
        case let error as FlowServiceError: self.init(running: error)
        case let error as WorkspaceError: self.init(keeping: error)
        case let error as IngestJobError: self.init(ingesting: error)
        case let error as CollectionError: self.init(collecting: error)
        case let error as EvaluationFault: self.init(evaluating: error)
        case let error as UploadFault: self.init(uploading: error)
        case let error as CorpusError: self.init(storing: error)
        case is CancellationError:
            self.init(
                .cancelled, "Cancelled",
                detail: "The request was given up, because the server stops or nobody waits.", retryable: true
            )
        default: self = .inside(cause: String(describing: error))
        }
    }

    /// A failure of ours.
    static func inside(cause: String) -> ProblemDetails {
        var problem = ProblemDetails(
            .inside, "Millrace failed",
            detail: "Something inside Millrace failed. Its log tells what, under this request's id.")
        problem.cause = cause
        return problem
    }

    /// The response that tells it.
    func response(requestID: String) -> APIResponse {
        var told = self
        told.requestID = requestID
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let kind = ProblemKind(urn: type) { headers[.link] = "<\(kind.address)>; rel=\"help\"" }
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if let allow { headers[.allow] = allow.joined(separator: ", ") }
        if let contentLength { headers[.contentRange] = "bytes */\(contentLength)" }
        if let challenge { headers[.wwwAuthenticate] = challenge }
        if let acceptEncoding { headers[.acceptEncoding] = acceptEncoding }
        if let upgrade {
            headers[.upgrade] = upgrade
            headers[.connection] = "upgrade"
            headers[.secWebSocketVersion] = WebSocketHandshake.version
        }
        // Strings and numbers always encode; the fallback keeps the status should that ever change.
        let body = (try? WireJSON.encode(told)) ?? Data("{}".utf8)
        return APIResponse(status: HTTPResponse.Status(code: status), headers: headers, body: .data(body))
    }
}
