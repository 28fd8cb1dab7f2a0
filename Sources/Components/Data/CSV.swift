import JSONValue

/// Tables as comma-separated values (RFC 4180).
///
/// Values are written as they are. A spreadsheet program takes a text that begins with `=`, `+`, `-` or `@` for a
/// formula and may run it when it opens the file; changing such texts would change what other programs read, so
/// whoever gives tables from outside to spreadsheet programs must import their columns as text.
enum CSV {
    /// The table with a line of its columns' names first. Lines end with CRLF.
    ///
    /// Null and missing values are empty; lists and objects stand as JSON.
    static func text(of table: Table) -> String {
        guard !table.columns.isEmpty else { return "" }
        var text = line(table.columns)
        for row in table.rows { text += line(table.columns.map { row.values[$0]?.plainText ?? "" }) }
        return text
    }

    private static func line(_ cells: [String]) -> String {
        // A line of one empty cell would be an empty line, which readers pass over.
        guard cells != [""] else { return "\"\"\r\n" }
        return cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        // By scalars: CR and LF together are one character, which equals neither.
        let needsQuotes = cell.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n" }
        return needsQuotes ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }
}
