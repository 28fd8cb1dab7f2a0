import Foundation
import TestSupport
import Testing

/// `millrace doctor` reads. Whatever the data folder is in the middle of, not a byte and not a time in it changes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `The doctor` {
    private let folder: TemporaryDirectory
    private let data: URL

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
    }

    private struct Finding: Decodable {
        var part: String
        var isFine: Bool
        var detail: String
    }

    private func ingest() throws {
        let pages = try TemporaryDirectory()
        try pages.write("# Pumps\n\nOpen the valve first.\n", to: "pumps.md")
        try pages.write("# Dams\n\nThe dam holds.\n", to: "dams.md")
        let run = try CommandLineRun(["ingest", "--export", pages.url.path, "--quiet"], data: data)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// What it finds, while nothing in the folder above the data folder changes.
    private func findings(
        _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> [String: Finding] {
        let before = try FolderState(folder.url)
        let run = try CommandLineRun(
            ["doctor", "--json"] + arguments, data: data, environment: environment)
        #expect(try FolderState(folder.url).changes(since: before) == [])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let findings = try decoder.decode([Finding].self, from: Data(run.output.utf8))
        #expect((run.status == 0) == findings.allSatisfy(\.isFine), "\(run.output)")
        return Dictionary(findings.map { ($0.part, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `makes no data folder where there is none`() throws {
        let found = try findings()
        #expect(found["data folder"]?.detail.contains("not there yet") == true)
        #expect(found["permissions"]?.isFine == true)
        #expect(found["disk space"]?.isFine == true)
        #expect(!FileManager.default.fileExists(atPath: data.path))
    }

    @Test func `tells of documents and vectors, and leaves a data folder as it is`() throws {
        try ingest()
        let found = try findings()
        #expect(found["data folder"]?.isFine == true)
        #expect(found["data folder"]?.detail.contains("2 documents") == true)
        #expect(found["vector index"]?.detail.contains("for 2 chunks") == true)
    }

    @Test func `works beside a running server, and beside what a killed one left`() async throws {
        try ingest()
        let (server, _) = try await RunningProgram.server(data: data)
        let beside = try findings()
        #expect(beside["data folder"]?.isFine == true, "\(beside)")
        #expect(beside["vector index"]?.isFine == true, "\(beside)")
        server.send(SIGKILL)
        #expect(try await server.end(withinSeconds: 10) == -SIGKILL)
        #expect(try findings()["data folder"]?.detail == beside["data folder"]?.detail)
    }

    @Test func `takes no step of the schema, but names those to come`() throws {
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Fixtures.url("corpus/schema-2.sqlite"), to: data.appendingPathComponent("corpus.sqlite"))
        #expect(try findings()["data folder"]?.detail.contains("3-sync") == true)
    }

    @Test func `says that a Confluence cannot be reached`() throws {
        let found = try findings(["--set", "confluence.url=http://127.0.0.1:1/wiki"])
        #expect(found["Confluence"]?.isFine == false)
    }

    private static let bedrock = [
        "--set", "answers.provider=bedrock", "--set", "bedrock.endpoint=http://127.0.0.1:1",
    ]

    /// None of AWS's places but the profile of `home`, if there is one.
    private func onlyProfile(of home: TemporaryDirectory) -> [String: String] {
        [
            "AWS_CONFIG_FILE": home.url.path + "/config",
            "AWS_SHARED_CREDENTIALS_FILE": home.url.path + "/credentials",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
            "AWS_PROFILE": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
        ]
    }

    @Test func `finds AWS keys wherever AWS's own tools look`() throws {
        let home = try TemporaryDirectory()
        try home.write(
            #"{"Version": 1, "AccessKeyId": "AKIDEXAMPLEWXYZ", "SecretAccessKey": "hidden"}"#, to: "keys.json"
        )
        try home.write(
            "[default]\ncredential_process = cat \(home.url.path)/keys.json\n", to: "config")
        let found = try findings(Self.bedrock, environment: onlyProfile(of: home))
        #expect(found["AWS credentials"]?.isFine == true, "\(found)")
        #expect(found["AWS credentials"]?.detail.contains("WXYZ") == true, "\(found)")
        #expect(!"\(found)".contains("hidden"))
    }

    @Test func `names each place that has no AWS keys`() throws {
        let found = try findings(Self.bedrock, environment: onlyProfile(of: TemporaryDirectory()))
        let credentials = try #require(found["AWS credentials"])
        #expect(!credentials.isFine)
        for place in ["AWS_ACCESS_KEY_ID", "profile", "AWS_CONTAINER_CREDENTIALS", "metadata"] {
            #expect(credentials.detail.contains(place), "\(credentials.detail)")
        }
    }
}
