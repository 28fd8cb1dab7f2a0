import JSONValue

/// A component's setting, read at run time with ``Step``'s subscript.
public struct Parameter<Value: Sendable>: Sendable {
    let index: Int
}

/// The name of a secret. Flows hold names, never values.
public struct SecretName: Sendable, Hashable, CustomStringConvertible {
    public var name: String

    public init(_ name: String) {
        self.name = name
    }

    public var description: String { name }
}

/// What values a parameter takes.
public indirect enum ParameterKind: Sendable, Hashable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// At most so many bytes of UTF-8.
    case text(maxBytes: Int)
    case choice([String])
    case flag
    case list(ParameterKind, maxCount: Int)
    /// A number a name: `{"HR": 1.5}`.
    case numbers(ClosedRange<Double>, maxCount: Int)
    case json
    /// `{"secret": "NAME"}`.
    case secret
}

/// A parameter as it is checked and documented.
public struct ParameterDeclaration: Sendable {
    public var name: String
    public var kind: ParameterKind
    /// `nil` for one that a flow must give.
    public var standard: JSONValue?
    /// What one of it is, such as `tokens`; `nil` for a bare number or no number.
    public var unit: String?
    public var meaning: String
    /// Whether a run may give it another value. What decides a component's ports may not change.
    public var isFixed: Bool
    /// A value that ``ParameterKind/fault(in:)`` let through, as the component reads it.
    let read: @Sendable (JSONValue) -> (any Sendable)?
}

/// Why a value does not fit its parameter.
public enum ParameterFault: Sendable, Hashable {
    case wrongKind(expected: String, actual: String)
    case notWhole(Double)
    case outOfRange(value: Double, allowed: ClosedRange<Double>)
    case tooLong(bytes: Int, limit: Int)
    case tooMany(count: Int, limit: Int)
    case noSuchChoice(value: String, allowed: [String])
    case inElement(Int, String)
    case inMember(String, String)
    /// A value that a variable was to give, which is not there.
    case noSuchVariable(String)
}

extension ParameterKind {
    /// What the kind is called in messages.
    public var name: String {
        switch self {
        case .integer: "whole number"
        case .number: "number"
        case .text: "text"
        case .choice: "choice"
        case .flag: "true or false"
        case .list(let element, _): "list of \(element.name)s"
        case .numbers: "mapping of names to numbers"
        case .json: "JSON value"
        case .secret: "secret's name, as {\"secret\": \"NAME\"}"
        }
    }

    /// What is wrong with a value; `nil` when it fits.
    public func fault(in value: JSONValue) -> ParameterFault? {
        switch self {
        case .integer(let allowed):
            guard let number = value.double else { return wrongKind(value) }
            guard let whole = value.integer else { return .notWhole(number) }
            return allowed.contains(whole)
                ? nil
                : .outOfRange(
                    value: number, allowed: Double(allowed.lowerBound)...Double(allowed.upperBound))
        case .number(let allowed):
            guard let number = value.double else { return wrongKind(value) }
            return allowed.contains(number) ? nil : .outOfRange(value: number, allowed: allowed)
        case .text(let limit):
            guard let bytes = value.string?.utf8.count else { return wrongKind(value) }
            return bytes <= limit ? nil : .tooLong(bytes: bytes, limit: limit)
        case .choice(let allowed):
            guard let text = value.string else { return wrongKind(value) }
            return allowed.contains(text) ? nil : .noSuchChoice(value: text, allowed: allowed)
        case .flag: return value.bool == nil ? wrongKind(value) : nil
        case .list(let element, let limit):
            guard let values = value.array else { return wrongKind(value) }
            guard values.count <= limit else { return .tooMany(count: values.count, limit: limit) }
            for (offset, value) in values.enumerated() {
                if let fault = element.fault(in: value) { return .inElement(offset, fault.description) }
            }
            return nil
        case .numbers(let allowed, let limit):
            guard let values = value.object else { return wrongKind(value) }
            guard values.count <= limit else { return .tooMany(count: values.count, limit: limit) }
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                if let fault = ParameterKind.number(allowed).fault(in: value) {
                    return .inMember(name, fault.description)
                }
            }
            return nil
        case .json: return nil
        case .secret:
            let name = value["secret"]?.string ?? ""
            return name.isEmpty || value.object?.count != 1 ? wrongKind(value) : nil
        }
    }

    private func wrongKind(_ value: JSONValue) -> ParameterFault {
        if value.object?.count == 1, let variable = value["variable"]?.string {
            return .noSuchVariable(variable)
        }
        return .wrongKind(expected: name, actual: value.kind)
    }

    /// A JSON Schema (2020-12) of what the parameter takes.
    public var jsonSchema: JSONValue {
        switch self {
        case .integer(let allowed):
            [
                "type": "integer", "minimum": .integer(allowed.lowerBound),
                "maximum": .integer(allowed.upperBound),
            ]
        case .number(let allowed):
            [
                "type": "number", "minimum": .number(allowed.lowerBound),
                "maximum": .number(allowed.upperBound),
            ]
        case .text(let limit): ["type": "string", "maxLength": .integer(limit)]
        case .choice(let allowed): ["type": "string", "enum": .array(allowed.map { .string($0) })]
        case .flag: ["type": "boolean"]
        case .list(let element, let limit):
            ["type": "array", "items": element.jsonSchema, "maxItems": .integer(limit)]
        case .numbers(let allowed, let limit):
            [
                "type": "object", "maxProperties": .integer(limit),
                "additionalProperties": ParameterKind.number(allowed).jsonSchema,
            ]
        case .json: [:]
        case .secret:
            [
                "type": "object", "required": ["secret"], "additionalProperties": false,
                "properties": ["secret": ["type": "string", "minLength": 1]],
            ]
        }
    }
}

extension ParameterFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongKind(let expected, let actual): "it must be a \(expected); this is a \(actual)."
        case .notWhole(let value): "it is \(value); it must be a whole number."
        case .outOfRange(let value, let allowed):
            """
            it is \(Self.written(value)); it must be between \(Self.written(allowed.lowerBound)) and \
            \(Self.written(allowed.upperBound)).
            """
        case .tooLong(let bytes, let limit): "it has \(bytes) bytes; at most \(limit) are taken."
        case .tooMany(let count, let limit): "it has \(count) elements; at most \(limit) are taken."
        case .noSuchChoice(let value, let allowed):
            "it is “\(value.prefix(100))”; it must be one of \(allowed.joined(separator: ", "))."
        case .inElement(let offset, let reason): "element \(offset): \(reason)"
        case .inMember(let name, let reason): "“\(name.prefix(100))”: \(reason)"
        case .noSuchVariable(let name):
            """
            it takes the value of the variable “\(name.prefix(100))”, which is not there or is a secret one. Keep a \
            variable of that name, of another type than Credential, or write the value.
            """
        }
    }

    private static func written(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
