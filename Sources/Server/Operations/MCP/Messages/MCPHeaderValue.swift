import Foundation

/// A text as MCP's headers carry it: as it stands, or `=?base64?…?=` around its UTF-8 where a header could not.
enum MCPHeaderValue {
    private static let opening = "=?base64?"
    private static let closing = "?="

    /// `nil` for a value that says that it is base64 and is not.
    static func decoded(_ value: String) -> String? {
        guard value.hasPrefix(opening), value.hasSuffix(closing),
            value.utf8.count >= opening.utf8.count + closing.utf8.count
        else { return value }
        let inner = value.dropFirst(opening.count).dropLast(closing.count)
        guard let data = Data(base64Encoded: String(inner)), data.base64EncodedString() == inner else {
            return nil
        }
        return String(validating: data, as: UTF8.self)
    }
}
