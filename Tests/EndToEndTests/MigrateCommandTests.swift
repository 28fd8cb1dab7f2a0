import Foundation
import TestSupport
import Testing

@testable import millrace

/// A move between both databases with the built program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `The command migrate` {
    private let folder: TemporaryDirectory
    private let data: URL
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        server = try PostgresServer.shared(.v18)
    }

    private var url: String {
        "postgres://\(server.user)@\(server.host):\(server.port)/\(server.database)?schema=\(schema)&tls=disable"
    }

    /// What has a command use the server.
    private var settings: [String] {
        [
            "database.provider=postgres", "database.host=\(server.host)", "database.port=\(server.port)",
            "database.name=\(server.database)", "database.user=\(server.user)", "database.schema=\(schema)",
            "database.tls=disable",
        ].flatMap { ["--set", $0] }
    }

    private func run(_ arguments: [String], in data: URL) throws -> CommandLineRun {
        try CommandLineRun(
            arguments, data: data, environment: ["MILLRACE_DATABASE_PASSWORD": server.password])
    }

    private func object(_ run: CommandLineRun) throws -> [String: Any] {
        #expect(run.status == 0, "\(run.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    /// An answer with the numbers of the passages that it cites.
    private func answer(_ data: URL, _ settings: [String] = []) throws -> [String] {
        let answer = try object(
            try run(
                [
                    "ask", "How long do we keep access logs?", "--as", "group:confluence-users", "--json",
                ] + settings, in: data))
        let citations = try #require(answer["citations"] as? [[String: Any]])
        #expect(!citations.isEmpty)
        return [try #require(answer["answer"] as? String)]
            + citations.map { "\($0["chunk_id"] ?? "") \($0["text"] ?? "")" }
    }

    @Test func `moves there and back, and nothing is embedded again`() throws {
        let ingest = ["ingest", "--export", Fixtures.url("space").path, "--json"]
        try HandbookFolder.copySample(to: data)
        _ = try object(try run(ingest, in: data))
        let before = try answer(data)

        let there = try object(try run(["migrate", "--from", "sqlite:", "--to", url, "--json"], in: data))
        #expect((there["rows"] as? Int ?? 0) > 0)
        #expect(try answer(data, settings) == before)
        let again = try object(try run(ingest + settings, in: data))
        #expect((again["chunks"] as? [String: Any])?["embedded"] as? Int == 0)

        let back = folder.url.appendingPathComponent("back")
        let moved = try run(
            ["migrate", "--from", "postgres:", "--to", "sqlite:\(back.path)"] + settings, in: data)
        #expect(moved.status == 0 && moved.output.contains("rows were moved"), "\(moved.errors)")
        #expect(try answer(back) == before)
    }

    @Test func `compares alone, and refuses a place that is not empty`() throws {
        try HandbookFolder.copySample(to: data)
        _ = try object(
            try run(["ingest", "--export", Fixtures.url("space").path, "--json"], in: data))
        let arguments = ["migrate", "--from", "sqlite:\(data.path)", "--to", url]
        #expect(try run(arguments, in: data).status == 0)
        let check = try run(arguments + ["--check"], in: data)
        #expect(check.status == 0 && check.output.contains("hold the same"), "\(check.errors)")
        let second = try run(arguments, in: data)
        #expect(second.status == 1 && second.errors.contains("is not empty"), "\(second.errors)")
    }

    @Test(arguments: [
        "folder", "sqlite", "mysql://host/db", "postgres://app:secret@host/db", "postgres://host/db?tls=some",
        "postgres://host/db?other=1", "postgres:///db", "",
    ])
    func `refuses what is no place`(text: String) throws {
        #expect(MovePlaceArgument(argument: text) == nil)
    }

    @Test func `reads a place from a URL`() throws {
        #expect(MovePlaceArgument(argument: "sqlite:") == .folder(nil))
        #expect(MovePlaceArgument(argument: "sqlite:/srv/a b") == .folder("/srv/a b"))
        #expect(MovePlaceArgument(argument: "postgres:") == .server(nil))
        #expect(
            MovePlaceArgument(argument: "postgresql://ann@db.example:6543/wiki?schema=m%20s&sslmode=require")
                == .server(
                    MovePlaceArgument.Address(
                        host: "db.example", port: 6_543, user: "ann", database: "wiki", schema: "m s",
                        tls: .require)))
        #expect(
            MovePlaceArgument(argument: "postgres:///wiki?host=/run/postgresql")
                == .server(
                    MovePlaceArgument.Address(
                        host: "/run/postgresql", port: nil, user: nil, database: "wiki", schema: nil, tls: nil
                    )))
    }
}
