import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Testing
import VectorIndex
import Workspace

@testable import Identity
@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A tenant's callers` {
    @Test(arguments: StorageEngine.allCases)
    func `are let in nowhere when the server does not serve their tenant`(engine: StorageEngine) async throws
    {
        let fixture = try await TenantFixture(engine: engine)
        let key = try await fixture.key(of: "initech")
        for operation in fixture.application.router.operations where operation.asksForCallers {
            let path = operation.path.replacing(/\{[^}]*\}/) { _ in "1" }
            let response = await fixture.respond(
                operation.method, path, json: operation.body == nil ? nil : "{}", as: key)
            #expect(response.status == .forbidden, "\(operation.id)")
        }
        let told = await fixture.respond(.get, "/v1/me", as: key)
        #expect(try told.json["type"]?.text == ProblemKind.noSuchTenant.urn)
        #expect(told.text.contains("initech"))
        let open = await fixture.respond(.get, "/healthz", as: key)
        #expect(open.status == .ok)
    }

    @Test(arguments: StorageEngine.allCases)
    func `are let in nowhere once the last tenant is taken out of the settings`(engine: StorageEngine)
        async throws
    {
        let fixture = try await TenantFixture(engine: engine, serves: false)
        let key = try await fixture.key(of: TenantFixture.acme)
        let refused = await fixture.respond(.post, "/v1/search", json: #"{"query": "quetzal"}"#, as: key)
        #expect(refused.status == .forbidden)
        #expect(try refused.json["type"]?.text == ProblemKind.noSuchTenant.urn)
        let own = try await fixture.key(of: Owner.defaultTenant)
        let found = await fixture.respond(.post, "/v1/search", json: #"{"query": "quetzal"}"#, as: own)
        #expect(found.status == .ok)
    }

    @Test func `are counted against the limit of their own tenant`() async throws {
        let fixture = try await TenantFixture(requestsPerMinute: [TenantFixture.acme: 2])
        for (tenant, third) in [(TenantFixture.acme, 429), (TenantFixture.globex, 200)] {
            let key = try await fixture.key(of: tenant)
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(await fixture.respond(.get, "/v1/me", as: key).status.code) }
            #expect(statuses == [200, 200, third], "\(tenant)")
        }
    }

    @Test func `are told the tenant that they belong to`() async throws {
        let fixture = try await TenantFixture()
        for tenant in TenantFixture.all {
            let me = await fixture.respond(.get, "/v1/me", as: try await fixture.key(of: tenant))
            #expect(try me.json["tenant"]?.text == tenant)
        }
    }

    @Test func `are waited for before the server is ready, which does not name them`() async throws {
        let fixture = try await TenantFixture()
        func ready() async -> APIResponse {
            await fixture.application.respond(
                to: APIRequest(method: .get, path: "/readyz", host: "millrace.example", id: "x"))
        }
        #expect(await ready().status == .ok)
        let house = try #require(fixture.houses[TenantFixture.acme]).base
        try house.index.remove(house.index.ids())
        let waiting = await ready()
        #expect(waiting.status == .serviceUnavailable)
        #expect(waiting.text.contains("of a tenant") && !waiting.text.contains(TenantFixture.acme))
    }

    @Test(arguments: StorageEngine.allCases)
    func `share one corpus where no tenants are named`(engine: StorageEngine) async throws {
        var base = try await ServerFixture(engine: engine)
        base.configuration = ServerConfiguration(host: "0.0.0.0")
        let keys = APIKeys(store: try await engine.workspace())
        base.identity = ServedIdentity(keys: keys)
        let secret = try await keys.create(
            KeyRequest(name: "k", principals: [.user("ada")], scopes: ["search"]), tenant: "initech",
            by: "test"
        ).secret.text
        let response = try await base.respond(
            .post, "/v1/search", json: #"{"query": "deploys"}"#, headers: [.apiKey: secret])
        #expect(response.status == .ok)
        #expect(response.text.contains("Deploy guide"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `do not come in by a door of another's, even were they sent there`(engine: StorageEngine)
        async throws
    {
        let fixture = try await TenantFixture(engine: engine)
        let house = try #require(fixture.application.houses[TenantFixture.acme])
        let response = await house.respond(
            to: APIRequest(
                method: .get, path: "/v1/me", host: "millrace.example",
                headers: [.apiKey: try await fixture.key(of: TenantFixture.globex)], peer: "203.0.113.9",
                id: "x"))
        #expect(response.status == .forbidden)
    }

    @Test(arguments: StorageEngine.allCases)
    func `open a socket by the handshake or by the first message, and find their own`(engine: StorageEngine)
        async throws
    {
        let fixture = try await TenantFixture(engine: engine)
        let key = try await fixture.key(of: TenantFixture.acme)
        let known = try await SocketTalk.open(fixture.application, [.apiKey: key])
        let late = try await SocketTalk.open(fixture.application)
        late.send(#"{"type": "authenticate", "token": "\#(key)"}"#)
        try await late.expect("authenticated")
        for talk in [known, late] {
            talk.send(#"{"type": "ask", "id": "own", "question": "where does the zanzibar live"}"#)
            let own = try await talk.untilEnd(of: "own")
            #expect(own.last?["type"] == .text("done"))
            #expect("\(own)".contains("garden of acme"))
            talk.send(#"{"type": "ask", "id": "other", "question": "where does the okapi live"}"#)
            #expect(!"\(try await talk.untilEnd(of: "other"))".contains("garden of globex"))
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `are closed out of an open socket when their key is revoked`(engine: StorageEngine) async throws {
        let fixture = try await TenantFixture(engine: engine)
        let made = try await fixture.keys.create(
            KeyRequest(name: "k", principals: [.user("ada")], scopes: ["ask"]), tenant: TenantFixture.acme,
            by: "test")
        let talk = try await SocketTalk.open(fixture.application, [.apiKey: made.secret.text])
        try await fixture.keys.revoke(key: made.key.id, tenant: TenantFixture.acme, by: "test")
        talk.send(#"{"type": "ask", "id": "q", "question": "where does the zanzibar live"}"#)
        // Either the message is refused or the socket is closed before it is read.
        let messages = try await talk.untilEnd(of: "q")
        #expect(!"\(messages)".contains("garden of acme"))
        #expect(messages.allSatisfy { $0["type"] == .text("problem") })
        talk.close()
    }

    @Test(arguments: TenantFixture.all, StorageEngine.allCases)
    func `keep their session when its cookie is changed for another`(tenant: String, engine: StorageEngine)
        async throws
    {
        let cookie = String(repeating: "c", count: 43)
        let clock = SetClock(Date(timeIntervalSince1970: 1_800_000_000))
        let fixture = try await TenantFixture(engine: engine) { store in
            SignIn(
                SignInConfiguration(
                    issuer: TokenIssuer(issuer: "https://issuer.example", audiences: ["millrace"]),
                    clientID: "millrace", publicURL: "https://millrace.example"),
                sessions: store, client: UnreachableHTTPClient(), seal: { $0 }, unseal: { $0 },
                now: { clock.now })
        }
        try await fixture.workspace.add(
            SignInSession(
                digest: SignIn.digest(cookie), tenant: tenant, principals: [.user("ada")], scopes: nil,
                createdAt: clock.now - 80_000, expiresAt: clock.now + 80_000, rotatedAt: clock.now - 80_000))
        func me(_ cookie: String) async -> APIResponse {
            await fixture.application.respond(
                to: APIRequest(
                    method: .get, path: "/v1/me", host: "millrace.example",
                    headers: [.cookie: "__Host-millrace=\(cookie)"], peer: "203.0.113.9", id: "x"))
        }
        let first = await me(cookie)
        #expect(first.status == .ok)
        let set = try #require(first.headers[.setCookie])
        let next = try #require(set.split(separator: "=").dropFirst().first?.split(separator: ";").first)
        #expect(String(next) != cookie)
        let second = await me(String(next))
        #expect(second.status == .ok)
        #expect(second.headers[.setCookie] == nil)
    }

    @Test func `are counted apart, and named to whoever runs the server alone`() async throws {
        let fixture = try await TenantFixture()
        let key = try await fixture.key(of: TenantFixture.acme)
        for _ in 0..<3 { _ = await fixture.respond(.get, "/v1/me", as: key) }
        let metrics = await fixture.application.respond(
            to: APIRequest(method: .get, path: "/metrics", host: "millrace.example", id: "x")
        ).text
        #expect(metrics.contains(#"millrace_tenant_http_requests_total{tenant="acme"} 3"#))
        #expect(metrics.contains(#"millrace_tenant_http_requests_total{tenant="globex"} 0"#))
        let index = await fixture.respond(.get, "/v1/index", as: key)
        #expect(index.status.code < 500)
        #expect(!index.text.contains("globex"))
    }
}
