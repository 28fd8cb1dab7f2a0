import Foundation
import Workspace

extension PostgresValue {
    /// Microseconds since 1970.
    static func time(_ time: Date) -> PostgresValue { .int(time.microseconds) }
    /// Microseconds since 1970; absent times are NULL.
    static func time(_ time: Date?) -> PostgresValue { PostgresValue(time?.microseconds) }
    static func count(_ count: Int) -> PostgresValue { .int(Int64(count)) }
}

extension PostgresRow {
    /// Microseconds since 1970.
    func time(_ column: Int) throws -> Date { Date(microseconds: try int(column)) }

    func optionalTime(_ column: Int) throws -> Date? {
        try optionalInt(column).map { Date(microseconds: $0) }
    }

    func count(_ column: Int) throws -> Int { Int(try int(column)) }
    func optionalCount(_ column: Int) throws -> Int? { try optionalInt(column).map { Int($0) } }
}
