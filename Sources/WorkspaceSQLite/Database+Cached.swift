import Foundation
import GRDB

/// Statements that are compiled once a connection.
extension Database {
    typealias Value = (any DatabaseValueConvertible)?

    func run(_ sql: String, _ values: Value...) throws {
        try cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
    }

    /// Runs a change. - Returns: how many rows it changed.
    func changes(_ sql: String, _ values: Value...) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
        return changesCount
    }

    func row(_ sql: String, _ values: Value...) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: Self.arguments(values))
    }

    func rows(_ sql: String, _ values: Value...) throws -> [Row] { try rows(sql, values) }

    func rows(_ sql: String, _ values: [Value]) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: Self.arguments(values))
    }

    func integer(_ sql: String, _ values: Value...) throws -> Int64? {
        try Int64.fetchOne(cachedStatement(sql: sql), arguments: Self.arguments(values))
    }

    func integers(_ sql: String, _ values: Value...) throws -> [Int64] {
        try Int64.fetchAll(cachedStatement(sql: sql), arguments: Self.arguments(values))
    }

    private static func arguments(_ values: [Value]) -> StatementArguments {
        StatementArguments(
            values.map { value -> Value in
                // SQLite would end a text at its first NUL, and so take two texts for one.
                if let text = value as? String, text.utf8.contains(0) {
                    return text.replacingOccurrences(of: "\0", with: "\u{FFFD}")
                }
                // No bytes at all have no address and would be bound as NULL; the empty text reads as no bytes.
                if let data = value as? Data, data.isEmpty { return "" }
                return value
            })
    }
}

/// Times are kept as microseconds since 1970, which are the same when they are read back and compare exactly.
extension Date {
    var microseconds: Int64 {
        let value = (timeIntervalSince1970 * 1e6).rounded()
        if value.isNaN { return 0 }
        return Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    init(microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
    }

    /// As it is when it comes back from the database.
    var stored: Date { Date(microseconds: microseconds) }

    func advanced(by duration: Duration) -> Date { addingTimeInterval(duration / .seconds(1)) }
}

/// A list of texts in one column.
enum TextList {
    static func encoded(_ texts: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    static func decoded(_ column: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(column.utf8))
    }
}
