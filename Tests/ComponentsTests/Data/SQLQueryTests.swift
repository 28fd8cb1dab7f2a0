import Concurrency
import Flow
import JSONValue
import Testing

@testable import Components

/// Tells what it was asked.
private struct EchoDatabase: QueryableDatabase {
    var name: String

    func query(_ sql: String, limit: Int) async throws -> Table {
        Table([Record(["database": .string(name), "sql": .string(sql), "limit": .integer(limit)])])
    }
}

@Suite struct `Queries of databases` {
    private func asked(
        _ parameters: [String: JSONValue], of names: [String]
    ) async throws -> Record? {
        let databases = Dictionary(uniqueKeysWithValues: names.map { ($0, EchoDatabase(name: $0)) })
        return try await run(
            one: "SQLQuery", parameters, inputs: ["query": "SELECT 1"], catalog: .data(databases: databases)
        ).output(Table.self, named: "table")?.rows.first
    }

    private func fault(_ parameters: [String: JSONValue], of names: [String]) async -> DatabaseQueryError? {
        await failure { _ = try await asked(parameters, of: names) } as? DatabaseQueryError
    }

    @Test func `the database that is named is asked, with the limit`() async throws {
        #expect(
            try await asked(["database": "b", "limit": 7], of: ["a", "b"])
                == Record(["database": "b", "sql": "SELECT 1", "limit": 7]))
    }

    @Test func `the only database need not be named`() async throws {
        #expect(try await asked([:], of: ["a"])?.values["database"] == "a")
        #expect(await fault([:], of: ["b", "a"]) == .unknownDatabase(name: "", known: ["a", "b"]))
        #expect(await fault([:], of: []) == .unknownDatabase(name: "", known: []))
        #expect(await fault(["database": "c"], of: ["a"]) == .unknownDatabase(name: "c", known: ["a"]))
    }

    @Test func `only a database that is written to is worth another try`() {
        #expect((DatabaseQueryError.busy(name: "a") as any RetryableError).isRetryable)
        #expect(!DatabaseQueryError.tooManyRows(limit: 1).isRetryable)
    }
}
