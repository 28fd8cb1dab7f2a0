import JSONValue

/// Checks the form of a JSON Schema that a tool's arguments shall have, so that what is no schema is refused by its
/// place, and not by a provider in its own words. Words that are not known here are passed on as they are.
enum OpenAIToolSchema {
    /// Schemas within schemas.
    static let depthLimit = 32

    private static let types: Set<String> = [
        "object", "array", "string", "number", "integer", "boolean", "null",
    ]

    /// The schema of an object; of one without members when none is given.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` with the place of what is wrong.
    static func parameters(_ value: JSONValue?, at place: String) throws(RequestFault) -> JSONValue {
        guard let value, value != .null else { return ["type": "object", "properties": [:]] }
        guard var members = value.object else {
            throw .invalidField(name: place, reason: "must be a JSON Schema, an object")
        }
        guard members["type"] == nil || members["type"] == "object" else {
            throw .invalidField(name: "\(place).type", reason: "must be object: arguments have names")
        }
        try check(value, at: place, depth: 0)
        // Some providers want both said.
        members["type"] = "object"
        if members["properties"] == nil { members["properties"] = [:] }
        return .object(members)
    }

    private static func check(_ schema: JSONValue, at place: String, depth: Int) throws(RequestFault) {
        if schema.bool != nil { return }
        guard let members = schema.object else {
            throw .invalidField(name: place, reason: "must be a JSON Schema: an object, true or false")
        }
        guard depth < depthLimit else {
            throw .invalidField(name: place, reason: "lies deeper than \(depthLimit) schemas")
        }
        try checkType(members["type"], at: "\(place).type")
        if let required = members["required"] {
            guard required.array?.allSatisfy({ $0.string != nil }) == true else {
                throw .invalidField(name: "\(place).required", reason: "must be a list of names")
            }
        }
        if let choices = members["enum"], choices.array == nil {
            throw .invalidField(name: "\(place).enum", reason: "must be a list")
        }
        if let reference = members["$ref"], reference.string == nil {
            throw .invalidField(name: "\(place).$ref", reason: "must be a text")
        }
        for word in ["properties", "$defs", "definitions", "patternProperties"] {
            guard let value = members[word] else { continue }
            guard let schemas = value.object else {
                throw .invalidField(name: "\(place).\(word)", reason: "must be an object of schemas")
            }
            for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) {
                try check(schema, at: "\(place).\(word).\(name.prefix(100))", depth: depth + 1)
            }
        }
        for word in ["anyOf", "oneOf", "allOf", "prefixItems"] {
            guard let value = members[word] else { continue }
            guard let schemas = value.array, !schemas.isEmpty else {
                throw .invalidField(name: "\(place).\(word)", reason: "must be a list of schemas")
            }
            for (offset, schema) in schemas.enumerated() {
                try check(schema, at: "\(place).\(word)[\(offset)]", depth: depth + 1)
            }
        }
        for word in ["additionalProperties", "not"] {
            guard let schema = members[word] else { continue }
            try check(schema, at: "\(place).\(word)", depth: depth + 1)
        }
        if let items = members["items"] {
            // A list is how drafts before 2020-12 write what is `prefixItems` now.
            let schemas = items.array ?? [items]
            for schema in schemas { try check(schema, at: "\(place).items", depth: depth + 1) }
        }
    }

    private static func checkType(_ type: JSONValue?, at place: String) throws(RequestFault) {
        guard let type else { return }
        let names = type.array ?? [type]
        guard !names.isEmpty, names.allSatisfy({ types.contains($0.string ?? "") }) else {
            throw .invalidField(
                name: place,
                reason: "must be one of \(types.sorted().joined(separator: ", ")), or a list of them")
        }
    }
}
