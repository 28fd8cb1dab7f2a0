import JSONValue

/// A JSON Schema as people read it.
struct ReferenceSchema: Sendable {
    private let json: JSONValue

    init(_ json: JSONValue) {
        self.json = json
    }

    private static let prefix = "#/components/schemas/"

    /// The name of the schema that it refers to.
    var name: String? {
        json.object?["$ref"]?.string.flatMap {
            $0.hasPrefix(Self.prefix) ? String($0.dropFirst(Self.prefix.count)) : nil
        }
    }

    /// Every named schema that it mentions.
    var names: Set<String> { Self.names(in: json) }

    private static func names(in json: JSONValue) -> Set<String> {
        if let name = ReferenceSchema(json).name { return [name] }
        if let array = json.array { return array.reduce(into: []) { $0.formUnion(names(in: $1)) } }
        return (json.object ?? [:]).values.reduce(into: []) { $0.formUnion(names(in: $1)) }
    }

    /// Its type in a few words, with links to the named ones.
    var type: HTMLText {
        if let name { return .inline("a", [("href", "#type-\(name)")], name) }
        guard let object = json.object else { return HTMLText("anything") }
        if let constant = object["const"] { return HTMLText("always ") + code(constant) }
        if let choices = object["enum"]?.array {
            return choices.enumerated().reduce(.nothing) { text, choice in
                text + HTMLText(choice.offset > 0 ? ", " : "") + code(choice.element)
            }
        }
        for (key, word) in [("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")] {
            if let choices = object[key]?.array { return joined(choices, by: word) }
        }
        if let types = object["type"]?.array {
            return HTMLText(types.compactMap(\.string).joined(separator: " or "))
        }
        switch object["type"]?.string {
        case "array":
            return HTMLText("list of ")
                + (object["items"].map { ReferenceSchema($0).type } ?? HTMLText("anything"))
        case "object":
            if object["properties"] != nil { return HTMLText("object") }
            guard let values = object["additionalProperties"], values.object != nil else {
                return HTMLText("any object")
            }
            return HTMLText("object of ") + ReferenceSchema(values).type
        case let type?:
            return HTMLText(
                ([type, object["format"]?.string, range].compactMap(\.self)).joined(separator: ", "))
        case nil: return HTMLText("anything")
        }
    }

    private func code(_ value: JSONValue) -> HTMLText { .inline("code", (try? value.text()) ?? "") }

    private func joined(_ choices: [JSONValue], by word: String) -> HTMLText {
        choices.enumerated().reduce(.nothing) { text, choice in
            text + HTMLText(choice.offset > 0 ? word : "") + ReferenceSchema(choice.element).type
        }
    }

    private var range: String? {
        guard let object = json.object else { return nil }
        switch (object["minimum"]?.integer, object["maximum"]?.integer) {
        case (let low?, let high?): return "\(low) to \(high)"
        case (let low?, nil): return "from \(low)"
        case (nil, let high?): return "up to \(high)"
        case (nil, nil): return nil
        }
    }

    /// What it says of itself, and what an absent value means.
    private var notes: String {
        guard let object = json.object else { return "" }
        let standard = object["default"].flatMap { try? $0.text() }.map { "\($0) unless told" }
        return [object["description"]?.string, standard].compactMap(\.self).joined(separator: "; ")
    }

    /// The objects of which the fields are its own: itself, the items of a list, the alternatives.
    private var objects: [JSONValue] {
        guard let object = json.object, name == nil else { return [] }
        if object["properties"] != nil { return [json] }
        let inner = [object["items"], object["additionalProperties"]].compactMap(\.self)
        let alternatives = ["anyOf", "oneOf", "allOf"].compactMap { object[$0]?.array }.flatMap(\.self)
        return (inner + alternatives).flatMap { ReferenceSchema($0).objects }
    }

    /// Its fields as a list, each with its own; nothing for what has none.
    var fields: HTMLText {
        let rows = objects.flatMap { object -> [HTMLText] in
            let required = Set(object.object?["required"]?.array?.compactMap(\.string) ?? [])
            let properties = object.object?["properties"]?.object ?? [:]
            return properties.sorted { $0.key < $1.key }.map {
                Self.row($0.key, $0.value, required.contains($0.key))
            }
        }
        return rows.isEmpty ? .nothing : .element("ul", [("class", "fields")], all: rows)
    }

    private static func row(_ name: String, _ json: JSONValue, _ isRequired: Bool) -> HTMLText {
        let schema = ReferenceSchema(json)
        var line = HTMLText.inline("code", name) + HTMLText(" ") + schema.type
        if isRequired { line = line + HTMLText(" ") + .inline("strong", "required") }
        if !schema.notes.isEmpty { line = line + HTMLText.prose(" – \(schema.notes)") }
        return .element("li", [], line, schema.fields)
    }

    /// A value that it admits, with what is required only.
    ///
    /// - Parameter named: the schemas behind references.
    func example(_ named: [String: JSONValue], depth: Int = 0) -> JSONValue {
        // Deeper than any schema of ours; one that mentions itself ends here.
        guard depth < 8 else { return .null }
        if let name {
            return named[name].map { ReferenceSchema($0).example(named, depth: depth + 1) } ?? .null
        }
        guard let object = json.object else { return .null }
        if let value = object["const"] ?? object["enum"]?.array?.first { return value }
        for key in ["anyOf", "oneOf", "allOf"] {
            if let first = object[key]?.array?.first {
                return ReferenceSchema(first).example(named, depth: depth + 1)
            }
        }
        switch object["type"]?.string {
        case "array":
            return .array(
                object["items"].map { [ReferenceSchema($0).example(named, depth: depth + 1)] } ?? [])
        case "object":
            let required = object["required"]?.array?.compactMap(\.string) ?? []
            let properties = object["properties"]?.object ?? [:]
            return .object(
                Dictionary(
                    required.map {
                        ($0, ReferenceSchema(properties[$0] ?? .null).example(named, depth: depth + 1))
                    },
                    uniquingKeysWith: { first, _ in first }))
        case "integer": return object["minimum"] ?? .integer(1)
        case "number": return object["minimum"] ?? .number(0.5)
        case "boolean": return .bool(true)
        case "string": return .string(object["format"]?.string == "date-time" ? "2026-01-31T09:00:00Z" : "…")
        default: return .null
        }
    }
}
