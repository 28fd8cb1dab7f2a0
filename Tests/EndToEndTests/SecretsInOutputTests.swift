import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

/// The program with a secret in every setting that takes one, and everything that it prints or logs.
@Suite(.serialized, .timeLimit(.minutes(10))) struct `What the program prints` {
    private let folder: TemporaryDirectory
    private let data: URL
    private let pages: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        pages = try TemporaryDirectory()
        try pages.write("# Pumps\n\nOpen the valve first. It takes ten minutes.\n", to: "pumps.md")
    }

    /// Secrets of settings that nothing here needs.
    private static let settings = [
        "MILLRACE_CONFLUENCE_TOKEN": "planted-confluence-token",
        "MILLRACE_CONFLUENCE_CLIENT_SECRET": "planted-client-secret",
        "MILLRACE_CONFLUENCE_WEBHOOK_SECRET": "planted-webhook-secret",
        "MILLRACE_HUB_TOKEN": "planted-hub-token",
        "MILLRACE_HTTP_CLIENT_KEY_PASSWORD": "planted-key-password",
        "MILLRACE_CACHE_REDIS": "redis://user:planted-redis@127.0.0.1:1",
        "MILLRACE_CACHE_REDIS_PASSWORD": "planted-redis-password",
        "MILLRACE_LOG_LEVEL": "trace", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "", "AWS_MAX_ATTEMPTS": "2",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    ]

    /// Runs a command and looks through all that it says.
    ///
    /// - Parameter secrets: what must not come to light, besides all that is planted.
    /// - Returns: its exit status.
    @discardableResult
    private func run(
        _ arguments: [String], environment: [String: String], hiding secrets: [String] = []
    ) throws -> Int32 {
        let run = try CommandLineRun(
            arguments, data: data, environment: Self.settings.merging(environment) { $1 })
        Self.look(into: run.output + run.errors, secrets, arguments)
        return run.status
    }

    private static func look(into text: String, _ secrets: [String], _ arguments: [String]) {
        for secret in secrets + ["planted"] where !secret.isEmpty {
            #expect(!text.contains(secret), "\(arguments.first ?? "") shows a secret: \(text)")
        }
    }

    @Test func `has no key of an OpenAI server in it, however its calls end`() async throws {
        let server = try OpenAIServer()
        let provider = [
            "--set", "embedding.provider=openai", "--set", "answers.provider=openai",
            "--set", "openai.url=\(server.baseURL.absoluteString)", "--set", "openai.answer_model=chat",
            "--set", "openai.embedding_model=embed", "--set", "openai.embedding_dimension=384",
            "--set", "http.proxy=none",
        ]
        let key = ["MILLRACE_OPENAI_KEY": server.key]
        func run(_ arguments: [String], _ environment: [String: String]) throws -> Int32 {
            try self.run(arguments + provider, environment: environment, hiding: [server.key])
        }
        #expect(try run(["ingest", "--export", pages.url.path], key) == 0)
        let question = ["ask", "How long does it take?", "--as", "anyone"]
        _ = try run(question, key)
        _ = try run(["doctor"], key)
        for fault in ["denied", "not-json", "context", "detail"] {
            try await server.fail(fault, fault)
            _ = try run(question, key)
        }
        #expect(try run(question, ["MILLRACE_OPENAI_KEY": "planted-wrong-key"]) != 0)
    }

    @Test func `has no key of AWS in it, however its calls end`() async throws {
        let double = try AWSDouble()
        let provider = [
            "--set", "embedding.provider=bedrock", "--set", "answers.provider=bedrock",
            "--set", "bedrock.endpoint=\(double.endpoint)", "--set", "bedrock.embedding_dimension=256",
            "--set", "http.proxy=none",
        ]
        let keys = [
            "AWS_ACCESS_KEY_ID": double.credentials.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": double.credentials.secretAccessKey,
            "AWS_SESSION_TOKEN": "planted-session-token",
        ]
        func run(_ arguments: [String], _ changes: [String: String] = [:]) throws -> Int32 {
            try self.run(
                arguments + provider, environment: keys.merging(changes) { $1 },
                hiding: [double.credentials.secretAccessKey, double.credentials.accessKeyID])
        }
        #expect(try run(["ingest", "--export", pages.url.path]) == 0)
        let question = ["ask", "How long does it take?", "--as", "anyone"]
        _ = try run(question)
        for fault in ["denied", "expired", "invalid", "not-json", "cut"] {
            try await double.fail(fault, fault, fault, fault)
            _ = try run(question)
            try await double.fail()
        }
        _ = try run(question, ["AWS_SECRET_ACCESS_KEY": "planted-wrong-secret"])
        _ = try run(["doctor"], ["AWS_SECRET_ACCESS_KEY": "planted-wrong-secret"])
        _ = try run(
            ["doctor", "--json"],
            [
                "AWS_ACCESS_KEY_ID": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "planted-bearer-token",
            ])
    }

    @Test func `has no value in it that a setting refers to`() async throws {
        let moto = try MotoServer()
        let keys = moto.keys(of: "admin")
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = try CurlHTTPClient(configuration: configuration)
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]), region: "us-east-1",
            credentials: StaticCredentials(keys), http: http, localHTTP: http)
        let name = "printed-\(UInt32.random(in: .min ... .max))"
        let secrets = try SecretsManager(account)
        try await secrets.create(name, AWSSecretText(#"{"key": "planted-value", "port": "planted-port"}"#))
        try await secrets.create("\(name)-text", AWSSecretText("planted text, no JSON"))
        _ = try await ParameterStore(account).put("/\(name)", AWSSecretText("planted-parameter"))
        let environment = [
            "AWS_ACCESS_KEY_ID": keys.accessKeyID, "AWS_SECRET_ACCESS_KEY": keys.secretAccessKey,
            "AWS_ENDPOINT_URL": moto.endpoint,
        ]
        for setting in [
            "openai.key=secret:\(name)#key", "confluence.token=ssm:/\(name)",
            "server.port=secret:\(name)#port",
            "openai.key=secret:\(name)-text#key", "openai.key=secret:\(name)#none", "log.format=ssm:/\(name)",
        ] {
            for command in [["doctor"], ["search", "pumps", "--as", "anyone"]] {
                try run(
                    command + ["--set", setting, "--set", "http.proxy=none"], environment: environment,
                    hiding: [keys.secretAccessKey])
            }
        }
    }

    @Test func `has no password of a proxy in it`() throws {
        let address = ["--set", "confluence.url=http://192.0.2.1/wiki"]
        for proxy in [
            "http://kim:planted-password@127.0.0.1:1", "socks9://kim:planted-password@127.0.0.1:1",
            "kim:planted-password@127.0.0.1:x", "http://planted-password@",
        ] {
            try run(["doctor"] + address, environment: ["MILLRACE_HTTP_PROXY": proxy])
            try run(["doctor"] + address + ["--set", "http.proxy=\(proxy)"], environment: [:])
        }
    }

    @Test func `has none in it when the program is killed in the middle`() async throws {
        #expect(try run(["ingest", "--export", pages.url.path], environment: [:]) == 0)
        let environment = Self.settings.merging([
            "AWS_ACCESS_KEY_ID": "AKIAplanted000000001", "AWS_SECRET_ACCESS_KEY": "planted-secret",
            "MILLRACE_OPENAI_KEY": "planted-key", "MILLRACE_CONFLUENCE_URL": "http://127.0.0.1:9/wiki",
        ]) { $1 }
        let (program, _) = try await RunningProgram.server(data: data, environment: environment)
        program.send(SIGABRT)
        // The runtime tells where each thread was, and lets a process go on whose signal came from outside.
        try await program.wait(for: "the report of the crash", seconds: 200) {
            ($0.output + $0.errors).contains("Backtrace took")
        }
        program.send(SIGKILL)
        _ = try await program.end(withinSeconds: 30)
        Self.look(into: program.output + program.errors, [], ["serve"])
    }
}
