import JSONValue

/// What may travel along an edge of a flow.
///
/// A new payload is one conformance; the engine knows none. Two ports fit when their types are the same, or when
/// the catalogue has a conversion from one to the other.
public protocol Payload: Sendable {
    /// The type's name in flows, messages and documentation, such as `passages`. Unique within a catalogue.
    static var payloadName: String { get }
}

/// A payload that can be written as JSON and read from it: what a tool takes and gives.
public protocol JSONPayload: Payload {
    /// A JSON Schema (2020-12) of what ``init(json:)`` reads.
    static var jsonSchema: JSONValue { get }
    /// - Throws: when `json` does not fit the schema.
    init(json: JSONValue) throws
    var json: JSONValue { get }
}

/// JSON that is not of the kind a payload is read from.
public struct PayloadMismatch: Error, Hashable, CustomStringConvertible {
    public var expected: String
    public var actual: String

    public init(expected: String, actual: String) {
        self.expected = expected
        self.actual = actual
    }

    public var description: String { "a \(expected) is expected; this is a \(actual)." }
}

extension String: JSONPayload {
    public static var payloadName: String { "text" }
    public static var jsonSchema: JSONValue { ["type": "string"] }
    public var json: JSONValue { .string(self) }

    public init(json: JSONValue) throws {
        guard let value = json.string else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self = value
    }
}

extension Int: JSONPayload {
    public static var payloadName: String { "integer" }
    public static var jsonSchema: JSONValue { ["type": "integer"] }
    public var json: JSONValue { .integer(self) }

    public init(json: JSONValue) throws {
        guard let value = json.integer else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self = value
    }
}

extension Double: JSONPayload {
    public static var payloadName: String { "number" }
    public static var jsonSchema: JSONValue { ["type": "number"] }
    public var json: JSONValue { .number(self) }

    public init(json: JSONValue) throws {
        guard let value = json.double else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self = value
    }
}

extension Bool: JSONPayload {
    public static var payloadName: String { "flag" }
    public static var jsonSchema: JSONValue { ["type": "boolean"] }
    public var json: JSONValue { .bool(self) }

    public init(json: JSONValue) throws {
        guard let value = json.bool else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self = value
    }
}

extension JSONValue: JSONPayload {
    public static var payloadName: String { "json" }
    public static var jsonSchema: JSONValue { [:] }
    public var json: JSONValue { self }
    public init(json: JSONValue) { self = json }
}

extension Array: Payload where Element: Payload {
    public static var payloadName: String { "list of \(Element.payloadName)" }
}

extension Array: JSONPayload where Element: JSONPayload {
    public static var jsonSchema: JSONValue { ["type": "array", "items": Element.jsonSchema] }
    public var json: JSONValue { .array(map(\.json)) }

    public init(json: JSONValue) throws {
        guard let values = json.array else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self = try values.map { try Element(json: $0) }
    }
}
