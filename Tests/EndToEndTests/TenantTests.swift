import Foundation
import TestSupport
import Testing
import Transport

@testable import millrace

@Suite struct `Names of tenants` {
    @Test func `are few lowercase letters, digits and hyphens`() throws {
        let settings = try Settings(file: nil, environment: [:], overrides: ["tenants=acme, globex-2"])
        #expect(settings[\.tenants] == ["acme", "globex-2"])
        #expect(try Settings(file: nil, environment: [:], overrides: [])[\.tenants].isEmpty)
    }

    @Test(arguments: [
        "Acme", "default", "acme,acme", "a_b", "-a", "a-", "a--b", "a/b", "..", "a.b", "é",
        "a23456789012345678901234567890123",
    ])
    func `are refused when they could name another place`(names: String) {
        #expect(throws: ConfigurationError.self) {
            try Settings(file: nil, environment: [:], overrides: ["tenants=\(names)"])
        }
    }

    @Test func `may be a list of the settings file`() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("tenants: [acme, globex]\n", to: "millrace.yaml")
        let settings = try Settings(file: file.path, environment: [:], overrides: [])
        #expect(settings[\.tenants] == ["acme", "globex"])
    }
}

@Suite struct `The settings of a tenant` {
    private func own(_ overrides: [String]) throws -> Settings {
        try Settings(file: nil, environment: [:], overrides: ["data=/srv/millrace"] + overrides)
            .ofTenant("globex-2")
    }

    @Test func `keep everything in another place`() throws {
        let own = try own([
            "blobs.s3=s3://bucket/wiki/", "index.snapshots=s3://bucket", "ingest.page_cache=/var/pages",
        ])
        #expect(own[\.data].path == "/srv/millrace/tenants/globex-2")
        #expect(own[\.database.schema] == "millrace_globex_2")
        #expect(own[\.cache.redisPrefix] == "millrace:tenant:globex-2")
        #expect(own[\.vectors.openSearchIndex] == "tenant-globex-2-millrace-vectors")
        #expect(own[\.blobs.s3] == "s3://bucket/wiki/tenants/globex-2")
        #expect(own[\.index.snapshots] == "s3://bucket/tenants/globex-2")
        #expect(own[\.ingest.pageCache] == "/var/pages/tenants/globex-2")
        #expect(own[\.tenants].isEmpty)
    }

    @Test func `reach nothing that the settings name for the default tenant`() throws {
        let own = try own([
            "confluence.url=https://wiki.example", "confluence.sync_minutes=5",
            "confluence.webhook_secret=secret:wiki#key", "answers.sources=kendra", "kendra.index=i",
            "bedrock.knowledge_base=k", "flows.databases=a=/a.db", "flows.mcp_servers=a=https://a.example",
            "evaluations.files=/q.json",
        ])
        #expect(own[\.confluence.url] == nil && own[\.confluence.webhookSecret] == nil)
        #expect(own[\.confluence.syncMinutes] == 0)
        #expect(own[\.answers.sources].isEmpty && own[\.kendra.index] == nil)
        #expect(own[\.bedrock.knowledgeBase] == nil)
        #expect(own[\.flows.databases].isEmpty && own[\.flows.mcpServers].isEmpty)
        #expect(own[\.evaluations.files].isEmpty)
        // Not even once what stands behind a reference was fetched.
        let common = try Settings(
            file: nil, environment: [:], overrides: ["confluence.webhook_secret=secret:wiki#key"])
        common.fetched.set("theirs", for: Settings.name(\.confluence.webhookSecret))
        #expect(common[\.confluence.webhookSecret] == "theirs")
        #expect(common.ofTenant("acme")[\.confluence.webhookSecret] == nil)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A tenant that is not named any more` {
    @Test func `is kept apart still, by its folder or by the claim that names it`() async throws {
        let folder = try TemporaryDirectory()
        func separates(_ overrides: String...) async throws -> Bool {
            let settings = try Settings(
                file: nil, environment: [:], overrides: ["data=\(folder.url.path)"] + overrides)
            return try await Services(settings).separatesTenants()
        }
        #expect(try await !separates())
        #expect(try await separates("tenants=acme"))
        #expect(try await separates("auth.tenant_claim=tenant"))
        try folder.write("", to: "tenants/acme/.lock")
        #expect(try await separates())
    }

    @Test func `has its keys seen and revoked, and gets no further ones`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        func keys(_ arguments: String...) throws -> CommandLineRun {
            try CommandLineRun(["keys"] + arguments + ["--tenant", "acme"], data: data)
        }
        let made = try keys("create", "--name", "bot", "--json", "--set", "tenants=acme")
        #expect(made.status == 0, "\(made.errors)")
        let id = try #require(made.output.firstMatch(of: /"id"\s*:\s*"([^"]+)"/)?.1)
        #expect(try keys("list").output.contains("bot"))
        #expect(try keys("create", "--name", "more").status != 0)
        let revoked = try keys("revoke", String(id))
        #expect(revoked.status == 0, "\(revoked.errors)")
        #expect(try keys("list").output.contains("revoked"))
    }
}

/// Two tenants with the built program: each finds its own page, over the command line and over HTTP.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Tenants of a data folder` {
    private static let words = ["default": "quetzal", "acme": "zanzibar", "globex": "okapi"]
    private static let named = ["--set", "tenants=acme,globex"]
    private let folder: TemporaryDirectory
    private let data: URL

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
        for (tenant, word) in Self.words {
            try folder.write(
                "# Page of \(tenant)\n\nThe \(word) lives in the garden of \(tenant).\n",
                to: "\(tenant)/page.md")
            let run = try CommandLineRun(
                ["ingest", "--export", folder.path(tenant), "--tenant", tenant] + Self.named, data: data)
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    private func search(_ word: String, of tenant: String, in data: URL) throws -> String {
        try CommandLineRun(
            ["search", word, "--mode", "keyword", "--json", "--tenant", tenant] + Self.named, data: data
        ).output
    }

    private func expectOwn(in data: URL) throws {
        for tenant in Self.words.keys {
            for (other, word) in Self.words {
                let found = try search(word, of: tenant, in: data).contains("garden of \(other)")
                #expect(found == (other == tenant), "\(word) for \(tenant)")
            }
        }
    }

    @Test func `find their own pages, also after a backup is restored`() throws {
        try expectOwn(in: data)
        let place = folder.path("backups")
        let backup = try CommandLineRun(["backup", "--to", place], data: data)
        #expect(backup.status == 0, "\(backup.errors)")
        let restored = folder.url.appendingPathComponent("restored")
        let restore = try CommandLineRun(["restore", "--from", place], data: restored)
        #expect(restore.status == 0, "\(restore.errors)")
        try expectOwn(in: restored)
        let doctor = try CommandLineRun(["doctor", "--json"] + Self.named, data: data)
        #expect(doctor.output.contains("data folder of acme"), "\(doctor.output)")
    }

    @Test func `are refused by names that the settings do not have`() throws {
        for command in [
            ["search", "okapi"], ["ingest", "--export", folder.path("acme")],
            ["keys", "create", "--name", "x"],
        ] {
            let run = try CommandLineRun(command + ["--tenant", "initech"] + Self.named, data: data)
            #expect(run.status != 0)
            #expect(run.errors.contains("initech") && run.errors.contains("acme"), "\(run.errors)")
        }
    }

    @Test func `are served to those whose keys are theirs`() async throws {
        var keys: [String: String] = [:]
        for tenant in Self.words.keys {
            let made = try CommandLineRun(
                ["keys", "create", "--name", "k", "--tenant", tenant] + Self.named, data: data)
            #expect(made.status == 0, "\(made.errors)")
            keys[tenant] = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let (server, port) = try await RunningProgram.server(
            data: data, Self.named + ["--set", "auth.required=true"])
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        let client = try CurlHTTPClient(configuration: direct)
        for (tenant, key) in keys {
            for (other, word) in Self.words {
                let response = try await client.send(
                    HTTPRequest(
                        method: "POST", url: "http://127.0.0.1:\(port)/v1/search",
                        headers: [("Content-Type", "application/json"), ("X-API-Key", key)],
                        body: Data(#"{"query": "\#(word)", "mode": "keyword"}"#.utf8)))
                #expect(response.head.status == 200)
                let text = String(decoding: response.body, as: UTF8.self)
                #expect(text.contains("garden of \(other)") == (other == tenant), "\(word) for \(tenant)")
            }
        }
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 20) == 0, "\(server.errors)")
    }
}
