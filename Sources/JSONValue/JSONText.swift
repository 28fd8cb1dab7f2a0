import Foundation

extension JSONValue {
    /// Reads JSON text in UTF-8, as Foundation does: a comma behind the last element is passed over.
    ///
    /// - Throws: `DecodingError` where the text is no JSON.
    public init(parsing text: Data) throws {
        do {
            self = try JSONReader.value(text)
        } catch {
            self = try JSONDecoder().decode(JSONValue.self, from: text)
        }
    }

    public init(parsing text: String) throws {
        self = try JSONValue(parsing: Data(text.utf8))
    }

    /// The value as JSON text, keys in the order of their bytes, so that equal values are equal texts.
    ///
    /// - Throws: `EncodingError` for a number that JSON cannot write, such as infinity.
    public func text() throws -> String {
        String(decoding: try utf8(), as: UTF8.self)
    }

    /// ``text()`` in UTF-8.
    public func utf8() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        try write(to: &bytes)
        return bytes
    }
}
