import JSONValue
import Testing

@testable import Components

@Suite struct `A JSON Schema` {
    /// Where the first fault is; `nil` for none.
    private func place(_ schema: JSONValue, _ value: JSONValue) throws -> String? {
        try JSONSchema(schema).fault(in: value)?.place.description
    }

    @Test(
        arguments: [
            (["type": "string"], "a"), (["type": ["string", "null"]], nil), (["type": "integer"], 1.0),
            (["type": "number"], 1), (["const": 1], 1.0), (["enum": ["a", ["b": 1.0]]], ["b": 1]),
            (["minimum": 1, "maximum": 2], 2), (["minLength": 2, "maxLength": 2], "e\u{301}"),
            (["pattern": "b"], "abc"),
            (["pattern": "^a.c$"], "abc"), (["items": ["type": "string"]], ["a"]),
            (["items": ["type": "string"]], []),
            (["required": ["a"]], ["a": nil]), (["required": ["a"]], "no object"),
            (["additionalProperties": ["type": "integer"]], ["x": 1]),
            (["anyOf": [["type": "string"], ["type": "integer"]]], 3),
            (["$defs": ["n": ["type": "integer"]], "properties": ["a": ["$ref": "#/$defs/n"]]], ["a": 1]),
            (["properties": ["a": true]], ["a": "x"]), ([:], ["any": "thing"]), (["format": "date"], "x"),
            (["minItems": 1, "maxItems": 1], [1]), (["exclusiveMinimum": 1], 1.5), (true, "x"),
        ] as [(JSONValue, JSONValue)])
    func `lets through what fits`(schema: JSONValue, value: JSONValue) throws {
        #expect(try JSONSchema(schema).fault(in: value) == nil)
    }

    @Test(
        arguments: [
            (["type": "string"], 1, ""), (["type": "integer"], 1.5, ""), (["type": "boolean"], "true", ""),
            (["const": 1], "1", ""), (["enum": ["a"]], "b", ""), (["minimum": 1], 0, ""),
            (["maximum": 1], 1.5, ""),
            (["exclusiveMaximum": 1], 1, ""), (["minLength": 2], "a", ""), (["maxLength": 1], "ab", ""),
            (["pattern": "^b"], "ab", ""), (["maxItems": 1], [1, 2], ""), (["minProperties": 1], [:], ""),
            (["items": ["type": "string"]], ["a", 1], "/1"), (["required": ["a"]], [:], "/a"),
            (["properties": ["a/b~": ["type": "string"]]], ["a/b~": 1], "/a~1b~0"),
            (["additionalProperties": false], ["x": 1], "/x"),
            (
                ["properties": ["rows": ["items": ["properties": ["n": ["type": "integer"]]]]]],
                ["rows": [["n": 1], ["n": "x"]]], "/rows/1/n"
            ),
            (["anyOf": [["type": "string"], ["properties": ["a": ["const": 1]]]]], ["a": 2], "/a"),
            (["oneOf": [["type": "integer"], ["minimum": 0]]], 1, ""),
            (["allOf": [["type": "integer"], ["minimum": 3]]], 1, ""),
            (
                ["$defs": ["n": ["type": "integer"]], "properties": ["a": ["$ref": "#/$defs/n"]]], ["a": "x"],
                "/a"
            ),
            (false, 1, ""),
        ] as [(JSONValue, JSONValue, String)])
    func `names the place of what does not fit`(schema: JSONValue, value: JSONValue, place: String) throws {
        #expect(try self.place(schema, value) == place)
    }

    @Test(
        arguments: [
            ([1], ""), (["type": "text"], "/type"), (["type": []], "/type"), (["enum": []], "/enum"),
            (["required": "a"], "/required"), (["minLength": -1], "/minLength"),
            (["minimum": "1"], "/minimum"),
            (["properties": ["a": 1]], "/properties/a"), (["pattern": "("], "/pattern"),
            (["pattern": "a)(b"], "/pattern"), (["items": [["type": "string"]]], "/items"),
            (["anyOf": []], "/anyOf"),
            (["not": [:]], "/not"), (["properties": ["a": ["if": [:]]]], "/properties/a/if"),
            (["$ref": "#/$defs/none"], ""),
        ] as [(JSONValue, String)])
    func `that cannot be used is refused with its place`(schema: JSONValue, place: String) {
        #expect {
            try JSONSchema(schema)
        } throws: { error in
            (error as? JSONSchemaFault)?.place.description == place
        }
    }

    @Test func `takes no longer than its limits, whatever it says`() throws {
        // A reference that goes round without reading anything.
        let round = try JSONSchema(["$defs": ["a": ["$ref": "#/$defs/a"]], "$ref": "#/$defs/a"])
        #expect(round.fault(in: 1) != nil)
        // Choices within choices, none of which fits.
        var nested: JSONValue = ["type": "string"]
        for _ in 0..<20 { nested = ["anyOf": [nested, nested]] }
        #expect(throws: JSONSchemaFault.self) { try JSONSchema(nested) }
        let tree = try JSONSchema([
            "$defs": [
                "a": ["anyOf": [["$ref": "#/$defs/b"], ["$ref": "#/$defs/b"]]],
                "b": ["anyOf": [["$ref": "#/$defs/a"], ["$ref": "#/$defs/a"]]],
            ],
            "$ref": "#/$defs/a",
        ])
        #expect(tree.fault(in: 1) != nil)
        // A pattern over which a backtracking matcher would not end.
        let pattern = try JSONSchema(["pattern": "^(a+)+$"])
        #expect(pattern.fault(in: .string(String(repeating: "a", count: 5_000) + "b")) != nil)
        var deep: JSONValue = [:]
        for _ in 0..<100 { deep = ["items": deep] }
        #expect(throws: JSONSchemaFault.self) { try JSONSchema(deep) }
    }
}
