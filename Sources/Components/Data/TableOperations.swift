import Flow
import JSONValue

/// One change of a table.
struct TableOperations: Component {
    /// What it does; the raw values are Langflow's names in small letters.
    enum Operation: String, Sendable, CaseIterable {
        case addColumn = "add_column"
        case concatenate
        case dropColumn = "drop_column"
        case dropDuplicates = "drop_duplicates"
        case filter
        case head
        case merge
        case renameColumn = "rename_column"
        case replaceValue = "replace_value"
        case selectColumns = "select_columns"
        case sort
        case tail
    }

    static let type = "TableOperations"
    static let summary =
        """
        Changes a table: adds, drops, renames and selects columns, filters and sorts rows, takes the first or last ones, \
        drops duplicates, replaces values, and joins it with others.
        """
    let table: Input<Table>
    let more: InputList<Table>
    let operation: Parameter<Operation>
    let column: Parameter<String>
    let newColumn: Parameter<String>
    let columns: Parameter<[String]>
    let value: Parameter<JSONValue>
    let replacement: Parameter<JSONValue>
    let comparison: Parameter<CellOperator>
    let isAscending: Parameter<Bool>
    let rowCount: Parameter<Int>
    let join: Parameter<TableJoin.Kind>
    let changed: Output<Table>

    init(_ declare: inout Declaration) {
        table = declare.input("table", "The table.")
        more = declare.inputList(
            "more", "Further tables: for concatenate any number, for merge the right one.")
        operation = declare.choice("operation", nil, "What is done.")
        column = declare.text(
            "column", "", maxBytes: 1_024,
            """
            The column, for drop_column, filter, rename_column, replace_value and sort; for drop_duplicates the one that \
            is compared, or none for whole rows; for merge the common one, or none for the rows' places.
            """)
        newColumn = declare.text(
            "new_column", "", maxBytes: 1_024, "The new name, for add_column and rename_column.")
        columns = declare.texts("columns", [], maxBytes: 1_024, "For select_columns, in the order wanted.")
        value = declare.json(
            "value", "", "What add_column fills in, filter compares with, and replace_value replaces.")
        replacement = declare.json("replacement", "", "What replace_value puts there.")
        comparison = declare.choice("operator", .equals, "How filter compares.")
        isAscending = declare.flag("ascending", true, "Whether sort puts the smallest first.")
        rowCount = declare.integer("rows", 5, in: 0...1_000_000, unit: "rows", "How many head and tail take.")
        join = declare.choice(
            "join", .inner,
            """
            Which rows merge keeps: those with a partner (inner), all of the left or the right table, or all (outer).
            """)
        changed = declare.output("table", "The table as it is then.")
    }

    func run(_ step: Step) async throws {
        let result = try changed(step[table], step)
        step.note("rows", Double(result.rows.count))
        step.send(result, to: changed)
    }

    private func changed(_ table: Table, _ step: Step) throws(DataError) -> Table {
        switch step[operation] {
        case .concatenate: return try .concatenating([table] + step[more])
        case .merge: return try merged(table, step)
        case .head: return Table(Array(table.rows.prefix(step[rowCount])), columns: table.columns)
        case .tail: return Table(Array(table.rows.suffix(step[rowCount])), columns: table.columns)
        case .dropDuplicates:
            if !step[column].isEmpty { try table.require(step[column], for: step[operation].rawValue) }
            return table.droppingDuplicates(of: step[column])
        case .addColumn: return table.addingColumn(try given(newColumn, "new_column", step), step[value])
        case .dropColumn: return table.droppingColumn(try known(table, step))
        case .renameColumn:
            return try table.renamingColumn(
                try known(table, step), to: try given(newColumn, "new_column", step))
        case .selectColumns: return try selected(table, step)
        case .filter:
            return table.filtering(try known(table, step), by: CellFilter(step[comparison], step[value]))
        case .sort: return table.sorting(by: try known(table, step), ascending: step[isAscending])
        case .replaceValue:
            return table.replacing(step[value], in: try known(table, step), with: step[replacement])
        }
    }

    private func merged(_ table: Table, _ step: Step) throws(DataError) -> Table {
        let others = step[more]
        // Langflow passes the left table on when there is no right one.
        guard let other = others.first else { return table }
        guard others.count == 1 else {
            throw .wrongParameter(
                name: "operation", reason: "is merge, which joins two tables; \(others.count + 1) came")
        }
        return try TableJoin(kind: step[join], column: step[column].isEmpty ? nil : step[column])
            .joined(table, other)
    }

    private func selected(_ table: Table, _ step: Step) throws(DataError) -> Table {
        let names = step[columns].map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
        guard !names.isEmpty else {
            throw .missingParameter(operation: step[operation].rawValue, name: "columns")
        }
        for name in names { try table.require(name, for: step[operation].rawValue) }
        return table.selectingColumns(names)
    }

    /// The column that is meant, if the table has it.
    private func known(_ table: Table, _ step: Step) throws(DataError) -> String {
        let name = try given(column, "column", step)
        try table.require(name, for: step[operation].rawValue)
        return name
    }

    private func given(_ parameter: Parameter<String>, _ name: String, _ step: Step) throws(DataError)
        -> String
    {
        let text = step[parameter]
        guard !text.isEmpty else { throw .missingParameter(operation: step[operation].rawValue, name: name) }
        return text
    }
}

extension String {
    /// Without the spaces around it.
    var trimmingSpaces: Substring {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
        return start[...last]
    }
}
