import Flow
import JSONValue
import Testing

@testable import Components

@Suite struct `Operations on tables` {
    private static let people = Table(
        [
            Record(["name": "Lena", "age": 41, "team": "Search"]),
            Record(["name": "Ali", "age": 30, "team": "Web"]),
            Record(["name": "Mia", "team": "Search"]), Record(["name": "Bo", "age": 30, "team": nil]),
        ], columns: ["name", "age", "team"])

    private func changed(
        _ operation: String, _ parameters: [String: JSONValue] = [:], _ table: Table = people,
        more: [Table] = []
    ) async throws -> Table {
        let outcome = try await run(
            one: "TableOperations", parameters.merging(["operation": .string(operation)]) { _, new in new },
            inputs: ["table": table], lists: ["more": more], catalog: .data())
        return try #require(outcome.output(Table.self, named: "table"))
    }

    private func fault(
        _ operation: String, _ parameters: [String: JSONValue] = [:], more: [Table] = []
    ) async -> DataError? {
        await failure(
            one: "TableOperations", parameters.merging(["operation": .string(operation)]) { _, new in new },
            inputs: ["table": Self.people], lists: ["more": more], catalog: .data()) as? DataError
    }

    private func names(_ table: Table) -> [String] { table.rows.map { $0.values["name"]?.string ?? "-" } }

    @Test func `columns are added, dropped, renamed and selected in their order`() async throws {
        let added = try await changed("add_column", ["new_column": "site", "value": "Berlin"])
        #expect(added.columns == ["name", "age", "team", "site"])
        #expect(added.rows.allSatisfy { $0.values["site"] == "Berlin" })
        let replaced = try await changed("add_column", ["new_column": "age", "value": 1])
        #expect(replaced.columns == ["name", "age", "team"])
        #expect(replaced.rows.allSatisfy { $0.values["age"] == 1 })
        let dropped = try await changed("drop_column", ["column": "age"])
        #expect(dropped.columns == ["name", "team"])
        #expect(dropped.rows.allSatisfy { $0.values["age"] == nil })
        let renamed = try await changed("rename_column", ["column": "age", "new_column": "years"])
        #expect(renamed.columns == ["name", "years", "team"])
        #expect(renamed.rows[0].values["years"] == 41)
        let selected = try await changed("select_columns", ["columns": [" team ", "name"]])
        #expect(selected.columns == ["team", "name"])
        #expect(selected.rows[0] == Record(["name": "Lena", "team": "Search"]))
    }

    @Test(
        arguments: [
            ("equals", "30", ["Ali", "Bo"]), ("equals", 30, ["Ali", "Bo"]), ("equals", "thirty", []),
            ("equals", "", []),
            ("not_equals", 30, ["Lena", "Mia"]), ("greater_than", "30", ["Lena"]),
            ("less_than", 41, ["Ali", "Bo"]),
            ("contains", "4", ["Lena"]), ("not_contains", "4", ["Ali", "Mia", "Bo"]),
            ("starts_with", "3", ["Ali", "Bo"]),
            ("ends_with", "1", ["Lena"]),
        ] as [(String, JSONValue, [String])])
    func `rows are filtered by numbers`(comparison: String, value: JSONValue, kept: [String]) async throws {
        let table = try await changed(
            "filter", ["column": "age", "operator": .string(comparison), "value": value])
        #expect(names(table) == kept)
        #expect(table.columns == ["name", "age", "team"])
    }

    @Test(
        arguments: [
            ("equals", "Web", ["Ali"]), ("not_equals", "Search", ["Ali", "Bo"]),
            ("contains", "e", ["Lena", "Ali", "Mia"]),
            ("contains", ".", []), ("not_contains", "a", ["Ali", "Bo"]), ("greater_than", "Search", ["Ali"]),
            ("less_than", "Web", ["Lena", "Mia"]),
        ] as [(String, JSONValue, [String])])
    func `rows are filtered by texts`(comparison: String, value: JSONValue, kept: [String]) async throws {
        let table = try await changed(
            "filter", ["column": "team", "operator": .string(comparison), "value": value])
        #expect(names(table) == kept)
    }

    @Test func `truth values are found however they are written`() async throws {
        let table = Table([Record(["on": true, "name": "a"]), Record(["on": false, "name": "b"])])
        for wanted in ["true", "True", true] as [JSONValue] {
            let parameters: [String: JSONValue] = ["column": "on", "value": wanted]
            #expect(names(try await changed("filter", parameters, table)) == ["a"])
        }
    }

    @Test func `the first and the last rows, however many there are`() async throws {
        #expect(names(try await changed("head", ["rows": 2])) == ["Lena", "Ali"])
        #expect(names(try await changed("tail", ["rows": 2])) == ["Mia", "Bo"])
        #expect(try await changed("head") == Self.people)
        #expect(try await changed("tail", ["rows": 0]).rows.isEmpty)
        #expect(try await changed("tail", ["rows": 0]).columns == Self.people.columns)
    }

    @Test func `sorting keeps the order of equals and puts missing values last`() async throws {
        #expect(names(try await changed("sort", ["column": "age"])) == ["Ali", "Bo", "Lena", "Mia"])
        #expect(
            names(try await changed("sort", ["column": "age", "ascending": false])) == [
                "Lena", "Ali", "Bo", "Mia",
            ])
        #expect(names(try await changed("sort", ["column": "team"])) == ["Lena", "Mia", "Ali", "Bo"])
        #expect(
            names(try await changed("sort", ["column": "team", "ascending": false])) == [
                "Ali", "Lena", "Mia", "Bo",
            ])
    }

    @Test func `sorting orders numbers of both kinds before texts`() async throws {
        let values: [JSONValue] = ["b", 2, "B", 1.5, nil, -1, "10"]
        let table = Table(values.map { Record(["v": $0]) })
        let sorted = try await changed("sort", ["column": "v"], table)
        #expect(sorted.rows.map { $0.values["v"] } == [-1, 1.5, 2, "10", "B", "b", .null])
    }

    @Test func `duplicates go by a column or by the whole row`() async throws {
        #expect(names(try await changed("drop_duplicates", ["column": "age"])) == ["Lena", "Ali", "Mia"])
        let rows: [Record] = [
            Record(["a": 1]), Record(["a": 1.0]), Record(["a": "1"]), Record(["a": 1, "b": nil]),
        ]
        let parameters: [String: JSONValue] = [:]
        #expect(try await changed("drop_duplicates", parameters, Table(rows)).rows == [rows[0], rows[2]])
    }

    @Test func `values are replaced, numbers of texts in columns of numbers too`() async throws {
        let ages = try await changed("replace_value", ["column": "age", "value": "30", "replacement": "31"])
        #expect(ages.rows.map { $0.values["age"] } == [41, 31, nil, 31])
        let teams = try await changed(
            "replace_value", ["column": "team", "value": "Web", "replacement": "7"])
        #expect(teams.rows[1].values["team"] == "7")
    }

    @Test func `tables are put below each other with the columns of all`() async throws {
        let more = [Table([Record(["name": "Zoe", "site": "Rome"])], columns: ["site", "name"]), Table()]
        let table = try await changed("concatenate", more: more)
        #expect(names(table) == ["Lena", "Ali", "Mia", "Bo", "Zoe"])
        #expect(table.columns == ["name", "age", "team", "site"])
    }

    @Test func `an empty table stays one`() async throws {
        for operation in ["drop_column", "filter", "sort", "replace_value", "drop_duplicates"] {
            #expect(try await changed(operation, ["column": "any"], Table()) == Table())
        }
    }

    @Test(arguments: ["drop_column", "filter", "rename_column", "replace_value", "sort", "drop_duplicates"])
    func `a column that is not there is named with those that are`(operation: String) async {
        #expect(
            await fault(operation, ["column": "agee", "new_column": "x"])
                == .unknownColumn(operation: operation, column: "agee", known: ["name", "age", "team"]))
    }

    @Test func `what is missing or stands in the way is refused`() async {
        #expect(await fault("sort") == .missingParameter(operation: "sort", name: "column"))
        #expect(await fault("add_column") == .missingParameter(operation: "add_column", name: "new_column"))
        #expect(
            await fault("select_columns", ["columns": [" "]])
                == .missingParameter(operation: "select_columns", name: "columns"))
        #expect(
            await fault("rename_column", ["column": "age", "new_column": "name"])
                == .columnExists(operation: "rename_column", column: "name"))
    }
}

@Suite struct `Joins of tables` {
    private static let left = Table(
        [
            Record(["id": 1, "name": "Lena", "site": nil]), Record(["id": 2, "name": "Ali", "site": "Rome"]),
            Record(["id": 3, "name": "Mia"]),
        ], columns: ["id", "name", "site"])
    private static let right = Table(
        [
            Record(["id": 2.0, "site": "Oslo", "floor": 4]), Record(["id": 1, "site": "Bonn"]),
            Record(["id": 4, "floor": 9]),
            Record(["id": 2, "floor": 5]),
        ], columns: ["id", "site", "floor"])

    private func ids(_ kind: TableJoin.Kind) throws -> [Int?] {
        try TableJoin(kind: kind, column: "id").joined(Self.left, Self.right).rows.map {
            $0.values["id"]?.integer
        }
    }

    @Test func `each kind keeps its rows in its order`() throws {
        #expect(try ids(.inner) == [1, 2, 2])
        #expect(try ids(.left) == [1, 2, 2, 3])
        #expect(try ids(.right) == [2, 1, 4, 2])
        #expect(try ids(.outer) == [1, 2, 2, 3, 4])
    }

    @Test(arguments: TableJoin.Kind.allCases)
    func `where both have a column, the left value stands unless it is missing`(kind: TableJoin.Kind) throws {
        let joined = try TableJoin(kind: kind, column: "id").joined(Self.left, Self.right)
        #expect(joined.columns == ["id", "name", "site", "floor"])
        let first = joined.rows.filter { $0.values["id"] == 1 }
        #expect(first.map { $0.values["site"] } == ["Bonn"])
        let second = joined.rows.filter { $0.values["id"]?.double == 2 }
        #expect(second.map { $0.values["site"] } == ["Rome", "Rome"])
        #expect(second.map { $0.values["floor"] } == [4, 5])
    }

    @Test func `without a column the rows' places decide`() throws {
        let joined = try TableJoin(kind: .outer, column: nil).joined(
            Table([Record(["a": 1]), Record(["a": 2])]), Table([Record(["b": 3])]))
        #expect(joined.rows == [Record(["a": 1, "b": 3]), Record(["a": 2])])
    }

    @Test func `tables that would grow without end are refused`() throws {
        let half = Table([Record](repeating: Record(), count: TableJoin.rowLimit / 2 + 1), columns: [])
        #expect(throws: DataError.tooManyRows(operation: "concatenate", limit: TableJoin.rowLimit)) {
            try Table.concatenating([half, half])
        }
        #expect(try Table.concatenating([half]).rows.count == half.rows.count)
    }

    @Test func `a join that would not end is refused`() throws {
        let many = Table((0..<1_001).map { Record(["k": 1, "n": .integer($0)]) })
        #expect(throws: DataError.tooManyRows(operation: "merge", limit: TableJoin.rowLimit)) {
            try TableJoin(kind: .inner, column: "k").joined(many, many)
        }
    }

    @Test func `both tables must have the column`() {
        #expect(
            throws: DataError.unknownColumn(operation: "merge", column: "name", known: Self.right.columns)
        ) {
            try TableJoin(kind: .inner, column: "name").joined(Self.left, Self.right)
        }
    }

    @Test func `the component joins its table with one more`() async throws {
        let outcome = try await run(
            one: "TableOperations", ["operation": "merge", "column": "id", "join": "left"],
            inputs: ["table": Self.left], lists: ["more": [Self.right]], catalog: .data())
        #expect(outcome.output(Table.self, named: "table")?.rows.count == 4)
        let alone = try await run(
            one: "TableOperations", ["operation": "merge"], inputs: ["table": Self.left], catalog: .data())
        #expect(alone.output(Table.self, named: "table") == Self.left)
        let three = await failure(
            one: "TableOperations", ["operation": "merge"], inputs: ["table": Self.left],
            lists: ["more": [Self.right, Self.right]], catalog: .data())
        #expect(three is DataError)
    }
}
