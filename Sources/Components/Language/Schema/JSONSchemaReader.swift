import JSONValue

/// Reads the words of one schema that hold no further schemas.
struct JSONSchemaReader {
    private let words: [String: JSONValue]
    private let place: JSONPointer

    init(_ words: [String: JSONValue], _ place: JSONPointer) {
        self.words = words
        self.place = place
    }

    private static let types: Set<String> = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ]
    /// What says nothing about which values fit.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$anchor", "title", "description", "default", "examples", "example",
        "format",
        "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "discriminator",
    ]
    private static let known: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems",
        "maxItems",
        "minProperties", "maxProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength",
        "maxLength", "pattern", "anyOf", "oneOf", "allOf", "$ref", "$defs", "definitions",
    ]

    func node() throws(JSONSchemaFault) -> JSONSchema.Node {
        for word in words.keys.sorted()
        where !Self.known.contains(word) && !Self.annotations.contains(word) && !word.hasPrefix("x-") {
            throw JSONSchemaFault(place / word, "this word of JSON Schema is not known here")
        }
        var node = JSONSchema.Node()
        node.types = try types()
        node.allowed = try allowed()
        node.required = try required()
        node.count = try counts("minItems", "maxItems")
        node.members = try counts("minProperties", "maxProperties")
        node.length = try counts("minLength", "maxLength")
        node.value = JSONSchema.Bounds(least: try number("minimum"), most: try number("maximum"))
        node.above = try number("exclusiveMinimum")
        node.below = try number("exclusiveMaximum")
        node.pattern = try pattern()
        if let reference = words["$ref"] {
            guard let name = reference.string else { throw fault("$ref", "a text is expected") }
            node.reference = name
        }
        return node
    }

    private func types() throws(JSONSchemaFault) -> Set<String>? {
        guard let type = words["type"] else { return nil }
        let names = type.string.map { [$0] } ?? type.array?.compactMap(\.string) ?? []
        guard !names.isEmpty, names.count == type.array?.count ?? 1, Self.types.isSuperset(of: names) else {
            throw fault("type", "it must be one or several of \(Self.types.sorted().joined(separator: ", "))")
        }
        return Set(names)
    }

    private func allowed() throws(JSONSchemaFault) -> [JSONValue]? {
        if let value = words["const"] { return [value] }
        guard let values = words["enum"] else { return nil }
        guard let list = values.array, !list.isEmpty else {
            throw fault("enum", "a list of values is expected")
        }
        return list
    }

    private func required() throws(JSONSchemaFault) -> [String] {
        guard let names = words["required"] else { return [] }
        guard let list = names.array, case let texts = list.compactMap(\.string), texts.count == list.count
        else {
            throw fault("required", "a list of names is expected")
        }
        return texts
    }

    private func counts(_ least: String, _ most: String) throws(JSONSchemaFault) -> JSONSchema.Bounds {
        var bounds = JSONSchema.Bounds()
        bounds.least = try number(least)
        bounds.most = try number(most)
        for (word, count) in [(least, bounds.least), (most, bounds.most)] {
            if let count, count < 0 || count != count.rounded() {
                throw fault(word, "a whole number of 0 or more is expected")
            }
        }
        return bounds
    }

    private func number(_ word: String) throws(JSONSchemaFault) -> Double? {
        guard let value = words[word] else { return nil }
        guard let number = value.double, number.isFinite else { throw fault(word, "a number is expected") }
        return number
    }

    private func pattern() throws(JSONSchemaFault) -> SchemaPattern? {
        guard let value = words["pattern"] else { return nil }
        guard let text = value.string else { throw fault("pattern", "a text is expected") }
        do {
            return try SchemaPattern(text)
        } catch {
            throw fault("pattern", Self.reason(error))
        }
    }

    /// Without its full stop: the fault has one.
    static func reason(_ error: TextPatternError) -> String {
        let text = "\(error)"
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private func fault(_ word: String, _ reason: String) -> JSONSchemaFault {
        JSONSchemaFault(place / word, reason)
    }
}
