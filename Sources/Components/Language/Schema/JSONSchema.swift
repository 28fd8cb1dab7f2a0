import JSONValue

/// A JSON Schema (2020-12) of what a model or a tool is to be given, to check values against.
///
/// It knows `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`, `minItems`, `maxItems`,
/// `minProperties`, `maxProperties`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `minLength`,
/// `maxLength`, `pattern` (``SchemaPattern``), `anyOf`, `oneOf`, `allOf`, and `$ref` to `#/$defs/NAME`. What only
/// describes, such as `title` and `format`, is passed over; every other word is refused, so that nothing passes
/// unchecked that was meant to be checked.
struct JSONSchema: Sendable {
    /// Schemas within one schema.
    static let nodeLimit = 5_000
    static let depthLimit = 64
    /// Comparisons of one check, which `anyOf` within `anyOf` would multiply.
    static let stepLimit = 1_000_000

    struct Node: Sendable {
        var types: Set<String>?
        var isNothing = false
        var allowed: [JSONValue]?
        var properties: [String: Int] = [:]
        var required: [String] = []
        /// The schema of members that ``properties`` has not.
        var others: Int?
        var items: Int?
        var count = Bounds()
        var members = Bounds()
        var length = Bounds()
        var value = Bounds()
        var above: Double?
        var below: Double?
        var pattern: SchemaPattern?
        var anyOf: [Int] = []
        var oneOf: [Int] = []
        var allOf: [Int] = []
        var reference: String?
    }

    /// Limits of a number, both allowed.
    struct Bounds: Sendable {
        var least: Double?
        var most: Double?
    }

    let json: JSONValue
    private(set) var nodes: [Node] = []
    private(set) var root = 0
    /// Where the schemas of `$defs` and `definitions` are, by `#/$defs/NAME`.
    private(set) var definitions: [String: Int] = [:]

    /// - Throws: ``JSONSchemaFault`` with the place in the schema.
    init(_ json: JSONValue) throws(JSONSchemaFault) {
        self.json = json
        for word in ["$defs", "definitions"] {
            for (name, definition) in (json[word]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                let pointer = JSONPointer() / word / name
                definitions["#\(pointer)"] = try add(definition, pointer, depth: 1)
            }
        }
        root = try add(json, JSONPointer(), depth: 0)
        for node in nodes {
            if let name = node.reference, target(of: name) == nil {
                throw JSONSchemaFault(JSONPointer(), "“\(name.prefix(100))” is no schema of “$defs”")
            }
        }
    }

    func target(of reference: String) -> Int? { reference == "#" ? root : definitions[reference] }

    private mutating func add(
        _ json: JSONValue, _ place: JSONPointer, depth: Int
    ) throws(JSONSchemaFault) -> Int {
        guard depth < Self.depthLimit else { throw JSONSchemaFault(place, "it is nested too deeply") }
        guard nodes.count < Self.nodeLimit else { throw JSONSchemaFault(place, "it is too large") }
        let index = nodes.count
        nodes.append(Node())
        if let isAllowed = json.bool {
            nodes[index].isNothing = !isAllowed
            return index
        }
        guard let words = json.object else {
            throw JSONSchemaFault(place, "a schema is an object, true or false; this is a \(json.kind)")
        }
        var node = try JSONSchemaReader(words, place).node()
        node.properties = try addAll(words["properties"], place / "properties", depth: depth)
        if let schema = words["additionalProperties"] {
            node.others = try add(schema, place / "additionalProperties", depth: depth + 1)
        }
        if let schema = words["items"] { node.items = try add(schema, place / "items", depth: depth + 1) }
        node.anyOf = try addList(words["anyOf"], place / "anyOf", depth: depth)
        node.oneOf = try addList(words["oneOf"], place / "oneOf", depth: depth)
        node.allOf = try addList(words["allOf"], place / "allOf", depth: depth)
        nodes[index] = node
        return index
    }

    private mutating func addAll(
        _ json: JSONValue?, _ place: JSONPointer, depth: Int
    ) throws(JSONSchemaFault) -> [String: Int] {
        guard let json else { return [:] }
        guard let members = json.object else { throw JSONSchemaFault(place, "an object is expected") }
        var indices: [String: Int] = [:]
        for (name, schema) in members.sorted(by: { $0.key < $1.key }) {
            indices[name] = try add(schema, place / name, depth: depth + 1)
        }
        return indices
    }

    private mutating func addList(
        _ json: JSONValue?, _ place: JSONPointer, depth: Int
    ) throws(JSONSchemaFault) -> [Int] {
        guard let json else { return [] }
        guard let schemas = json.array, !schemas.isEmpty else {
            throw JSONSchemaFault(place, "a list of schemas is expected")
        }
        var indices: [Int] = []
        for (offset, schema) in schemas.enumerated() {
            indices.append(try add(schema, place / String(offset), depth: depth + 1))
        }
        return indices
    }
}

/// What is wrong with a value or a schema, and where.
struct JSONSchemaFault: Error, Sendable, Hashable, CustomStringConvertible {
    var place: JSONPointer
    var reason: String

    init(_ place: JSONPointer, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    var description: String { "\(place.isEmpty ? "at the top" : "at \(place)"): \(reason)." }
}

/// A place in a JSON value (RFC 6901), such as `/rows/0/name`.
struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    private(set) var description = ""

    var isEmpty: Bool { description.isEmpty }

    static func / (pointer: JSONPointer, key: String) -> JSONPointer {
        var longer = pointer
        longer.description += "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
        return longer
    }
}
