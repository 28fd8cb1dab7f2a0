import HTTPTypes
import JSONValue

/// An error of the protocol, as JSON-RPC 2.0 (§5.1) and MCP number them. What a tool could not do is none: that is
/// told in its result.
struct MCPFault: Error, Sendable, Hashable {
    enum Code: Int, Sendable {
        case parse = -32_700
        case invalidRequest = -32_600
        case unknownMethod = -32_601
        case invalidParameters = -32_602
        case inside = -32_603
        /// A header says something else than the body.
        case headerMismatch = -32_020
        case unsupportedVersion = -32_022
    }

    var code: Code
    var message: String
    var data: JSONValue?
    /// For the log: what is behind a failure of ours.
    var problem: ProblemDetails?

    init(_ code: Code, _ message: String, data: JSONValue? = nil, problem: ProblemDetails? = nil) {
        self.code = code
        self.message = message
        self.data = data
        self.problem = problem
    }

    /// A version that is not spoken here.
    static func unsupported(_ version: String) -> MCPFault {
        let told = String(version.prefix(100))
        return MCPFault(
            .unsupportedVersion, "The protocol version “\(told)” is not spoken here.",
            data: ["supported": .array(MCPRevision.versions.map { .string($0) }), "requested": .string(told)])
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["code": .integer(code.rawValue), "message": .string(message)]
        if let data { members["data"] = data }
        return .object(members)
    }

    /// The status under which it is told. Until 2026-07-28 a request that was understood is answered with 200,
    /// whatever the answer: clients of these revisions take 404 for the end of a session.
    func status(stateless: Bool) -> HTTPResponse.Status {
        switch code {
        case .parse, .invalidRequest, .headerMismatch, .unsupportedVersion: .badRequest
        case .unknownMethod: stateless ? .notFound : .ok
        case .invalidParameters: stateless ? .badRequest : .ok
        case .inside: stateless ? .internalServerError : .ok
        }
    }
}
