import Foundation

/// How values with parts are written into one column: JSON with sorted keys, so that equal values are equal texts.
@_spi(CorpusEngine) public enum CorpusText {
    public static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    public static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    public static func decodeRule(_ text: String) throws -> AccessRule {
        AccessRule(allOf: try decode([Set<Principal>].self, text))
    }
}
