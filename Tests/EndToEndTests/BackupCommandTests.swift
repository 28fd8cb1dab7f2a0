import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

/// Backup and restore with the built program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Backup and restore` {
    private let folder: TemporaryDirectory
    private let data: URL
    private let place: String
    private let restored: URL

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        place = folder.path("backups")
        restored = folder.url.appendingPathComponent("restored")
    }

    private func ingest() throws {
        try HandbookFolder.copySample(to: data)
        let run = try CommandLineRun(["ingest", "--export", Fixtures.url("space").path], data: data)
        #expect(run.status == 0, "\(run.errors)")
    }

    private static let question = [
        "ask", "How long do we keep access logs?", "--as", "group:confluence-users", "--json",
    ]

    /// The answer and what it cites, without how long it took.
    private func answer(_ data: URL) throws -> [String] {
        let run = try CommandLineRun(Self.question, data: data)
        #expect(run.status == 0, "\(run.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let citations = try #require(object["citations"] as? [[String: Any]])
        #expect(!citations.isEmpty)
        return [try #require(object["answer"] as? String)]
            + citations.map { "\($0["chunk_id"] ?? "") \($0["score"] ?? "") \($0["text"] ?? "")" }
    }

    @Test func `while the folder is served, and the restored one gives the same answers`() async throws {
        try ingest()
        let before = try answer(data)
        let (server, port) = try await RunningProgram.server(data: data)
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        let client = try CurlHTTPClient(configuration: direct)
        let search = HTTPRequest(
            method: "POST", url: "http://127.0.0.1:\(port)/v1/search",
            headers: [("Content-Type", "application/json")], body: Data(#"{"query": "access logs"}"#.utf8))
        #expect(try await client.send(search).head.status == 200)

        let backup = try CommandLineRun(["backup", "--to", place, "--json"], data: data)
        #expect(backup.status == 0, "\(backup.errors)")
        #expect(backup.errors.isEmpty, "\(backup.errors)")
        // The server goes on as if nothing had been.
        #expect(try await client.send(search).head.status == 200)
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 10) == 0, "\(server.errors)")

        let verified = try CommandLineRun(["backup", "verify", "--to", place])
        #expect(verified.status == 0, "\(verified.errors)")
        let restore = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(restore.status == 0, "\(restore.errors)")
        let (next, _) = try await RunningProgram.server(data: restored)
        // Both indexes came with it.
        #expect(
            !next.errors.contains("built anew") && !next.errors.contains("brought level"), "\(next.errors)")
        next.send(SIGTERM)
        #expect(try await next.end(withinSeconds: 10) == 0, "\(next.errors)")
        #expect(try answer(restored) == before)
        let again = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(again.status == 1 && again.errors.contains("is not empty"), "\(again.errors)")
    }

    @Test func `without indexes gives the same answers, too`() throws {
        try ingest()
        let before = try answer(data)
        let backup = try CommandLineRun(["backup", "--to", place, "--without-indexes"], data: data)
        #expect(backup.status == 0, "\(backup.errors)")
        let restore = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(restore.status == 0, "\(restore.errors)")
        #expect(!FileManager.default.fileExists(atPath: restored.appendingPathComponent("index").path))
        #expect(try answer(restored) == before)
    }

    @Test func `goes on until a signal, and what it has written by then is there`() async throws {
        try ingest()
        let program = try RunningProgram(
            ["backup", "--to", place, "--every", "1s", "--keep", "5"], data: data)
        try await program.wait(for: "two backups") { program in
            program.output.split(separator: "\n").count >= 2
        }
        program.send(SIGTERM)
        #expect(try await program.end(withinSeconds: 30) == 0, "\(program.errors)")
        let list = try CommandLineRun(["backup", "list", "--to", place])
        let lines = list.output.split(separator: "\n")
        #expect(lines.count >= 2 && lines.allSatisfy { $0.hasSuffix("plain") }, "\(list.output)")
        let prune = try CommandLineRun(["backup", "prune", "--keep", "1", "--to", place, "--json"])
        #expect(prune.status == 0, "\(prune.errors)")
        let left = try CommandLineRun(["backup", "list", "--to", place])
        #expect(left.output.split(separator: "\n").count == 1, "\(left.output)")
    }

    @Test func `says what is wrong, and with which exit code`() throws {
        let none = try CommandLineRun(["backup", "list", "--to", place])
        #expect(none.status == 4 && none.errors.contains("no backups at \(place)"), "\(none.errors)")
        let nowhere = try CommandLineRun(["backup"], data: data)
        #expect(nowhere.status == 1 && nowhere.errors.contains("s3://BUCKET/PREFIX"), "\(nowhere.errors)")
        let absent = try CommandLineRun(["backup", "--to", place], data: data)
        #expect(
            absent.status == 1 && absent.errors.contains("no data folder \(data.path)"), "\(absent.errors)")
        try ingest()
        let inside = try CommandLineRun(["backup", "--to", data.path + "/backups"], data: data)
        #expect(inside.status == 1 && inside.errors.contains("lies in the data folder"), "\(inside.errors)")
        let strange = try CommandLineRun(["backup", "--to", "ftp://elsewhere"], data: data)
        #expect(
            strange.status == 1 && strange.errors.contains("is no place for backups"), "\(strange.errors)")
        for arguments in [["--every", "1d"], ["--every", "0s"], ["--keep", "0"]] {
            let run = try CommandLineRun(["backup", "--to", place] + arguments, data: data)
            #expect(run.status == 64, "\(arguments): \(run.errors)")
        }
        let nothing = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(nothing.status == 1 && nothing.errors.contains("no finished backup"), "\(nothing.errors)")
        #expect(!FileManager.default.fileExists(atPath: restored.path))
    }

    @Test func `encrypted opens with its passphrase only, which is never shown`() throws {
        try ingest()
        let environment = ["MILLRACE_BACKUP_KEY": "planted-passphrase"]
        let backup = try CommandLineRun(["backup", "--to", place], data: data, environment: environment)
        #expect(backup.status == 0, "\(backup.errors)")
        let closed = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(closed.status == 1 && closed.errors.contains("--passphrase-file"), "\(closed.errors)")
        let wrong = try folder.write("another passphrase\n", to: "wrong")
        #expect(chmod(wrong.path, 0o600) == 0)
        let refused = try CommandLineRun(
            ["restore", "--from", place, "--passphrase-file", wrong.path], data: restored)
        #expect(refused.status == 1 && refused.errors.contains("does not open"), "\(refused.errors)")
        let right = try folder.write("planted-passphrase\n", to: "right")
        #expect(chmod(right.path, 0o600) == 0)
        let restore = try CommandLineRun(
            ["restore", "--from", place, "--passphrase-file", right.path], data: restored)
        #expect(restore.status == 0, "\(restore.errors)")
        for run in [backup, closed, refused, restore] {
            #expect(!(run.output + run.errors).contains("planted-passphrase"))
        }
    }

    @Test func `goes to a bucket and comes back from it`() async throws {
        try ingest()
        let moto = try MotoServer()
        let keys = moto.keys(of: "admin")
        let environment = [
            "AWS_ENDPOINT_URL": moto.endpoint, "AWS_ACCESS_KEY_ID": keys.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": keys.secretAccessKey, "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]), region: "us-east-1",
            credentials: StaticCredentials(keys), http: client, localHTTP: client)
        let bucket = "backups-\(UInt32.random(in: 0 ... .max))"
        let place = "s3://\(bucket)/mill"
        let early = try CommandLineRun(["backup", "--to", place], data: data, environment: environment)
        #expect(early.status == 1 && early.errors.contains("NoSuchBucket"), "\(early.errors)")
        try await S3(account).create(bucket)
        for _ in 0..<2 {
            let backup = try CommandLineRun(["backup", "--to", place], data: data, environment: environment)
            #expect(backup.status == 0, "\(backup.errors)")
        }
        let restore = try CommandLineRun(
            ["restore", "--from", place], data: restored, environment: environment)
        #expect(restore.status == 0, "\(restore.errors)")
        #expect(try answer(restored) == (try answer(data)))
        let prune = try CommandLineRun(
            ["backup", "prune", "--keep", "1", "--to", place], environment: environment)
        #expect(prune.status == 0 && prune.output.hasPrefix("1 backups"), "\(prune.output)\(prune.errors)")
    }
}
