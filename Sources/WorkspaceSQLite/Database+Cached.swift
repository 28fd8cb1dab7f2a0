import Foundation
import GRDB

/// Statements that are compiled once a connection.
extension Database {
    typealias Value = (any DatabaseValueConvertible)?

    func run(_ sql: String, _ values: Value...) throws {
        try cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
    }

    /// Runs a change. - Returns: how many rows it changed.
    func changes(_ sql: String, _ values: Value...) throws -> Int { try changes(sql, values) }

    func changes(_ sql: String, _ values: [Value]) throws -> Int {
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
            // As values of any kind: GRDB makes a key path anew for each list of one kind.
            values.map { value -> Value in
                guard let value = value?.databaseValue else { return DatabaseValue.null }
                switch value.storage {
                // SQLite would end a text at its first NUL, and so take two texts for one.
                case .string(let text) where text.utf8.contains(0):
                    return text.replacingOccurrences(of: "\0", with: "\u{FFFD}").databaseValue
                // No bytes at all have no address and would be bound as NULL; the empty text reads as no bytes.
                case .blob(let data) where data.isEmpty: return "".databaseValue
                default: return value
                }
            })
    }
}
