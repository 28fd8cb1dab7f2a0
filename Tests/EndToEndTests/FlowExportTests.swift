import AWSServices
import Concurrency
import Foundation
import TestSupport
import Testing
import Transport
import Workspace

@testable import millrace

/// Flows that are written to a folder or a bucket, with the built program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Exporting flows to a place` {
    private let folder: TemporaryDirectory
    private let data: URL
    private static let mine = ["--as", "user:ada"]

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
    }

    private func run(
        _ arguments: [String], as owner: [String] = Self.mine, environment: [String: String] = [:]
    ) throws -> CommandLineRun {
        try CommandLineRun(["flows"] + arguments + owner, data: data, environment: environment)
    }

    /// The echo flow twice under one name, and once under another.
    private func keep() throws {
        let echo = Fixtures.url("langflow/echo.json").path
        for _ in 0..<2 { #expect(try run(["import", echo]).status == 0) }
        let other = try Fixtures.text("langflow/echo.json").replacing(
            #""name": "Echo""#, with: #""name": "Ächo / two""#)
        let file = try folder.write(other, to: "other.json")
        let kept = try run(["import", file.path])
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(try run(["import", echo], as: ["--as", "user:bob"]).status == 0)
    }

    private static func names(_ output: String) -> [String] {
        output.split(separator: "\n").map {
            String($0.replacing(" (as it was)", with: "").split(separator: "/").last ?? "")
        }.sorted()
    }

    @Test func `writes a file of each of one's own to a folder, and again only what has changed`() throws {
        try keep()
        let place = folder.url.appendingPathComponent("exports/all")
        let export = try run(["export", "--to", place.path])
        #expect(export.status == 0, "\(export.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        #expect(files.count == 3)
        #expect(Self.names(export.output) == files)
        for name in files {
            let url = place.appendingPathComponent(name)
            #expect(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) is [String: Any])
        }
        try Data("{}".utf8).write(to: place.appendingPathComponent(files[0]))
        let again = try run(["export", "--to", place.path])
        #expect(again.output.split(separator: "\n").count { $0.hasSuffix("(as it was)") } == 2)
        #expect(try Data(contentsOf: place.appendingPathComponent(files[0])) != Data("{}".utf8))
    }

    @Test func `writes the same to a bucket, whose errors name it`() async throws {
        try keep()
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
        let s3 = try S3(account)
        let bucket = "flows-\(UInt32.random(in: 0 ... .max))"
        let place = "s3://\(bucket)/mill/flows"
        let early = try run(["export", "--to", place], environment: environment)
        #expect(early.status == 1 && early.errors.contains("NoSuchBucket"), "\(early.errors)")
        #expect(early.errors.contains(place) && early.errors.contains("s3:PutObject"), "\(early.errors)")
        try await s3.create(bucket)

        let local = folder.url.appendingPathComponent("local")
        #expect(try run(["export", "--to", local.path]).status == 0)
        let export = try run(["export", "--to", place], environment: environment)
        #expect(export.status == 0, "\(export.errors)")
        #expect(export.output.split(separator: "\n").allSatisfy { $0.hasPrefix(place + "/") })
        let files = try FileManager.default.contentsOfDirectory(atPath: local.path).sorted()
        var objects: [String] = []
        for try await object in s3.objects(bucket) { objects.append(object.key) }
        #expect(objects.sorted() == files.map { "mill/flows/" + $0 })
        for name in files {
            let object = try await s3.get(bucket, "mill/flows/" + name).data
            #expect(try object == Data(contentsOf: local.appendingPathComponent(name)))
        }
        // One alone has the file that it has among all.
        _ = try await s3.put(bucket, "mill/flows/\(files[0])", .data(Data("{}".utf8)))
        let again = try run(["export", "--to", place + "/"], environment: environment)
        #expect(again.output.split(separator: "\n").count { $0.hasSuffix("(as it was)") } == 2)
        let one = try run(["export", "Ächo / two", "--to", place], environment: environment)
        #expect(one.status == 0 && one.output.hasSuffix("(as it was)\n"), "\(one.output)\(one.errors)")
    }

    @Test(arguments: [
        [], ["--to", "ftp://elsewhere"], ["--to", "s3://"], ["--to", ""],
        ["--to", "/tmp/x", "--output", "/tmp/y"],
    ])
    func `refuses what is no place`(arguments: [String]) throws {
        let run = try run(["export"] + arguments)
        #expect(run.status != 0 && !run.errors.isEmpty, "\(run.output)")
        #expect(run.output.isEmpty)
    }

    @Test func `gives flows the same names alone and together, which every store takes`() {
        func flow(_ id: String, _ name: String) -> StoredFlow {
            StoredFlow(
                id: id, owner: Owner(name: "user:ada"), name: name, createdAt: .distantPast,
                updatedAt: .distantPast)
        }
        let flows = [
            flow("1", "Simple Agent"), flow("2", "simple agent"), flow("3", "../../etc/passwd"),
            flow("4", "☃"), flow("5", ".hidden"), flow("6", String(repeating: "x", count: 300)),
            flow("7", "Ächo / two"), flow("8", String(repeating: "字", count: 300)),
        ]
        let names = FlowExportNames(flows)
        #expect(
            flows.map { names.file(of: $0) } == [
                "Simple-Agent-1.json", "simple-agent-2.json", "etc-passwd.json",
                "flow.json", "hidden.json", String(repeating: "x", count: 80) + ".json",
                "Ächo-two.json", String(repeating: "字", count: 30) + ".json",
            ])
    }
}
