import Foundation
import HTTPTypes
import Testing

@testable import Server

/// Compares a response with what its operation declares. ``ServerFixture`` does so with every one, so that each
/// test of a handler is a test of its documentation too.
enum ContractCheck {
    static func check(
        _ response: APIResponse, of operation: Server.Operation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let status = response.status.code
        if response.headers[.contentType] == "application/problem+json" {
            let problem = try response.json
            let declared = operation.allProblems.filter { $0.status.code == status }.map(\.urn)
            #expect(
                declared.contains(problem["type"]?.text ?? ""),
                "\(operation.id) tells of a problem that it does not declare: \(problem)",
                sourceLocation: sourceLocation)
            try expect(problem, ProblemDetails.schema, operation, sourceLocation)
            return
        }
        if operation.failureForm == .openAI, status >= 400 {
            let statuses = operation.allProblems.map { operation.failureForm.status(of: $0).code }
            #expect(
                statuses.contains(status), "\(operation.id) does not declare \(status)",
                sourceLocation: sourceLocation)
            try expect(response.json, operation.failureForm.schema, operation, sourceLocation)
            return
        }
        let type = response.headers[.contentType]
        let declared = operation.responses.filter { $0.status == status }
        let matching = declared.first { response in
            switch response.content {
            case .none: true
            case .json: type == "application/json"
            case .events: type == "text/event-stream"
            case .bytes(let contentType):
                type == contentType || status == 206 && type?.hasPrefix("multipart/byteranges") == true
            case .socket: type == nil
            }
        }
        let found = try #require(
            matching, "\(operation.id) does not declare \(status) with \(type ?? "no type")",
            sourceLocation: sourceLocation)
        if case .json(let schema) = found.content, let data = response.data, !data.isEmpty {
            try expect(.parsed(data), schema, operation, sourceLocation)
        }
    }

    /// Checks the data of one event.
    static func check(
        event name: String, _ data: JSONValue, of operation: Server.Operation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let declared = operation.responses.compactMap { response in
            if case .events(let events) = response.content { events.first { $0.name == name } } else { nil }
        }
        let event = try #require(declared.first, "\(name) is not declared", sourceLocation: sourceLocation)
        try expect(data, event.schema, operation, sourceLocation)
    }

    private static func expect(
        _ value: JSONValue, _ schema: JSONSchema, _ operation: Server.Operation, _ place: SourceLocation
    ) throws {
        let faults = try SchemaValidator(schema).faults(in: value, against: schema.value)
        #expect(faults.isEmpty, "\(operation.id): \(faults)", sourceLocation: place)
    }
}

extension JSONSchema {
    /// The schema as the tests look at JSON.
    var value: JSONValue {
        get throws { try .parsed(JSONEncoder().encode(json)) }
    }
}

extension SchemaValidator {
    /// With the named schemas that `schema` refers to.
    init(_ schema: JSONSchema) throws {
        components = try schema.components.mapValues { try .parsed(JSONEncoder().encode($0)) }
    }
}
