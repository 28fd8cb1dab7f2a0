import Flow
import JSONValue
import Testing

@testable import Components

@Suite struct `Records merged into a table` {
    private static let records: [any Payload] = [
        Record(["title": "A", "n": 1, "tag": "x"]), Record(["title": "B", "n": 2, "more": [1]]),
        Record(["title": "C"]),
    ]

    private func merged(_ operation: String, _ data: [any Payload] = records) async throws -> Table {
        let outcome = try await run(
            one: "MergeData", ["operation": .string(operation)], lists: ["data": data], catalog: .data())
        return try #require(outcome.output(Table.self, named: "table"))
    }

    @Test func `append gives each a row`() async throws {
        let table = try await merged("append")
        #expect(table.rows.map { $0.values["title"] } == ["A", "B", "C"])
        #expect(table.columns == ["n", "tag", "title", "more"])
    }

    @Test func `concatenate joins texts with line breaks and takes the last of other values`() async throws {
        #expect(
            try await merged("concatenate").rows == [
                Record(["title": "A\nB\nC", "n": 2, "tag": "x", "more": [1]])
            ])
        let mixed: [any Payload] = [
            Record(["v": "a"]), Record(["v": 1]), Record(["v": "b"]), Record(["v": "c"]),
        ]
        #expect(try await merged("concatenate", mixed).rows == [Record(["v": "b\nc"])])
    }

    @Test func `merge lists texts of the same name`() async throws {
        #expect(
            try await merged("merge").rows
                == [Record(["title": ["A", "B", "C"], "n": 2, "tag": "x", "more": [1]])])
    }

    @Test func `join numbers the names from the second record on`() async throws {
        let table = try await merged("join")
        #expect(
            table.rows == [
                Record([
                    "title": "A", "n": 1, "tag": "x", "title_doc2": "B", "n_doc2": 2, "more_doc2": [1],
                    "title_doc3": "C",
                ])
            ])
        #expect(table.columns == ["n", "tag", "title", "n_doc2", "title_doc2", "more_doc2", "title_doc3"])
    }

    @Test func `texts are not joined without end`() async throws {
        let half = Record(["t": .string(String(repeating: "x", count: TextTemplate.byteLimit / 2))])
        let error = await failure(
            one: "MergeData", ["operation": "concatenate"], lists: ["data": [half, half]], catalog: .data())
        #expect(
            error as? DataError == .tooLong(operation: "concatenate", limit: TextTemplate.byteLimit))
        #expect(try await merged("merge", [half, half]).rows.count == 1)
    }

    @Test(arguments: ["append", "concatenate", "merge", "join"])
    func `nothing gives no rows, and one record gives itself`(operation: String) async throws {
        #expect(try await merged(operation, []) == Table())
        #expect(try await merged(operation, [Record(["a": "b"])]).rows == [Record(["a": "b"])])
    }

    @Test func `tables are taken row by row, and keep the order of their columns`() async throws {
        let table = Table([Record(["b": "1", "a": "2"]), Record(["a": "3"])], columns: ["b", "a"])
        let merged = try await merged("concatenate", [table, Record(["a": "4"])])
        #expect(merged == Table([Record(["b": "1", "a": "2\n3\n4"])], columns: ["b", "a"]))
    }
}
