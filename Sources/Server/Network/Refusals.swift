import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Tells refusals of what never became a request that operations see: counted, logged and worded like all others.
struct Refusals: Sendable {
    let logger: Logger
    let metrics: RequestMetrics
    let freshID: @Sendable () -> String

    /// The whole response, after which the connection ends.
    func response(to fault: RequestFault) -> (head: HTTPResponseHead, body: ByteBuffer) {
        let (status, headers, body) = answer(to: fault)
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status.code),
            headers: HTTPHeaders(headers.map { ($0.name.rawName, $0.value) }))
        return (head, body)
    }

    /// The same, whatever version of HTTP it is told in.
    func answer(
        to fault: RequestFault
    ) -> (status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer) {
        let observation = metrics.begin()
        let id = freshID()
        let problem = ProblemDetails(fault: fault)
        var response = problem.response(requestID: id)
        SecurityHeaders.add(to: &response.headers)
        response.headers[.requestID] = id
        response.headers[.connection] = "close"
        let body = response.data.map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        response.headers[.contentLength] = String(body.readableBytes)
        observation.ended(status: response.status.code)
        RequestLog(logger: logger, requestID: id, method: "none", route: "none").served(
            status: response.status.code, bytes: body.readableBytes)
        return (response.status, response.headers, body)
    }
}

extension HTTPResponseHead {
    /// What a client is told before the response (RFC 9110, section 15.2).
    init(interim status: HTTPResponse.Status, _ fields: HTTPFields) {
        self.init(
            version: .http1_1,
            status: .custom(code: UInt(status.code), reasonPhrase: status.reasonPhrase),
            headers: HTTPHeaders(fields.map { ($0.name.rawName, $0.value) }))
    }
}

extension RequestFault {
    /// What a fault that NIO's parser found means.
    init(_ error: HTTPParserError) {
        self =
            switch error {
            case .headerOverflow: .headersTooLarge
            // A connection that begins with HTTP/2's preface pauses the parser.
            case .invalidVersion, .paused: .unsupportedVersion
            case .invalidEOFState: .malformedRequest(reason: "it ends before it is complete")
            case .invalidHeaderToken, .invalidCharactersUsed:
                .malformedRequest(reason: "a header field has a character that none may have")
            case .invalidContentLength, .unexpectedContentLength:
                .malformedRequest(
                    reason: "its Content-Length is no length, or is not the only thing that says one")
            case .invalidChunkSize: .malformedRequest(reason: "the size of a chunk of its body is no number")
            case .invalidMethod: .malformedRequest(reason: "it begins with no method that there is")
            case .invalidURL, .invalidHost, .invalidPort, .invalidPath, .invalidQueryString, .invalidFragment:
                .malformedRequest(reason: "its address has a character that none may have")
            case .lfExpected, .strictModeAssertion:
                .malformedRequest(reason: "a line does not end with CR and LF")
            case .invalidConstant: .malformedRequest(reason: "its first line is not that of a request")
            default: .malformedRequest(reason: "it is not laid out as HTTP/1.1 says")
            }
    }
}
