import Foundation
import HTTPTypes
import JSONValue

/// A list of operations as an OpenAPI 3.1 document.
struct OpenAPIDocument: Sendable, Hashable {
    let json: JSONValue

    /// The version of the API, which `/v1` stands for; the software's own is told by `/v1/status`.
    static let version = "1.0.0"

    /// - Parameter operations: those that are not listed are left out.
    init(_ operations: [Operation]) {
        let listed = operations.filter(\.isListed)
        var paths: [String: [String: JSONValue]] = [:]
        var schemas = ProblemDetails.schema.components
        for operation in listed {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] =
                operation.openAPI
            for schema in operation.schemas { schemas.merge(schema.components) { first, _ in first } }
        }
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": "Millrace", "version": .string(Self.version),
                "description": "Cited answers and search over a company's Confluence.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": Self.securitySchemes,
            ],
        ]
    }

    private static let securitySchemes: JSONValue = [
        "key": [
            "type": "apiKey", "in": "header", "name": "X-API-Key",
            "description": "An API key of this server: `millrace keys create` makes one.",
        ],
        "bearer": [
            "type": "http", "scheme": "bearer",
            "description": "An API key, or a token of the issuer that the server's settings name.",
        ],
        "principals": [
            "type": "apiKey", "in": "header", "name": "X-Millrace-Principals",
            "description": """
            Who asks, as user:ID, group:NAME, anyone or signed-in, separated by commas. For development: believed \
            only where auth.principals_header switches it on, and from the server's own machine.
            """,
        ],
    ]

    /// The document as it is served, keys in order.
    var bytes: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // Proof: it holds no number that JSON cannot write, which is all that encoding a JSONValue can fail on.
        guard let bytes = try? encoder.encode(json) else { preconditionFailure("the document has no text") }
        return bytes
    }
}

extension Operation {
    /// Every schema that it mentions.
    /// Those of its parameters, body and responses.
    var schemas: [JSONSchema] {
        parameters.map(\.schema) + (body.map { [$0.schema] } ?? []) + responses.flatMap(\.schemas)
            + [failureForm.schema]
    }

    fileprivate var openAPI: JSONValue {
        var object: [String: JSONValue] = [
            "operationId": .string(id), "summary": .string(summary),
            "responses": .object(openAPIResponses),
        ]
        switch access {
        case .open: object["security"] = []
        case .signature:
            object["security"] = []
            object["x-millrace-access"] = "signature"
        case .caller: object["security"] = Self.security(scope: nil)
        case .scope(let scope):
            object["security"] = Self.security(scope: scope.rawValue)
            object["x-millrace-scope"] = .string(scope.rawValue)
        }
        if !parameters.isEmpty {
            object["parameters"] = .array(parameters.map(\.openAPI))
        }
        if let body {
            object["requestBody"] = [
                "required": .bool(body.isRequired), "description": .string(body.summary),
                "content": .object(
                    Dictionary(
                        uniqueKeysWithValues: body.contentTypes.map { ($0, ["schema": body.schema(of: $0)]) })
                ),
            ]
        }
        return .object(object)
    }

    /// One way or another, or none where the server lets anybody in.
    private static func security(scope: String?) -> JSONValue {
        let scopes: JSONValue = .array(scope.map { [.string($0)] } ?? [])
        return [["key": scopes], ["bearer": scopes], ["principals": scopes], [:]]
    }

    /// Declared responses and problems by status; several of one status are one response with several contents.
    private var openAPIResponses: [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for (status, group) in Dictionary(grouping: responses, by: \.status) {
            var content: [String: JSONValue] = [:]
            for response in group { content.merge(response.openAPIContent) { first, _ in first } }
            var object: [String: JSONValue] = [
                "description": .string(group.map(\.summary).joined(separator: "; "))
            ]
            if !content.isEmpty { object["content"] = .object(content) }
            if idempotency.keepsReplies { object["headers"] = Idempotency.responseHeaders }
            for case .socket(let socket) in group.map(\.content) { object["x-websocket"] = socket.openAPI }
            found[String(status)] = .object(object)
        }
        for (status, kinds) in Dictionary(grouping: allProblems, by: { failureForm.status(of: $0).code }) {
            found[String(status)] = [
                "description": .string(kinds.map(\.rawValue).joined(separator: ", ")),
                "content": .object([
                    failureForm.contentType: ["schema": failureForm.openAPISchema(of: kinds)]
                ]),
            ]
        }
        return found
    }
}

extension SocketDeclaration {
    /// OpenAPI 3.1 has no words for what follows an upgrade.
    fileprivate var openAPI: JSONValue {
        [
            "receives": .string(receives), "sends": .string(sends),
            "messageLimitBytes": .integer(messageLimitBytes),
        ]
    }
}

extension BodyDeclaration {
    /// A body that is taken byte for byte has no form as JSON: any will do.
    fileprivate func schema(of contentType: String) -> JSONValue {
        contentType == "application/json" && schema == .bytes ? [:] : schema.json
    }
}

extension ParameterDeclaration {
    fileprivate var openAPI: JSONValue {
        [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(isRequired),
            "description": .string(summary), "schema": schema.json,
        ]
    }
}

extension ResponseDeclaration {
    fileprivate var schemas: [JSONSchema] {
        switch content {
        case .none, .bytes, .socket: []
        case .json(let schema): [schema]
        case .events(let events): events.map(\.schema)
        }
    }

    fileprivate var openAPIContent: [String: JSONValue] {
        switch content {
        case .none, .socket: [:]
        case .json(let schema): ["application/json": ["schema": schema.json]]
        case .bytes(let contentType):
            [contentType: ["schema": JSONSchema.bytes.json]]
        case .events(let events):
            [
                "text/event-stream": [
                    "schema": ["type": "string"],
                    // OpenAPI 3.1 has no words for the events of a stream.
                    "x-millrace-events": .object(
                        Dictionary(uniqueKeysWithValues: events.map { ($0.name, $0.schema.json) })),
                ]
            ]
        }
    }
}
