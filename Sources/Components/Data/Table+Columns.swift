import JSONValue

/// What ``TableOperations`` does to columns.
extension Table {
    /// Refuses a column that no row and no head has; an empty table does not know its columns, and is let through.
    func require(_ column: String, for operation: String) throws(DataError) {
        guard !columns.isEmpty, !columns.contains(column) else { return }
        throw .unknownColumn(operation: operation, column: column, known: columns)
    }

    /// With a value in every row; a column of that name is replaced.
    func addingColumn(_ name: String, _ value: JSONValue) -> Table {
        Table(
            rows.map { $0.updating([name: value]) }, columns: columns + (columns.contains(name) ? [] : [name])
        )
    }

    func droppingColumn(_ name: String) -> Table {
        var table = self
        table.dropColumns([name])
        return table
    }

    /// In its old place among the columns.
    func renamingColumn(_ name: String, to new: String) throws(DataError) -> Table {
        guard name != new else { return self }
        guard !columns.contains(new) else {
            throw .columnExists(operation: TableOperations.Operation.renameColumn.rawValue, column: new)
        }
        var table = self
        table.renameColumns([name: new])
        return table
    }

    /// These columns in this order.
    func selectingColumns(_ names: [String]) -> Table {
        var table = self
        table.selectColumns(names.uniqued())
        return table
    }

    /// With another value where a column has this one. A text that writes a number stands for the number in a
    /// column of numbers, on both sides.
    func replacing(_ old: JSONValue, in column: String, with new: JSONValue) -> Table {
        let filter = CellFilter(.equals, old)
        let isNumeric = holdsNumbers(column)
        let replacement = isNumeric ? new.string.flatMap(JSONValue.init(number:)) ?? new : new
        return Table(
            rows.map { row in
                guard let value = row.values[column], filter.matches(value) else { return row }
                return row.updating([column: replacement])
            }, columns: columns)
    }

    /// Whether a column has numbers and nothing else.
    private func holdsNumbers(_ column: String) -> Bool {
        let values = rows.lazy.compactMap { $0.values[column] }.filter { $0 != .null }
        return !values.isEmpty && values.allSatisfy { $0.double != nil }
    }
}

extension JSONValue {
    /// The number that a text writes: whole where it is written so and fits.
    init?(number text: String) {
        if let whole = Int(text) {
            self = .integer(whole)
        } else if let number = JSONValue.number(in: text) {
            self = .number(number)
        } else {
            return nil
        }
    }
}
