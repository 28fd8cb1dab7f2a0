import Foundation
import HTTPTypes
import JSONValue

/// What a client posts: a message, or until 2025-03-26 several, and the headers that go with it.
struct MCPExchange: Sendable {
    let headers: HTTPFields
    let body: Data
}

extension Inputs<MCPExchange> {
    /// The body as it came, because what is wrong with it is told in JSON-RPC's own terms.
    ///
    /// A page of another origin is refused, as the protocol demands of every server, although it could not send JSON
    /// without asking first.
    static var mcp: Inputs {
        Inputs(
            parameters: headers.map { name, summary in
                ParameterDeclaration(
                    name: name.rawName, place: .header, isRequired: false, summary: summary, schema: .text,
                    isChecked: false)
            },
            body: BodyDeclaration(
                contentTypes: ["application/json"], schema: schema, summary: "a message in JSON-RPC 2.0")
        ) { routed in
            try OriginCheck.check(routed.request)
            let stated = routed.request.headers[.contentType]
            guard JSONBody.isJSON(routed.request) else {
                throw RequestFault.notJSON(contentType: stated.map { String($0.prefix(100)) })
            }
            return MCPExchange(headers: routed.request.headers, body: routed.request.body)
        }
    }

    private static var headers: [(HTTPField.Name, String)] {
        [
            (.mcpProtocolVersion, "the protocol's revision; without it 2025-03-26"),
            (.mcpMethod, "from 2026-07-28 on: the message's “method”"),
            (.mcpName, "from 2026-07-28 on: the tool that is called"),
        ]
    }

    private static var schema: JSONSchema {
        let message = JSONSchema([
            "type": "object", "required": ["jsonrpc"],
            "properties": [
                "jsonrpc": ["const": "2.0"], "id": ["type": ["string", "integer"]],
                "method": ["type": "string"], "params": ["type": "object"],
            ],
        ]).named("MCPMessage")
        return .anyOf([message, .list(of: message, count: 1...MCPOperations.batchLimit)])
    }
}
