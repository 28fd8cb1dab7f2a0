import JSONValue

/// A JSON Schema (draft 2020-12) as OpenAPI 3.1 takes it, with the named schemas that it refers to.
struct JSONSchema: Sendable, Hashable {
    /// As it stands where it is used: the schema itself, or a reference to a named one.
    let json: JSONValue
    /// The schemas behind the references, by name.
    let components: [String: JSONValue]

    init(_ json: [String: JSONValue], uses others: [JSONSchema] = []) {
        self.json = .object(json)
        components = others.reduce(into: [:]) { $0.merge($1.components) { first, _ in first } }
    }

    private init(reference name: String, components: [String: JSONValue]) {
        json = ["$ref": .string("#/components/schemas/\(name)")]
        self.components = components
    }

    /// The same schema under a name, which the document holds once.
    func named(_ name: String) -> JSONSchema {
        JSONSchema(reference: name, components: components.merging([name: json]) { first, _ in first })
    }
}

extension JSONSchema {
    static let text = JSONSchema(["type": "string"])
    static let number = JSONSchema(["type": "number"])
    static let flag = JSONSchema(["type": "boolean"])
    static let integer = JSONSchema(["type": "integer"])
    /// Bytes as they are.
    static let bytes = JSONSchema(["type": "string", "format": "binary"])
    static let time = JSONSchema(["type": "string", "format": "date-time"])
    /// Any object.
    static let anyObject = JSONSchema(["type": "object"])

    static func integer(in range: ClosedRange<Int>) -> JSONSchema {
        JSONSchema([
            "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
        ])
    }

    static func choice(_ values: [String]) -> JSONSchema {
        JSONSchema(["type": "string", "enum": .array(values.map { .string($0) })])
    }

    static func constant(_ value: JSONValue) -> JSONSchema { JSONSchema(["const": value]) }

    static func list(of item: JSONSchema, count: ClosedRange<Int>? = nil) -> JSONSchema {
        var json: [String: JSONValue] = ["type": "array", "items": item.json]
        if let count {
            json["minItems"] = .integer(count.lowerBound)
            json["maxItems"] = .integer(count.upperBound)
        }
        return JSONSchema(json, uses: [item])
    }

    /// An object whose values are all of one kind.
    static func map(to value: JSONSchema) -> JSONSchema {
        JSONSchema(["type": "object", "additionalProperties": value.json], uses: [value])
    }

    static func anyOf(_ choices: [JSONSchema]) -> JSONSchema {
        JSONSchema(["anyOf": .array(choices.map(\.json))], uses: choices)
    }

    /// An object that holds these keys and no others.
    static func object(
        required: [String: JSONSchema] = [:], optional: [String: JSONSchema] = [:]
    ) -> JSONSchema {
        let all = required.merging(optional) { first, _ in first }
        return JSONSchema(
            [
                "type": "object", "properties": .object(all.mapValues(\.json)),
                "required": .array(required.keys.sorted().map { .string($0) }),
                "additionalProperties": false,
            ], uses: Array(all.values))
    }

    /// The object of a request: what may be absent may be null as well.
    static func request(
        required: [String: JSONSchema], optional: [String: JSONSchema] = [:]
    ) -> JSONSchema {
        object(required: required, optional: optional.mapValues(\.orNull))
    }

    /// The same, or null.
    var orNull: JSONSchema { .anyOf([self, JSONSchema(["type": "null"])]) }

    /// The same schema with a sentence for people.
    func described(_ text: String) -> JSONSchema { with("description", .string(text)) }

    /// The same schema, telling what an absent value means.
    func standard(_ value: JSONValue) -> JSONSchema { with("default", value) }

    private func with(_ key: String, _ value: JSONValue) -> JSONSchema {
        var object = json.object ?? [:]
        object[key] = value
        return JSONSchema(object, uses: [self])
    }
}
