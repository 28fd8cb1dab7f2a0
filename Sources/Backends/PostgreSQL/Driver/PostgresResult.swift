import CLibPQ
import Foundation

/// The rows that a statement gave, as libpq holds them; they go with it.
///
/// Not Sendable: it stays with the thread that asked.
public final class PostgresResult {
    private let result: OpaquePointer
    let server: String
    public let count: Int
    private let width: Int
    /// The columns' types.
    private let types: [UInt32]

    /// Takes over `result`, of which it is the only holder.
    init(owning result: OpaquePointer, server: String) {
        self.result = result
        self.server = server
        count = Int(PQntuples(result))
        width = Int(PQnfields(result))
        types = (0..<PQnfields(result)).map { PQftype(result, $0) }
    }

    deinit { PQclear(result) }

    public var rows: some RandomAccessCollection<PostgresRow> {
        (0..<count).lazy.map { PostgresRow(result: self, index: $0) }
    }

    public var first: PostgresRow? { count > 0 ? PostgresRow(result: self, index: 0) : nil }

    /// How many rows the statement changed.
    public var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// A cell's bytes, lent to `body`; `nil` for NULL.
    ///
    /// The bounds: row and column are checked against what libpq said, and its length is that of its bytes.
    func cell<Value>(
        _ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer, UInt32) throws -> Value
    ) throws -> Value? {
        guard row >= 0, row < count, column >= 0, column < width else {
            throw PostgresError.unexpectedValue(
                server: server, column: String(column), expected: "column of the result")
        }
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        return try body(bytes, types[Int(column)])
    }

    func name(of column: Int) -> String {
        PQfname(result, Int32(column)).map { String(cString: $0) } ?? String(column)
    }
}

/// One row; columns are counted from 0.
public struct PostgresRow {
    let result: PostgresResult
    let index: Int

    public func int(_ column: Int) throws -> Int64 { try must(column, "whole number", optionalInt(column)) }
    public func double(_ column: Int) throws -> Double { try must(column, "number", optionalDouble(column)) }
    public func text(_ column: Int) throws -> String { try must(column, "text", optionalText(column)) }
    public func bytes(_ column: Int) throws -> Data { try must(column, "bytes", optionalBytes(column)) }

    public func bool(_ column: Int) throws -> Bool {
        try must(column, "true or false", result.cell(index, column) { bytes, _ in bytes.first == 1 })
    }

    public func date(_ column: Int) throws -> Date {
        Date(timeIntervalSince1970: try double(column))
    }

    public func optionalDate(_ column: Int) throws -> Date? {
        try optionalDouble(column).map { Date(timeIntervalSince1970: $0) }
    }

    public func optionalInt(_ column: Int) throws -> Int64? {
        try result.cell(index, column) { bytes, type in
            switch (type, bytes.count) {
            case (PostgresType.int8, 8): Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            case (PostgresType.int4, 4): Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case (PostgresType.int2, 2): Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            default: throw unexpected(column, "whole number")
            }
        }
    }

    public func optionalDouble(_ column: Int) throws -> Double? {
        try result.cell(index, column) { bytes, type in
            switch (type, bytes.count) {
            case (PostgresType.float8, 8):
                Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
            case (PostgresType.float4, 4):
                Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
            default: throw unexpected(column, "number")
            }
        }
    }

    public func optionalText(_ column: Int) throws -> String? {
        try result.cell(index, column) { bytes, type in
            if PostgresType.texts.contains(type) { return String(decoding: bytes, as: UTF8.self) }
            // One byte before the text says the version of the form.
            guard type == PostgresType.jsonb, !bytes.isEmpty else { throw unexpected(column, "text") }
            return String(decoding: bytes.dropFirst(), as: UTF8.self)
        }
    }

    public func optionalBytes(_ column: Int) throws -> Data? {
        try result.cell(index, column) { bytes, type in
            guard type == PostgresType.bytea else { throw unexpected(column, "bytes") }
            return Data(bytes)
        }
    }

    private func must<Value>(_ column: Int, _ expected: String, _ value: Value?) throws -> Value {
        guard let value else { throw unexpected(column, expected) }
        return value
    }

    private func unexpected(_ column: Int, _ expected: String) -> PostgresError {
        .unexpectedValue(server: result.server, column: result.name(of: column), expected: expected)
    }
}
