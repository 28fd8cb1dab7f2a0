import Foundation

/// A list of texts in one column, as JSON: whatever a text holds comes back as it was.
enum TextList {
    static func encoded(_ texts: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    static func decoded(_ column: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(column.utf8))
    }
}
