import Foundation
import TestSupport
import Testing

@testable import millrace

@Suite struct `The check of settings` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func check(
        _ yaml: String, environment: [String: String] = [:], _ overrides: String...
    ) throws -> SettingsCheck {
        let file = try folder.write(yaml, to: "millrace.yaml")
        let data = "data=\(folder.path("data"))"
        return SettingsCheck(file: file.path, environment: environment, overrides: [data] + overrides)
    }

    @Test func `finds everything that is wrong, each with its place`() throws {
        let faults = try check(
            """
            serverr: {port: 8080}
            server:
              port: many
              prot: 8081
              host: [a, {b: c}]
            search: {floor: 99}
            log: loud
            tenants: [acme]
            tenant: {acme: {data: /elsewhere}}
            """, environment: ["MILLRACE_CACHES_ANSWERS_MB": "-1"], "nothing", "search.weight=1"
        ).faults()
        for (place, word) in [
            ("millrace.yaml:1", "“serverr”"), ("millrace.yaml:3", "“server.port” is “many”"),
            ("millrace.yaml:4", "Did you mean “server.port”"), ("millrace.yaml:5", "single value"),
            ("millrace.yaml:6", "“search.floor” is “99”"), ("millrace.yaml:7", "keys with values"),
            ("millrace.yaml:9", "“tenant.acme.data” is the same for all"),
            ("MILLRACE_CACHES_ANSWERS_MB", "“-1”"), ("--set nothing", "key=value"),
            ("--set search.weight", "“search.weight”"),
        ] {
            #expect(
                faults.contains { $0.contains(place) && $0.contains(word) }, "\(place) in \(faults)")
        }
        #expect(faults.count == 10, "\(faults)")
    }

    @Test(arguments: [
        ("auth: {jwks_url: https://issuer.example/keys}", "auth.issuer is expected"),
        ("auth: {issuer: http://issuer.example, audience: a}", "https address"),
        ("auth: {issuer: https://issuer.example, client_id: c}", "auth.public_url"),
        ("auth: {proxy_addresses: nowhere}", "auth.proxy_addresses"),
        ("confluence: {url: https://wiki.example, client_id: c, token: t}", "not both"),
        ("confluence: {sync_minutes: 5}", "confluence.url"),
        ("vectors: {provider: pgvector}", "database.provider postgres"),
        ("vectors: {provider: opensearch}", "vectors.opensearch_url"),
        ("words: {provider: postgres}", "database.provider postgres"),
        ("database: {provider: postgres}", "database.host"),
        ("index: {snapshots: /snapshots}", "database.provider postgres"),
        ("runs: {queue: sqs}", "runs.sqs_queue_url"),
        ("answers: {provider: openai}", "openai.answer_model"),
        ("answers: {sources: kendra}", "kendra.index"),
        ("bedrock: {knowledge_base_sends_user: true}", "bedrock.knowledge_base_search"),
        ("bedrock: {knowledge_base_guarded: true}", "bedrock.guardrail is expected"),
        ("comprehend: {pii_also_in: questions}", "comprehend.pii is expected"),
        ("comprehend: {pii: mask, pii_also_in: questions}", "answers.provider"),
        ("comprehend: {pii: mask, pii_also_in: searches}", "kendra.index"),
        ("kendra: {everyone_group: all}", "kendra.index"),
        ("kendra: {index: i, caller: everybody, everyone_group: all}", "kendra.caller"),
        ("answers: {flows_dir: /not/there}", "answers.flows_dir"),
        ("blobs: {s3: bucket}", "blobs.s3"),
        ("flows: {http_ranges: ten}", "flows.http_ranges"),
        ("tenants: [acme]\ntenant: {acme: {answers.provider: openai}}", "tenant acme: "),
        ("server: {cors_origins: '*'}", "allowedOrigins"),
    ])
    func `finds what cannot stand beside something else`(yaml: String, word: String) throws {
        let faults = try check(yaml).faults()
        #expect(faults.contains { $0.contains(word) }, "\(faults)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")), "nothing is made")
    }

    @Test(arguments: [
        "comprehend: {pii: mask, pii_also_in: 'questions, searches'}\nanswers: {provider: bedrock}\nkendra: {index: i}",
        "comprehend: {pii: mask, pii_also_in: questions}\nrerank: {provider: bedrock}",
        "kendra: {index: i, everyone_group: all}\ntenants: [acme]",
        "comprehend: {pii: mask, pii_also_in: questions}\ntenants: [acme]\ntenant: {acme: {answers.provider: bedrock}}",
    ])
    func `lets stand what has an effect for somebody`(yaml: String) throws {
        let faults = try check(yaml).faults()
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test func `asks nobody what settings stand for, and takes it for something`() throws {
        let faults = try check(
            """
            confluence: {url: https://wiki.example, email: a@b.example, token: "secret:wiki#token"}
            server: {port: "ssm:/millrace/port"}
            """
        ).faults()
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test func `names variables that are no settings`() throws {
        let unknown = try check(
            "", environment: ["MILLRACE_SERVER_PROT": "1", "MILLRACE_MODEL_DIR": "/m", "PATH": "/bin"]
        ).unknownVariables()
        #expect(unknown.map(\.name) == ["MILLRACE_SERVER_PROT"])
        #expect(unknown.first?.nearest == "MILLRACE_SERVER_PORT")
    }

    @Test func `ends with 1 when something is wrong, and shows no secret`() throws {
        let file = try folder.write("http: {proxy: 'http://ann:sesame@proxy'}\nport: 1\n", to: "bad.yaml")
        let bad = try CommandLineRun(["config", "check", "--config", file.path])
        #expect(bad.status == 1 && bad.output.contains("bad.yaml:2"), "\(bad.output)\(bad.errors)")
        #expect(!bad.output.contains("sesame"))
        let list = try CommandLineRun(["config", "check", "--json", "--config", file.path])
        #expect(list.status == 1 && list.output.contains("\"faults\""))
        let missing = try CommandLineRun(["config", "check", "--config", folder.path("none.yaml")])
        #expect(missing.status == 1 && missing.output.contains("none.yaml cannot be read"))
        try folder.write("server: {port: 8081}\n", to: "good.yaml")
        let good = try CommandLineRun(["config", "check", "--config", folder.path("good.yaml")])
        #expect(good.status == 0 && good.output.contains("in order"), "\(good.output)\(good.errors)")
    }
}
