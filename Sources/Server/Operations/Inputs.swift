import Concurrency
import Foundation
import HTTPTypes
import JSONValue

/// A request whose operation is known.
struct RoutedRequest: Sendable {
    var request: APIRequest
    /// The values of the path's braces, percent-decoded.
    var parameters: [String: String]
    /// The body as it comes; without pieces unless the operation takes it so.
    var pieces = PulledSequence<Data>([])
    /// Whether the body was packed, so that its bytes are others than those that were sent.
    var isPacked = false
    /// Tells the client something before the response.
    var interim: @Sendable (HTTPResponse.Status, HTTPFields) async -> Void = { _, _ in }
    /// What the response tells of the request's admission.
    var admission = AdmissionHeaders()
    /// Answers another request, which came as a message of the connection that this one opens.
    var answer: @Sendable (APIRequest) async -> APIResponse = { request in
        ProblemDetails.inside(cause: "no application answers messages").response(requestID: request.id)
    }
}

/// Where the values of an operation come from: what is documented and what reads them are one value.
///
/// ```swift
/// Inputs.path("name", .text, "the flow's name").and(.json(FlowRunBody.self))
/// ```
struct Inputs<Value: Sendable>: Sendable {
    let parameters: [ParameterDeclaration]
    let body: BodyDeclaration?
    /// - Throws: ``RequestFault`` that names the field.
    let read: @Sendable (RoutedRequest) throws -> Value

    /// Both, read in this order.
    ///
    /// - Precondition: at most one of them is a body.
    func and<Other: Sendable>(_ other: Inputs<Other>) -> Inputs<(Value, Other)> {
        precondition(body == nil || other.body == nil, "a request has one body")
        return Inputs<(Value, Other)>(
            parameters: parameters + other.parameters, body: body ?? other.body
        ) { [read] request in (try read(request), try other.read(request)) }
    }
}

/// One parameter in the path, the query or the header.
struct ParameterDeclaration: Sendable, Hashable {
    enum Place: String, Sendable {
        case path, query, header
    }

    var name: String
    var place: Place
    var isRequired: Bool
    var summary: String
    var schema: JSONSchema
    /// Whether a value can be refused; a plain text cannot.
    var isChecked: Bool
}

/// What a request's body may be.
struct BodyDeclaration: Sendable, Hashable {
    var contentTypes: [String]
    var schema: JSONSchema
    var summary: String
    /// Bytes that a body may have which is taken as it comes; `nil` for one that is received whole, within the
    /// server's own limit.
    var streamLimitBytes: Int?
    /// Whether no body at all is refused.
    var isRequired = true

    var isJSON: Bool { contentTypes == ["application/json"] }
}

/// A value that is written as text in a path, a query or a header.
struct ParameterType<Value: Sendable>: Sendable {
    let schema: JSONSchema
    var isChecked = true
    /// Whether a segment of a path, which is never empty, can be refused.
    var isCheckedInPath = true
    /// What a value must be, as it ends the sentence “limit must be …”.
    let expectation: String
    let parse: @Sendable (String) -> Value?
}

extension ParameterType<String> {
    /// Any text that is not empty.
    static var text: ParameterType<String> {
        ParameterType(
            schema: JSONSchema(["type": "string", "minLength": 1]), isCheckedInPath: false,
            expectation: "a text of one character or more"
        ) {
            $0.isEmpty ? nil : $0
        }
    }
}

extension ParameterType<Int> {
    static func integer(in range: ClosedRange<Int>) -> ParameterType<Int> {
        ParameterType(
            schema: .integer(in: range),
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension ParameterType<Bool> {
    static var flag: ParameterType<Bool> {
        ParameterType(schema: .flag, expectation: "true or false") { Bool($0) }
    }
}

extension ParameterType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: ParameterType<Value> {
        let names = Value.allCases.map(\.rawValue)
        return ParameterType(schema: .choice(names), expectation: "one of \(names.joined(separator: ", "))") {
            Value(rawValue: $0)
        }
    }
}

extension Inputs<Void> {
    /// Nothing is read.
    static var none: Inputs<Void> { Inputs(parameters: [], body: nil) { _ in } }
}

extension Inputs {
    /// A segment of the path, which is always there.
    static func path(_ name: String, _ type: ParameterType<Value>, _ summary: String) -> Inputs {
        Inputs(
            parameters: [
                ParameterDeclaration(
                    name: name, place: .path, isRequired: true, summary: summary, schema: type.schema,
                    isChecked: type.isChecked && type.isCheckedInPath)
            ], body: nil
        ) { routed in
            guard let value = type.parse(routed.parameters[name] ?? "") else {
                throw RequestFault.invalidParameter(name: name, expectation: type.expectation)
            }
            return value
        }
    }

    /// A field of the query string, or `standard` when it is absent.
    static func query(
        _ name: String, _ type: ParameterType<Value>, standard: Value, _ summary: String
    ) -> Inputs {
        Inputs(
            parameters: [
                ParameterDeclaration(
                    name: name, place: .query, isRequired: false, summary: summary, schema: type.schema,
                    isChecked: type.isChecked)
            ], body: nil
        ) { routed in
            let values = routed.request.queryFields.filter { $0.name == name }
            guard let given = values.first else { return standard }
            guard values.count == 1, let value = type.parse(given.value) else {
                throw RequestFault.invalidParameter(name: name, expectation: type.expectation)
            }
            return value
        }
    }

    /// A header that may be absent.
    static func header<Wrapped>(
        _ name: HTTPField.Name, _ type: ParameterType<Wrapped>, _ summary: String
    ) -> Inputs where Value == Wrapped? {
        Inputs(
            parameters: [
                ParameterDeclaration(
                    name: name.rawName, place: .header, isRequired: false, summary: summary,
                    schema: type.schema,
                    isChecked: type.isChecked)
            ], body: nil
        ) { routed in
            guard let given = routed.request.headers[name] else { return nil }
            guard let value = type.parse(given) else {
                throw RequestFault.invalidParameter(name: name.rawName, expectation: type.expectation)
            }
            return value
        }
    }

    /// A JSON body, read strictly.
    static func json(_ type: Value.Type) -> Inputs where Value: RequestDocument {
        Inputs(
            parameters: [],
            body: BodyDeclaration(
                contentTypes: ["application/json"], schema: Value.schema, summary: Value.summary)
        ) { routed in try JSONBody.decode(type, from: routed.request) }
    }
}

extension Inputs<SignedBody> {
    /// A body byte for byte, with the headers that sign it.
    static func signed(contentType: String, _ summary: String) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(contentTypes: [contentType], schema: .anyObject, summary: summary)
        ) { routed in SignedBody(data: routed.request.body, headers: routed.request.headers) }
    }
}

extension Inputs<PulledSequence<Data>> {
    /// A body of bytes, in pieces, as it comes: nothing is received before the handler asks for it.
    ///
    /// The type must be stated: a browser sends one of these across origins only after asking, which Millrace
    /// never agrees to. What the handler leaves unread is dropped after its response, or cut off if it is much.
    /// Asking for a piece throws ``RequestFault/bodyTooLarge(limitBytes:)``,
    /// ``RequestFault/bodyTooSlow(seconds:)`` when a piece does not come in time, or
    /// ``RequestFault/bodyCutOff``. The pieces can be iterated over once. A handler must ask again within
    /// ``ServerConfiguration/idleTimeout``, or the connection counts as idle.
    static func stream(
        contentTypes: [String] = ["application/octet-stream"], limitBytes: Int, _ summary: String
    ) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(
                contentTypes: contentTypes, schema: .bytes, summary: summary, streamLimitBytes: limitBytes)
        ) { routed in
            let stated = routed.request.headers[.contentType]
            let essence = (stated ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
            guard contentTypes.contains(essence.lowercased()) else {
                throw RequestFault.unsupportedType(
                    contentType: stated.map { String($0.prefix(100)) }, accepted: contentTypes)
            }
            return routed.pieces
        }
    }
}

/// A body whose sender must be proved by a signature.
struct SignedBody: Sendable {
    var data: Data
    var headers: HTTPFields
}

/// A request's body that says what it looks like.
protocol RequestDocument: Decodable, Sendable {
    static var schema: JSONSchema { get }
    static var summary: String { get }
}

/// A response's body that says what it looks like.
protocol ResponseDocument: Encodable, Sendable {
    static var schema: JSONSchema { get }
}
