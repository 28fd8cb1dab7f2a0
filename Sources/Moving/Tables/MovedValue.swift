import Foundation

/// A value of a row, as both databases can hold it.
///
/// Texts are told apart by their bytes, never by what Swift calls equal strings: two spellings of one letter are two
/// keys to a database.
enum MovedValue: Sendable {
    case null
    /// Also true (1) and false (0).
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes(Data)
}

extension MovedValue {
    /// A double as both databases keep it: SQLite has no zero below zero.
    static func real(keeping value: Double) -> MovedValue { .real(value == 0 ? 0 : value) }

    /// About how much memory it takes.
    var byteCount: Int {
        switch self {
        case .null: 1
        case .integer, .real: 8
        case .text(let value): value.utf8.count
        case .bytes(let value): value.count
        }
    }
}

/// The place of a row in the order of its table's key.
struct MovedKey: Sendable {
    var values: [MovedValue]

    /// As both databases order their keys: whole numbers by size, texts and bytes byte by byte.
    static func precedes(_ left: MovedKey, _ right: MovedKey) -> Bool {
        for (a, b) in zip(left.values, right.values) {
            switch (a, b) {
            case (.integer(let a), .integer(let b)) where a != b: return a < b
            case (.text(let a), .text(let b)):
                if a.utf8.lexicographicallyPrecedes(b.utf8) { return true }
                if b.utf8.lexicographicallyPrecedes(a.utf8) { return false }
            case (.bytes(let a), .bytes(let b)) where a != b: return a.lexicographicallyPrecedes(b)
            default: continue
            }
        }
        return false
    }
}

extension MovedKey: CustomStringConvertible {
    var description: String {
        values.map { value in
            switch value {
            case .null: "NULL"
            case .integer(let value): String(value)
            case .real(let value): String(value)
            case .text(let value): "“\(value.prefix(100))”"
            case .bytes(let value):
                value.prefix(16).map { String(format: "%02x", $0) }.joined()
            }
        }.joined(separator: ", ")
    }
}
