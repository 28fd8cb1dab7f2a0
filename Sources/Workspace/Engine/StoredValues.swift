import Foundation

/// Times are kept as microseconds since 1970, which are the same when they are read back and compare exactly.
extension Date {
    package var microseconds: Int64 {
        let value = (timeIntervalSince1970 * 1e6).rounded()
        if value.isNaN { return 0 }
        return Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    package init(microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
    }

    /// As it is when it comes back from a database.
    package var stored: Date { Date(microseconds: microseconds) }

    package func advanced(by duration: Duration) -> Date { addingTimeInterval(duration / .seconds(1)) }
}

/// A list of texts in one column, as JSON: whatever a text holds comes back as it was.
package enum TextList {
    package static func encoded(_ texts: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    package static func decoded(_ column: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(column.utf8))
    }
}
