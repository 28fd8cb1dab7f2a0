import JSONValue

extension CSV {
    /// Cells that are read of one file; a row is as many as it has columns.
    static let cellLimit = 2_000_000

    /// Why a text is no CSV. Lines are counted from 1.
    struct Fault: Error, Hashable, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line): \(reason)" }
    }

    /// The rows of a text whose first line names its columns.
    ///
    /// Lines end with CRLF, LF or CR; empty ones are passed over. A row may have fewer cells than there are columns,
    /// not more. Names that stand twice get a number behind them.
    ///
    /// - Parameters:
    ///   - separator: an ASCII character.
    ///   - readsNumbers: whether a column of nothing but plain decimal numbers and empty cells becomes one of numbers.
    ///     What would not come back as it stands, such as `007` or `+49`, keeps its column a column of texts.
    static func table(
        from text: String, separator: Unicode.Scalar = ",", readsNumbers: Bool
    ) throws(Fault) -> Table {
        var reader = CSVReader(text, separator: separator)
        guard let head = try reader.row() else { return Table() }
        let columns = distinct(head)
        var rows: [[String]] = []
        var cells = 0
        while let row = try reader.row() {
            guard row.count <= columns.count else {
                throw Fault(
                    line: reader.rowLine,
                    reason: "it has \(row.count) values; there are \(columns.count) columns")
            }
            cells += columns.count
            guard cells <= cellLimit else {
                throw Fault(
                    line: reader.rowLine, reason: "there are more than \(cellLimit) values up to here")
            }
            rows.append(row)
        }
        let isNumeric = columns.indices.map { readsNumbers && holdsNumbers(rows, column: $0) }
        let records = rows.map { row in
            var values = [String: JSONValue](minimumCapacity: row.count)
            for (offset, cell) in row.enumerated() {
                values[columns[offset]] =
                    isNumeric[offset] ? (cell.isEmpty ? .null : JSONValue(number: cell)) : .string(cell)
            }
            return Record(values)
        }
        return Table(records, columns: columns)
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.enumerated().map { offset, name in
            let base = name.isEmpty ? "column_\(offset + 1)" : name
            var new = base
            var number = 2
            while !seen.insert(new).inserted {
                new = "\(base)_\(number)"
                number += 1
            }
            return new
        }
    }

    private static func holdsNumbers(_ rows: [[String]], column: Int) -> Bool {
        var count = 0
        for row in rows where column < row.count && !row[column].isEmpty {
            guard isPlainNumber(row[column]) else { return false }
            count += 1
        }
        return count > 0
    }

    private static func isPlainNumber(_ cell: String) -> Bool {
        let digits = cell.drop { $0 == "-" }
        guard cell.count - digits.count <= 1, digits.first?.isASCII == true, digits.first?.isNumber == true
        else { return false }
        if Int(cell) != nil { return digits == "0" || digits.first != "0" }
        // A whole number that does not fit would lose its last digits.
        guard cell.contains(where: { ".eE".contains($0) }) else { return false }
        return (digits.first != "0" || digits.dropFirst().first == ".") && JSONValue.number(in: cell) != nil
    }
}

/// Reads a text row by row. It works on bytes, in which a separator or a quotation mark is no part of another
/// character.
private struct CSVReader {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var offset = 0
    private var line = 1
    /// The line in which the last row began.
    private(set) var rowLine = 1

    private static let quote = UInt8(ascii: "\"")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    init(_ text: String, separator: Unicode.Scalar) {
        bytes = Array((text.first == "\u{FEFF}" ? text.dropFirst() : text[...]).utf8)
        self.separator = UInt8(ascii: separator)
    }

    /// The next row that is not empty; `nil` at the end.
    mutating func row() throws(CSV.Fault) -> [String]? {
        while offset < bytes.count, isLineEnd(bytes[offset]) { endLine() }
        guard offset < bytes.count else { return nil }
        rowLine = line
        var cells: [String] = []
        while true {
            cells.append(try cell())
            guard offset < bytes.count else { return cells }
            if bytes[offset] == separator {
                offset += 1
            } else {
                endLine()
                return cells
            }
        }
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

    /// Passes over a line's end, CRLF as one.
    private mutating func endLine() {
        if bytes[offset] == Self.carriageReturn, offset + 1 < bytes.count, bytes[offset + 1] == Self.lineFeed
        {
            offset += 1
        }
        offset += 1
        line += 1
    }

    /// Up to the separator or the line's end, which is not passed over.
    private mutating func cell() throws(CSV.Fault) -> String {
        guard offset < bytes.count, bytes[offset] == Self.quote else {
            let start = offset
            while offset < bytes.count, bytes[offset] != separator, !isLineEnd(bytes[offset]) { offset += 1 }
            return String(decoding: bytes[start..<offset], as: UTF8.self)
        }
        let startLine = line
        offset += 1
        var content: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == Self.quote {
                offset += 1
                guard offset < bytes.count, bytes[offset] == Self.quote else {
                    guard offset == bytes.count || bytes[offset] == separator || isLineEnd(bytes[offset])
                    else {
                        throw CSV.Fault(line: line, reason: "something follows a closing quotation mark")
                    }
                    return String(decoding: content, as: UTF8.self)
                }
            } else if byte == Self.lineFeed {
                line += 1
            }
            content.append(byte)
            offset += 1
        }
        throw CSV.Fault(line: startLine, reason: "a quotation mark is not closed")
    }
}
