import AWSServices
import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

/// Servers that share a PostgreSQL and a bucket, with the built program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Uploads of servers that share a bucket` {
    private let folder: TemporaryDirectory
    private let server: PostgresServer
    private let moto: MotoServer
    private let schema = PostgresServer.freshSchema()
    private let bucket = "uploads-\(UInt32.random(in: 0 ... .max))"
    private let client: CurlHTTPClient
    private let s3: S3

    init() async throws {
        folder = try TemporaryDirectory()
        server = try PostgresServer.shared(.v18)
        moto = try MotoServer()
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        client = try CurlHTTPClient(configuration: direct)
        s3 = try S3(
            try await AWSAccount(
                environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]),
                region: "us-east-1", credentials: StaticCredentials(moto.keys(of: "admin")), http: client,
                localHTTP: client))
        try await s3.create(bucket)
    }

    private func serve(_ name: String) async throws -> (RunningProgram, Int) {
        let keys = moto.keys(of: "admin")
        let settings = [
            "database.provider=postgres", "database.host=\(server.host)", "database.port=\(server.port)",
            "database.name=\(server.database)", "database.user=\(server.user)", "database.schema=\(schema)",
            "database.tls=disable", "auth.anonymous_scopes=search, ask, flows, ingest, admin",
            "blobs.s3=s3://\(bucket)/mill",
        ]
        return try await RunningProgram.server(
            data: folder.url.appendingPathComponent(name), settings.flatMap { ["--set", $0] },
            environment: [
                "MILLRACE_DATABASE_PASSWORD": server.password,
                "MILLRACE_DATABASE_SEAL_KEYS": "k1 \(Data(repeating: 7, count: 32).base64EncodedString())",
                "AWS_ENDPOINT_URL": moto.endpoint, "AWS_ACCESS_KEY_ID": keys.accessKeyID,
                "AWS_SECRET_ACCESS_KEY": keys.secretAccessKey, "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            ])
    }

    private func send(_ text: String, _ name: String, _ port: Int) async throws -> String {
        let request = HTTPRequest(
            method: "POST",
            url: "http://127.0.0.1:\(port)/v1/ingest/uploads?name=\(name)&readers=anyone",
            headers: [("Content-Type", "application/octet-stream")], body: Data(text.utf8))
        let answer = try await client.send(request)
        #expect(answer.head.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
        return try #require(try object(answer.body)["id"] as? String)
    }

    private func object(_ body: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    }

    private func job(_ id: String, _ port: Int) async throws -> [String: Any] {
        try object(
            try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/v1/ingest/jobs/\(id)")).body)
    }

    private var objects: [String] {
        get async throws {
            var keys: [String] = []
            for try await object in s3.objects(bucket, prefix: "mill/uploads/") { keys.append(object.key) }
            return keys
        }
    }

    @Test func `are ingested by another when the one that took them is killed`() async throws {
        let (one, onePort) = try await serve("one")
        let (other, otherPort) = try await serve("other")
        var ids: [String] = []
        for number in 0..<5 {
            ids.append(
                try await send(
                    "# Harbour \(number)\n\nThe crane lifts \(number) tonnes.\n", "h\(number).md", onePort))
        }
        one.send(SIGKILL)
        _ = try await one.end(withinSeconds: 10)
        // With the answer they outlive the process: those that it was at are begun again once its lease is over.
        for id in ids {
            while true {
                let job = try await job(id, otherPort)
                let state = try #require(job["state"] as? String)
                if state == "finished" { break }
                #expect(["queued", "running"].contains(state), "\(job)")
                if !["queued", "running"].contains(state) { break }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        let list = try await client.send(HTTPRequest(url: "http://127.0.0.1:\(otherPort)/v1/documents"))
        let text = String(decoding: list.body, as: UTF8.self)
        for number in 0..<5 { #expect(text.contains("upload:h\(number).md"), "\(text)") }
        while try await !objects.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        let left = folder.url.appendingPathComponent("other/fetched-uploads")
        #expect(((try? FileManager.default.contentsOfDirectory(atPath: left.path)) ?? []).isEmpty)
        other.send(SIGTERM)
        #expect(try await other.end(withinSeconds: 20) == 0, "\(other.errors)")
    }
}
