import Foundation

/// Checks a value against the part of JSON Schema (draft 2020-12) that the server's schemas use.
///
/// A keyword that it does not know is a fault, so that no schema can say something that nobody checks.
struct SchemaValidator {
    /// The named schemas that `$ref` points at.
    let components: [String: JSONValue]

    /// Keywords that say nothing about which values are valid.
    private static let annotations: Set<String> = ["description", "default"]

    /// What is wrong with `value`, each fault with its place; empty when it is valid.
    func faults(in value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): the schema is no object"] }
        return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument in
            fault(keyword, argument, in: value, of: keywords, at: place)
        }
    }

    private func fault(
        _ keyword: String, _ argument: JSONValue, in value: JSONValue, of schema: [String: JSONValue],
        at place: String
    ) -> [String] {
        func expect(_ isValid: Bool) -> [String] { isValid ? [] : ["\(place): \(keyword)"] }
        switch (keyword, argument) {
        case (let keyword, _) where Self.annotations.contains(keyword): return []
        case ("$ref", .text(let reference)):
            let name = String(reference.split(separator: "/").last ?? "")
            guard let target = components[name] else { return ["\(place): \(reference) leads nowhere"] }
            return faults(in: value, against: target, at: place)
        case ("type", .text(let type)): return expect(Self.has(value, type: type))
        case ("type", .list(let types)):
            return expect(types.compactMap(\.text).contains { Self.has(value, type: $0) })
        case ("enum", .list(let values)): return expect(values.contains(value))
        case ("const", _): return expect(value == argument)
        case ("anyOf", .list(let choices)):
            return expect(choices.contains { faults(in: value, against: $0, at: place).isEmpty })
        case ("format", .text(let format)): return expect(Self.has(value, format: format))
        case ("minLength", .number(let least)):
            return expect(value.text.map { Double($0.unicodeScalars.count) >= least } ?? true)
        case ("maxLength", .number(let most)):
            return expect(value.text.map { Double($0.unicodeScalars.count) <= most } ?? true)
        case ("minimum", .number(let least)): return expect(value.number.map { $0 >= least } ?? true)
        case ("maximum", .number(let most)): return expect(value.number.map { $0 <= most } ?? true)
        case ("minItems", .number(let least)): return expect(Double(value.list.count) >= least)
        case ("maxItems", .number(let most)): return expect(Double(value.list.count) <= most)
        case ("items", _):
            return value.list.enumerated().flatMap {
                faults(in: $1, against: argument, at: "\(place)[\($0)]")
            }
        case ("required", .list(let names)):
            return names.compactMap(\.text).filter { !value.keys.contains($0) }
                .map { "\(place): “\($0)” is missing" }
        case ("properties", .object(let properties)):
            return properties.sorted { $0.key < $1.key }.flatMap { name, schema in
                value[name].map { faults(in: $0, against: schema, at: "\(place).\(name)") } ?? []
            }
        case ("additionalProperties", .flag(false)):
            let known = schema["properties"]?.keys ?? []
            return value.keys.subtracting(known).sorted().map { "\(place): “\($0)” is not declared" }
        case ("additionalProperties", .object):
            let known = schema["properties"]?.keys ?? []
            return value.keys.subtracting(known).sorted().flatMap { name in
                value[name].map { faults(in: $0, against: argument, at: "\(place).\(name)") } ?? []
            }
        default: return ["\(place): the keyword \(keyword) is not understood"]
        }
    }

    private static func has(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .flag), ("number", .number), ("string", .text), ("array", .list),
            ("object", .object):
            true
        case ("integer", .number(let number)): Int(exactly: number) != nil
        default: false
        }
    }

    private static func has(_ value: JSONValue, format: String) -> Bool {
        guard let text = value.text else { return true }
        return switch format {
        case "date": text.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
        case "date-time":
            text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
        default: false
        }
    }
}

extension Decodable {
    /// The value that `text` says.
    static func parsed(_ text: Data) throws -> Self { try JSONDecoder().decode(Self.self, from: text) }
}
