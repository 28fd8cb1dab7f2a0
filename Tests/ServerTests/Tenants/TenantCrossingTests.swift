import Concurrency
import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Identity
import Testing
import Workspace

@testable import Server

/// Every operation, asked by a caller of one tenant for what another one has. The list of operations makes the cases, so
/// that a new operation is among them by itself.
@Suite(.timeLimit(.minutes(5))) struct `Tenants do not cross` {
    /// Whoever asks for what the third has.
    private static let others = [TenantFixture.acme, Owner.defaultTenant]

    /// Bodies that get past the reading of them, by the end of a path.
    private static let bodies = [
        "/publish": #"{"version": 1}"#, "/restore": #"{"version": 1}"#, "/run": #"{"input": "x"}"#,
        "/query": #"{"vector": [1, 0]}"#, "/points": #"{"points": [{"id": "1", "vector": [1, 0]}]}"#,
        "/points/get": #"{"ids": ["1"]}"#, "/points/delete": #"{"ids": ["1"]}"#,
        "{flow}/{session}": #"{"title": "T"}"#, "/v1/flows/{flow}": #"{"flow": \#(FlowText.echo)}"#,
    ]

    private func body(_ operation: Server.Operation) -> String {
        Self.bodies.first { operation.path.hasSuffix($0.key) }?.value ?? "{}"
    }

    /// A path with these ids in it; `nil` for one without any.
    private func path(_ operation: Server.Operation, _ id: (_ name: String) -> String) -> String? {
        guard operation.path.contains("{") else { return nil }
        return operation.path.replacing(/\{([^}]*)\}/) { id(String($0.1)) }
    }

    private func ask(
        _ operation: Server.Operation, _ path: String, _ fixture: TenantFixture, as key: String
    ) async -> APIResponse {
        await fixture.respond(
            operation.method, path, json: operation.body == nil ? nil : body(operation), as: key,
            headers: operation.method == .get ? [:] : [.ifMatch: "*"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `whatever one has is to another as if it were not there`(engine: StorageEngine) async throws {
        let fixture = try await TenantFixture(engine: engine)
        var things: [String: TenantThings] = [:]
        var keys: [String: String] = [:]
        for tenant in TenantFixture.all {
            let key = try await fixture.key(of: tenant)
            keys[tenant] = key
            things[tenant] = try await TenantThings.make(fixture, of: tenant, as: key)
        }
        let theirs = try #require(things[TenantFixture.globex])
        let secrets =
            theirs.ids.filter { $0.utf8.count > 6 }
            + [TenantFixture.word(TenantFixture.globex), "member-of-globex", "garden of globex"]
        var cases = 0
        // Before anybody has named what is not theirs: traces tell what was asked for.
        for asking in Self.others {
            let key = try #require(keys[asking])
            for operation in fixture.application.router.operations
            where operation.asksForCallers && operation.method == .get && !operation.path.contains("{") {
                let response = await ask(operation, operation.path, fixture, as: key)
                for secret in secrets {
                    #expect(!response.text.contains(secret), "\(operation.id) tells \(asking) \(secret)")
                }
            }
        }
        // All of one id, and each its own.
        let fillings: [@Sendable (String) -> String] =
            theirs.ids.map { id in { _ in id } }
            + [{ [named = theirs.named, first = theirs.ids[0]] in named[$0] ?? first }]
        for asking in Self.others {
            let key = try #require(keys[asking])
            for operation in fixture.application.router.operations where operation.asksForCallers {
                for filling in fillings {
                    guard let path = path(operation, filling),
                        let absent = self.path(operation, { TenantThings.absent(filling($0)) })
                    else { continue }
                    let response = await ask(operation, path, fixture, as: key)
                    let expected = await ask(operation, absent, fixture, as: key)
                    cases += 1
                    #expect(response.status == expected.status, "\(operation.id): \(path) for \(asking)")
                    #expect(kind(response) == kind(expected), "\(operation.id): \(path) for \(asking)")
                }
            }
        }
        #expect(cases >= 2_000, "\(cases) cases")
        // Nothing of theirs was changed or removed by all that, and each of its addresses was a right one.
        let key = try #require(keys[TenantFixture.globex])
        for address in theirs.addresses {
            let response = await fixture.respond(.get, address, as: key)
            #expect(response.status == .ok, "\(address): \(response.status)")
        }
    }

    /// What a problem is; `nil` for what is none.
    private func kind(_ response: APIResponse) -> String? {
        response.status.code < 400 ? nil : (try? response.json)?["type"]?.text
    }

    @Test(arguments: TenantFixture.all, StorageEngine.allCases)
    func `a caller finds the own tenant's page and no other`(tenant: String, engine: StorageEngine)
        async throws
    {
        let fixture = try await TenantFixture(engine: engine)
        let key = try await fixture.key(of: tenant)
        var headers = HTTPFields.mcp("2025-11-25")
        headers[.contentType] = "application/json"
        for asked in TenantFixture.all {
            let question = "Where does the \(TenantFixture.word(asked)) live?"
            let secret = "garden of \(asked)"
            func said(_ path: String, _ json: String, _ headers: HTTPFields = [:]) async -> String {
                let response = await fixture.respond(.post, path, json: json, as: key, headers: headers)
                #expect(response.status == .ok, "\(path): \(response.text)")
                return response.text
            }
            for mode in ["hybrid", "vector", "keyword"] {
                let found = await said("/v1/search", #"{"query": "\#(question)", "mode": "\#(mode)"}"#)
                #expect(found.contains(secret) == (asked == tenant), "\(mode): \(found)")
            }
            // Twice: the second answer is a kept one.
            for _ in 0..<2 {
                let answer = await said("/v1/ask", #"{"question": "\#(question)"}"#)
                #expect(answer.contains(secret) == (asked == tenant), "\(answer)")
            }
            guard asked != tenant else { continue }
            let others = [
                await said(
                    "/v1/chat/completions",
                    """
                    {"model": "question-answering", "messages": [{"role": "user", "content": "\(question)"}]}
                    """),
                await said(
                    "/v1/flows/question-answering/run", #"{"input": {"question": "\#(question)"}}"#),
                await said(
                    "/mcp",
                    """
                    {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                     "params": {"name": "search", "arguments": {"query": "\(question)"}}}
                    """, headers),
            ]
            for text in others {
                #expect(!text.contains(secret) && !text.contains("Page of \(asked)"), "\(text)")
            }
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `an answer that is kept for one is not given to another`(engine: StorageEngine) async throws {
        let fixture = try await TenantFixture(engine: engine)
        let question = #"{"question": "Where does the okapi live?"}"#
        let theirs = try await fixture.key(of: TenantFixture.globex)
        let first = await fixture.respond(
            .post, "/v1/ask", json: question, as: theirs, headers: [.accept: "application/json"])
        #expect(first.text.contains("garden of globex"))
        for tenant in [TenantFixture.acme, Owner.defaultTenant] {
            let response = await fixture.respond(
                .post, "/v1/ask", json: question, as: try await fixture.key(of: tenant),
                headers: [.accept: "application/json"])
            #expect(response.status == .ok)
            #expect(!response.text.contains("globex"), "\(tenant): \(response.text)")
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `a key of one changes nothing of another's keys, sessions and log`(engine: StorageEngine)
        async throws
    {
        let fixture = try await TenantFixture(engine: engine)
        let theirs = try await fixture.key(of: TenantFixture.globex)
        let ours = try await fixture.key(of: TenantFixture.acme)
        let made = await fixture.respond(
            .post, "/v1/keys", json: #"{"name": "secret-name", "scopes": ["search"]}"#, as: theirs)
        let id = try #require(try made.json["key"]?["id"]?.text)
        #expect(await fixture.respond(.delete, "/v1/keys/\(id)", as: ours).status == .notFound)
        let secret = try #require(try made.json["secret"]?.text)
        #expect(await fixture.respond(.get, "/v1/me", as: secret).status == .ok)
        for target in ["/v1/keys", "/v1/audit", "/v1/members"] {
            #expect(!(await fixture.respond(.get, target, as: ours)).text.contains("secret-name"))
        }
        // How much has been done in all is nobody's business but the default tenant's.
        #expect(await fixture.respond(.get, "/v1/audit/verify", as: ours).status == .notFound)
    }
}
