import Foundation
import JSONValue

/// What a request is answered with.
struct MCPReply: Sendable {
    /// The request's; null where it had none that could be read.
    var id: JSONValue
    var outcome: Result<JSONValue, MCPFault>
    /// For the log: why a tool could not do what it was asked for.
    var problem: ProblemDetails?

    init(id: JSONValue, _ outcome: Result<JSONValue, MCPFault>, problem: ProblemDetails? = nil) {
        self.id = id
        self.outcome = outcome
        self.problem = problem
    }

    init(_ refusal: MCPMessage.Refusal) {
        self.init(id: refusal.id, .failure(refusal.fault))
    }

    var json: JSONValue {
        switch outcome {
        case .success(let result): ["jsonrpc": "2.0", "id": id, "result": result]
        case .failure(let fault): ["jsonrpc": "2.0", "id": id, "error": fault.json]
        }
    }

    var fault: MCPFault? {
        if case .failure(let fault) = outcome { fault } else { nil }
    }

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["jsonrpc", "id"],
            "properties": [
                "jsonrpc": ["const": "2.0"], "id": ["type": ["string", "integer", "null"]],
                "result": ["type": "object"],
                "error": [
                    "type": "object", "required": ["code", "message"],
                    "properties": [
                        "code": ["type": "integer"], "message": ["type": "string"],
                        "data": ["type": "object"],
                    ],
                ],
            ],
            "additionalProperties": false,
        ]).named("MCPReply")
    }
}

extension ServerSentEvent {
    /// A message of the protocol within a stream.
    static func mcp(_ json: JSONValue) throws -> ServerSentEvent {
        .event(name: "message", data: Data(try json.utf8()))
    }
}
