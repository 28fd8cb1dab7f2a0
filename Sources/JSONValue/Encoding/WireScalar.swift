import Foundation

/// Values that are written as one text.
enum WireScalar {
    /// Writes a value whose form is this encoder's own, not the value's.
    ///
    /// - Returns: false for every other value, of which nothing is written.
    static func writeKnown<Value: Encodable>(_ value: Value, to bytes: inout [UInt8])
        throws
        -> Bool
    {
        // Types are compared first, which is one look; a cast is a search.
        if Value.self == String.self, let text = value as? String {
            JSONValue.write(text, to: &bytes)
        } else if Value.self == JSONValue.self, let tree = value as? JSONValue {
            try tree.write(to: &bytes)
        } else if Value.self == Date.self, let date = value as? Date {
            JSONValue.write(date.formatted(.iso8601), to: &bytes)
        } else if Value.self == Data.self, let data = value as? Data {
            JSONValue.write(data.base64EncodedString(), to: &bytes)
        } else if Value.self == URL.self, let url = value as? URL {
            JSONValue.write(url.absoluteString, to: &bytes)
        } else if Value.self == Decimal.self, let number = value as? Decimal {
            bytes.append(contentsOf: number.description.utf8)
        } else {
            return false
        }
        return true
    }

    static func write(_ value: Bool, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    static func write(_ value: some BinaryInteger, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.description.utf8)
    }

    static func writeNull(to bytes: inout [UInt8]) { bytes.append(contentsOf: "null".utf8) }

    /// The shortest digits that are read as the same number; of a whole one without its fraction.
    static func write(
        _ value: some BinaryFloatingPoint & CustomStringConvertible, to bytes: inout [UInt8],
        path: @autoclosure () -> [any CodingKey]
    ) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(
                    codingPath: path(), debugDescription: "JSON has no way to write \(value)."))
        }
        let digits = value.description
        bytes.append(contentsOf: digits.utf8.dropLast(digits.hasSuffix(".0") ? 2 : 0))
    }
}
