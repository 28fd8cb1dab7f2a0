import JSONValue

/// Whether a schema is one that OpenAI keeps to strictly; it refuses a request that asks for another.
///
/// Each object lists all of its properties as required and allows no others.
enum OpenAIStrictSchema {
    static func allows(_ schema: JSONValue) -> Bool {
        guard let object = schema.object else { return schema.array?.allSatisfy(allows) ?? true }
        if describesObject(object) {
            let required = Set(object["required"]?.array?.compactMap(\.string) ?? [])
            let properties = Set((object["properties"]?.object ?? [:]).keys)
            guard object["additionalProperties"] == false, required == properties else { return false }
        }
        return object.allSatisfy { key, value in
            switch key {
            case "properties", "$defs", "definitions": value.object?.values.allSatisfy(allows) ?? false
            case "items", "anyOf": allows(value)
            // What its documentation does not name.
            case "allOf", "oneOf", "not", "if", "then", "else", "patternProperties", "dependentRequired",
                "dependentSchemas", "prefixItems", "unevaluatedProperties":
                false
            default: true
            }
        }
    }

    private static func describesObject(_ schema: [String: JSONValue]) -> Bool {
        let types = schema["type"]?.array ?? [schema["type"] ?? .null]
        return types.contains("object") || schema["properties"] != nil
    }
}
