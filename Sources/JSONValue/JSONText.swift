import Foundation

extension JSONValue {
    /// Reads JSON text in UTF-8, as Foundation does: a comma behind the last element is passed over.
    ///
    /// - Throws: `DecodingError` where the text is no JSON.
    public init(parsing text: Data) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: text)
    }

    public init(parsing text: String) throws {
        self = try JSONValue(parsing: Data(text.utf8))
    }

    /// The value as JSON text, keys in order, so that equal values are equal texts.
    ///
    /// - Throws: `EncodingError` for a number that JSON cannot write, such as infinity.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
