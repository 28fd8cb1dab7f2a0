import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

/// A server whose secrets are sealed with keys that KMS guards, with the built program against moto.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `A server whose seal KMS guards` {
    private let folder: TemporaryDirectory
    private let data: URL
    private let moto: MotoServer
    private let client: CurlHTTPClient

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        moto = try MotoServer()
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        client = try CurlHTTPClient(configuration: direct)
    }

    private func key() async throws -> String {
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]), region: "us-east-1",
            credentials: StaticCredentials(moto.keys(of: "admin")), http: client, localHTTP: client)
        return try await KMS(account).createKey("seal")
    }

    private func environment(_ user: String) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": moto.keys(of: user).accessKeyID,
            "AWS_SECRET_ACCESS_KEY": moto.keys(of: user).secretAccessKey, "AWS_PROFILE": "",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
        ]
    }

    private func settings(_ key: String?) -> [String] {
        ([
            "aws.region=us-east-1", "aws.endpoints.kms=\(moto.endpoint)", "http.proxy=none",
            "auth.anonymous_scopes=search, ask, flows, admin",
        ] + (key.map { ["database.seal_kms_key=\($0)"] } ?? [])).flatMap { ["--set", $0] }
    }

    private func contains(_ text: String) throws -> Bool {
        let names = try FileManager.default.subpathsOfDirectory(atPath: data.path)
        return names.contains { name in
            let content = FileManager.default.contents(atPath: data.appendingPathComponent(name).path)
            return content?.firstRange(of: Data(text.utf8)) != nil
        }
    }

    @Test func `keeps secrets over a restart, and does not start where KMS denies it`() async throws {
        let key = try await key()
        let file = data.appendingPathComponent("workspace-kms.json")
        let (first, port) = try await RunningProgram.server(
            data: data, settings(key), environment: environment("admin"))
        let made = try await client.send(
            HTTPRequest(
                method: "POST", url: "http://127.0.0.1:\(port)/api/v1/variables/",
                headers: [("Content-Type", "application/json")],
                body: Data(#"{"name": "KEY", "value": "planted-secret", "type": "Credential"}"#.utf8)))
        #expect((200..<300).contains(made.head.status), "\(String(decoding: made.body, as: UTF8.self))")
        first.send(SIGTERM)
        #expect(try await first.end(withinSeconds: 20) == 0, "\(first.errors)")
        #expect(try !contains("planted-secret"))
        #expect(!FileManager.default.fileExists(atPath: data.appendingPathComponent("workspace.key").path))
        let kept = try Data(contentsOf: file)
        #expect(!kept.isEmpty)
        let (second, _) = try await RunningProgram.server(
            data: data, settings(key), environment: environment("admin"))
        second.send(SIGTERM)
        #expect(try await second.end(withinSeconds: 20) == 0, "\(second.errors)")
        #expect(try Data(contentsOf: file) == kept)
        let denied = try RunningProgram(
            ["serve", "--port", "0"] + settings(key), data: data, environment: environment("nobody"))
        #expect(try await denied.end(withinSeconds: 60) != 0)
        #expect(denied.errors.contains("kms:Decrypt") && denied.errors.contains(key), "\(denied.errors)")
        #expect(denied.errors.contains("AWS request id "), "\(denied.errors)")
        // Keys of another kind would open none of it.
        let without = try RunningProgram(
            ["serve", "--port", "0"] + settings(nil), data: data, environment: environment("admin"))
        #expect(try await without.end(withinSeconds: 60) != 0)
        #expect(without.errors.contains("database.seal_kms_key"), "\(without.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.appendingPathComponent("workspace.key").path))
    }

    @Test func `does not start with fresh keys where those that open its secrets are gone`() async throws {
        let key = try await key()
        let file = data.appendingPathComponent("workspace-kms.json")
        let (first, port) = try await RunningProgram.server(
            data: data, settings(key), environment: environment("admin"))
        try await plant(port)
        first.send(SIGTERM)
        #expect(try await first.end(withinSeconds: 20) == 0, "\(first.errors)")
        try FileManager.default.removeItem(at: file)
        let lost = try RunningProgram(
            ["serve", "--port", "0"] + settings(key), data: data, environment: environment("admin"))
        #expect(try await lost.end(withinSeconds: 60) != 0)
        for part in ["workspace-kms.json", "1 variable", "backup", "reseal --give-up"] {
            #expect(lost.errors.contains(part), "\(part): \(lost.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let given = try RunningProgram(
            ["keys", "reseal", "--give-up"] + settings(key), data: data, environment: environment("admin"))
        #expect(try await given.end(withinSeconds: 60) == 0, "\(given.errors)")
        #expect(given.output.contains("1 that no key opens"), "\(given.output)")
        let (second, _) = try await RunningProgram.server(
            data: data, settings(key), environment: environment("admin"))
        second.send(SIGTERM)
        #expect(try await second.end(withinSeconds: 20) == 0, "\(second.errors)")
    }

    @Test func `with keys in a file does not start without them either, and starts once they are back`()
        async throws
    {
        let file = data.appendingPathComponent("workspace.key")
        let (first, port) = try await RunningProgram.server(
            data: data, settings(nil), environment: environment("admin"))
        try await plant(port)
        first.send(SIGTERM)
        #expect(try await first.end(withinSeconds: 20) == 0, "\(first.errors)")
        let text = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        let lost = try RunningProgram(
            ["serve", "--port", "0"] + settings(nil), data: data, environment: environment("admin"))
        #expect(try await lost.end(withinSeconds: 60) != 0)
        #expect(lost.errors.contains(file.path) && lost.errors.contains("1 variable"), "\(lost.errors)")
        #expect(!FileManager.default.fileExists(atPath: file.path))
        _ = FileManager.default.createFile(
            atPath: file.path, contents: text, attributes: [.posixPermissions: 0o600])
        let (second, _) = try await RunningProgram.server(
            data: data, settings(nil), environment: environment("admin"))
        second.send(SIGTERM)
        #expect(try await second.end(withinSeconds: 20) == 0, "\(second.errors)")
    }

    private func plant(_ port: Int) async throws {
        let made = try await client.send(
            HTTPRequest(
                method: "POST", url: "http://127.0.0.1:\(port)/api/v1/variables/",
                headers: [("Content-Type", "application/json")],
                body: Data(#"{"name": "KEY", "value": "planted-secret", "type": "Credential"}"#.utf8)))
        #expect((200..<300).contains(made.head.status), "\(String(decoding: made.body, as: UTF8.self))")
    }
}
