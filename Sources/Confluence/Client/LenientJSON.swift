import Foundation

/// Reads answers in which single values are damaged: a listing must not fail for one title in it.
///
/// What JSON forbids in a string costs a character. A value of another type than is due is taken as what it says, or
/// costs its field where nothing but looks hangs on it. An entry is never left out, for what is absent from a listing
/// counts as gone; and no permission is ever guessed.
enum LenientJSON {
    /// Values that are mended in one answer at most.
    private static let mendLimit = 300

    /// - Throws: the decoder's error for what cannot be mended.
    static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted {
            do {
                return try JSONDecoder().decode(type, from: Data(withLegalStrings([UInt8](data))))
            } catch let error as DecodingError {
                return try decode(type, mending: data, after: error)
            }
        } catch let error as DecodingError {
            return try decode(type, mending: data, after: error)
        }
    }

    // MARK: Values of another type

    private static func decode<Value: Decodable>(
        _ type: Value.Type, mending data: Data, after first: DecodingError
    ) throws -> Value {
        let repaired = Data(withLegalStrings([UInt8](data)))
        guard var tree = try? JSONSerialization.jsonObject(with: repaired) else { throw first }
        var error = first
        for _ in 0..<mendLimit {
            guard case .typeMismatch(let expected, let context) = error,
                let mended = mended(
                    tree, at: context.codingPath[...], expected, isOpen: isOpen(context.codingPath))
            else { break }
            tree = mended
            do {
                return try JSONDecoder().decode(type, from: try JSONSerialization.data(withJSONObject: tree))
            } catch let next as DecodingError {
                error = next
            }
        }
        throw error
    }

    /// Fields that say how something is called or looks, not whether it is there or who may read it.
    private static let optional: Set<String> = [
        "title", "createdAt", "createdDate", "when", "by", "authorId", "createdBy", "displayName",
        "publicName",
        "history", "mediaType", "fileSize", "webui", "name", "labels", "metadata", "childTypes", "children",
    ]
    private static let ruling: Set<String> = [
        "restrictions", "permissions", "spacePermissions", "subject", "subjects", "principal", "operation",
    ]

    /// Whether the value at a path may be left out.
    private static func isOpen(_ path: [any CodingKey]) -> Bool {
        guard let last = path.last(where: { $0.intValue == nil }) else { return false }
        return path.last?.intValue == nil && optional.contains(last.stringValue)
            && !path.contains { ruling.contains($0.stringValue) }
    }

    /// The tree with the value at `path` as `expected` takes it, or without it; `nil` when neither can be.
    private static func mended(
        _ tree: Any, at path: ArraySlice<any CodingKey>, _ expected: Any.Type, isOpen: Bool
    ) -> Any? {
        guard let key = path.first else { return value(tree, as: expected) ?? (isOpen ? NSNull() : nil) }
        if let index = key.intValue, var list = tree as? [Any], list.indices.contains(index) {
            guard let inner = mended(list[index], at: path.dropFirst(), expected, isOpen: isOpen) else {
                return nil
            }
            list[index] = inner
            return list
        }
        guard var members = tree as? [String: Any], let member = members[key.stringValue],
            let inner = mended(member, at: path.dropFirst(), expected, isOpen: isOpen)
        else { return nil }
        members[key.stringValue] = inner
        return members
    }

    /// A number as text, or text that is a number as one.
    private static func value(_ value: Any, as expected: Any.Type) -> Any? {
        switch value {
        case let text as String where expected == Int.self || expected == Int64.self: Int(text)
        case let number as NSNumber where expected == String.self: number.stringValue
        default: nil
        }
    }

    // MARK: Strings

    /// The document with what JSON does not allow in its strings replaced: half a pair of surrogates, an escape that
    /// there is not, a control character, a byte that is no UTF-8.
    static func withLegalStrings(_ source: [UInt8]) -> [UInt8] {
        let bytes = Array(String(decoding: source, as: UTF8.self).utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64)
        var isInString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isInString, byte == UInt8(ascii: "\\") {
                index += appendEscape(bytes[index...], to: &output)
                continue
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            if isInString, byte < 0x20 {
                output +=
                    "\\u00".utf8 + [byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] }
            } else {
                output.append(byte)
            }
            index += 1
        }
        return output
    }

    private static let replacement = Array("\\ufffd".utf8)

    /// - Returns: how many bytes the escape has.
    private static func appendEscape(_ rest: ArraySlice<UInt8>, to output: inout [UInt8]) -> Int {
        let start = rest.startIndex
        guard rest.count > 1 else { return rest.count }
        let letter = rest[start + 1]
        guard letter == UInt8(ascii: "u") else {
            if "\"\\/bfnrt".utf8.contains(letter) {
                output += rest.prefix(2)
                return 2
            }
            // The character itself is what was meant.
            return 1
        }
        guard let code = unit(rest) else {
            output += replacement
            return 2
        }
        switch code {
        case 0xD800..<0xDC00:
            guard let low = unit(rest.dropFirst(6)), (0xDC00..<0xE000).contains(low) else { fallthrough }
            output += rest.prefix(12)
            return 12
        case 0xDC00..<0xE000: output += replacement
        default: output += rest.prefix(6)
        }
        return 6
    }

    /// The unit of UTF-16 that an escape at the beginning means.
    private static func unit(_ text: ArraySlice<UInt8>) -> UInt16? {
        let digits = text.dropFirst(2).prefix(4)
        guard text.starts(with: "\\u".utf8), digits.count == 4,
            digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit })
        else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
