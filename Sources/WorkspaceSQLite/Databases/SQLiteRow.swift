import Components
import Foundation
import GRDBSQLite
import JSONValue

/// A row that a statement stands at, copied.
struct SQLiteRow {
    private(set) var record = Record()
    /// Bytes of its values, and what a value costs besides, roughly.
    private(set) var byteCount = 0

    private static let valueOverhead = 16

    /// - Parameter statement: stands at a row.
    init(_ statement: OpaquePointer, columns: [String]) {
        for (offset, name) in columns.enumerated() {
            let column = Int32(offset)
            record.values[name] = Self.value(statement, column)
            // Asked for after the value: reading a text may change its encoding, and so its length.
            byteCount += Int(sqlite3_column_bytes(statement, column)) + Self.valueOverhead
        }
    }

    /// Texts with bytes that are no UTF-8 are repaired; blobs are base64; infinity, which JSON has not, is a text.
    private static func value(_ statement: OpaquePointer, _ column: Int32) -> JSONValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT:
            let number = sqlite3_column_double(statement, column)
            return number.isFinite ? .number(number) : .string(number < 0 ? "-Infinity" : "Infinity")
        case SQLITE_TEXT:
            // The pointer is valid until the next call for this row; the bytes are copied here.
            let text = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .string(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let blob = sqlite3_column_blob(statement, column) else { return .string("") }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .string(Data(bytes: blob, count: count).base64EncodedString())
        default: return .null
        }
    }
}
