import Flow

/// Rows of a configured database.
struct SQLQuery: Component {
    static let type = "SQLQuery"
    static let summary = "Asks a database that the settings name with one SQL statement that only reads."
    let query: Input<String>
    let database: Parameter<String>
    let limit: Parameter<Int>
    let table: Output<Table>
    let databases: [String: any QueryableDatabase]

    init(_ declare: inout Declaration, databases: [String: any QueryableDatabase]) {
        self.databases = databases
        query = declare.input("query", "One SELECT statement, in the database's dialect.")
        database = declare.text(
            "database", "", maxBytes: 256,
            "The name of a database of the settings; it may be left out if there is only one.")
        limit = declare.integer(
            "limit", 1_000, in: 1...100_000, unit: "rows",
            "A query that gives more is refused, so that a part is not taken for the whole.")
        table = declare.output("table", "The rows, with the query's columns.")
    }

    func run(_ step: Step) async throws {
        let result = try await chosen(step[database]).query(step[query], limit: step[limit])
        step.note("rows", Double(result.rows.count))
        step.send(result, to: table)
    }

    private func chosen(_ name: String) throws(DatabaseQueryError) -> any QueryableDatabase {
        if let database = databases[name] { return database }
        if name.isEmpty, databases.count == 1, let only = databases.values.first { return only }
        throw .unknownDatabase(name: name, known: databases.keys.sorted())
    }
}
