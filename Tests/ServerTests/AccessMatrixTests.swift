import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Identity
import TestSupport
import Testing
import VectorCollections
import Workspace

@testable import Server

/// Every operation, asked by every kind of caller who may not use it: one list makes both, so that a new operation is
/// in it by itself.
@Suite(.timeLimit(.minutes(5))) struct `Who may do what` {
    /// Somebody at the door.
    private struct Kind {
        var name: String
        var headers: HTTPFields
        var peer: String? = "203.0.113.9"
        /// What this caller may do; `nil` for one who is let in nowhere.
        var scopes: Set<Scope>?
    }

    private static func bearer(_ text: String) -> HTTPFields { [.authorization: "Bearer \(text)"] }

    private func kinds(_ keys: APIKeys) async throws -> [Kind] {
        func key(_ scopes: Set<Scope>, lifetime: Duration? = nil) async throws -> (
            secret: APIKeySecret, key: APIKey
        ) {
            try await keys.create(
                KeyRequest(
                    name: "k", principals: [.user("ada")], scopes: Set(scopes.map(\.rawValue)),
                    lifetime: lifetime), by: "test")
        }
        let revoked = try await key(Set(Scope.allCases))
        try await keys.revoke(key: revoked.key.id, by: "test")
        let expired = try await key(Set(Scope.allCases), lifetime: .zero)
        let good = try await key(Set(Scope.allCases)).secret.text
        let none = ["alg": "none"], claims = ["sub": "root"]
        let forged =
            try [none, claims].map { try JSONEncoder().encode($0).base64EncodedString() }
            .joined(separator: ".").replacing("=", with: "") + "."
        var kinds = [
            Kind(name: "nobody", headers: [:]),
            Kind(name: "nobody on this machine", headers: [:], peer: "127.0.0.1"),
            Kind(name: "a connection without an address", headers: [:], peer: nil),
            Kind(name: "the principals header", headers: [.principals: "user:root"], peer: "127.0.0.1"),
            Kind(name: "an empty bearer token", headers: Self.bearer("")),
            Kind(name: "a bearer token of somebody else's", headers: Self.bearer("sk-1234567890")),
            Kind(name: "Basic", headers: [.authorization: "Basic cm9vdDpyb290"]),
            Kind(name: "an unsigned token", headers: Self.bearer(forged)),
            Kind(name: "an invented key", headers: [.apiKey: APIKeySecret().text]),
            Kind(name: "half a key", headers: [.apiKey: String(good.prefix(20))]),
            Kind(name: "a key's name alone", headers: [.apiKey: String(good.prefix(11))]),
            Kind(name: "a key with a letter more", headers: [.apiKey: good + "a"]),
            Kind(name: "a revoked key", headers: [.apiKey: revoked.secret.text]),
            Kind(name: "an expired key", headers: Self.bearer(expired.secret.text)),
            Kind(
                name: "two keys", headers: [.apiKey: good, .authorization: "Bearer \(APIKeySecret().text)"]),
            Kind(name: "a header that proxies send", headers: [try Self.forwardedUser: "root"]),
            Kind(name: "a key of no scope", headers: [.apiKey: try await key([]).secret.text], scopes: []),
        ]
        for scope in Scope.allCases {
            let all = Set(Scope.allCases).subtracting([scope])
            kinds.append(
                Kind(
                    name: "a key of \(scope) alone", headers: [.apiKey: try await key([scope]).secret.text],
                    scopes: [scope]))
            kinds.append(
                Kind(
                    name: "a key of all but \(scope)", headers: Self.bearer(try await key(all).secret.text),
                    scopes: all))
        }
        return kinds
    }

    private static var forwardedUser: HTTPField.Name {
        get throws { try #require(HTTPField.Name("X-Forwarded-User")) }
    }

    private func fixture(
        _ engine: StorageEngine
    ) async throws -> (application: Application, keys: APIKeys) {
        let jobs = try await JobFixture(engine: engine)
        let fixture = jobs.base
        let keys = APIKeys(store: jobs.workspace)
        var flows = fixture.flows
        flows.uploads = ResumableUploads(
            folder: jobs.folder.url.appendingPathComponent("unfinished"),
            limits: .init(bytesPerOwner: 1 << 20), logger: fixture.log.logger)
        let application = Application(
            qa: try fixture.qa(), corpus: fixture.corpus, indexCount: { 0 }, flows: flows,
            configuration: ServerConfiguration(host: "0.0.0.0"), logger: fixture.log.logger, version: "1",
            identity: ServedIdentity(keys: keys, audit: jobs.workspace),
            ingest: ServedIngest(jobs: jobs.jobs, store: fixture.corpus, feedback: jobs.workspace),
            collections: try VectorCollections.open(
                at: jobs.folder.url.appendingPathComponent("collections")),
            index: try .empty(beside: fixture),
            evaluations: EvaluationJobs(
                store: jobs.workspace, qa: try fixture.qa(), scopes: fixture.corpus,
                logger: fixture.log.logger)
        )
        return (application, keys)
    }

    private func path(_ operation: Server.Operation) -> String {
        operation.path.replacing(/\{[^}]*\}/) { _ in "00000000-0000-4000-8000-000000000000" }
    }

    @Test(arguments: StorageEngine.allCases)
    func `no operation answers a caller who may not use it`(engine: StorageEngine) async throws {
        let (application, keys) = try await fixture(engine)
        let kinds = try await kinds(keys)
        var cases = 0
        for operation in application.router.operations {
            let needed: Scope?
            switch operation.access {
            case .open, .signature: continue
            case .caller: needed = nil
            case .scope(let scope): needed = scope
            }
            for kind in kinds {
                if let scopes = kind.scopes, needed.map(scopes.contains) ?? true { continue }
                var headers = kind.headers
                headers[.contentType] = "application/json"
                let response = await application.respond(
                    to: APIRequest(
                        method: operation.method, path: path(operation), host: "millrace.example",
                        headers: headers, body: Data("{}".utf8), peer: kind.peer, id: "x"))
                cases += 1
                let isUnknown = kind.scopes == nil
                let expected = isUnknown ? (kind.headers[.principals] == nil ? 401 : 403) : 403
                #expect(response.status.code == expected, "\(operation.id) for \(kind.name)")
                if expected == 401 {
                    let challenge = response.headers[.wwwAuthenticate] ?? ""
                    #expect(challenge.hasPrefix("Bearer "), "\(operation.id) for \(kind.name)")
                }
                let text = String(decoding: response.data ?? Data(), as: UTF8.self)
                for secret in ServerFixture.secrets { #expect(!text.contains(secret)) }
            }
        }
        #expect(cases >= 2_000, "\(cases) cases")
    }

    @Test(arguments: StorageEngine.allCases)
    func `every operation lets in a caller who may use it`(engine: StorageEngine) async throws {
        let (application, keys) = try await fixture(engine)
        for operation in application.router.operations {
            let scopes: Set<String>
            switch operation.access {
            case .open, .signature: continue
            case .caller: scopes = []
            case .scope(let scope): scopes = [scope.rawValue]
            }
            let secret = try await keys.create(
                KeyRequest(name: "k", principals: [.user("ada")], scopes: scopes), by: "test"
            ).secret
            let response = await application.respond(
                to: APIRequest(
                    method: operation.method, path: path(operation), host: "millrace.example",
                    headers: [.apiKey: secret.text, .contentType: "application/json"], body: Data("{}".utf8),
                    peer: "203.0.113.9", id: "x"))
            #expect(![401, 403, 500].contains(response.status.code), "\(operation.id): \(response.status)")
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page of Confluence's is found with a key of who may read it, and with no other`(
        engine: StorageEngine
    ) async throws {
        let (application, keys) = try await fixture(engine)
        func found(_ principals: Set<Principal>) async throws -> Bool {
            let secret = try await keys.create(
                KeyRequest(name: "k", principals: principals, scopes: ["search"]), by: "test"
            ).secret
            let response = await application.respond(
                to: APIRequest(
                    method: .post, path: "/v1/search", host: "millrace.example",
                    headers: [.apiKey: secret.text, .contentType: "application/json"],
                    body: Data(#"{"query": "salary bands compensation"}"#.utf8), peer: "203.0.113.9", id: "x")
            )
            #expect(response.status == .ok)
            return String(decoding: response.data ?? Data(), as: UTF8.self).contains("Salary")
        }
        #expect(try await found([.group("hr")]))
        #expect(try await !found([.group("engineering"), .user("hr")]))
        #expect(try await !found([]))
    }

    @Test(arguments: StorageEngine.allCases)
    func `keys are made, used, rotated and revoked by their own operations`(engine: StorageEngine)
        async throws
    {
        let (application, keys) = try await fixture(engine)
        let admin = try await keys.create(
            KeyRequest(name: "admin", principals: [.user("root")], scopes: ["admin"]), by: "test"
        ).secret.text
        func send(
            _ method: HTTPRequest.Method, _ path: String, _ body: String = "{}", key: String
        ) async throws -> APIResponse {
            let response = await application.respond(
                to: APIRequest(
                    method: method, path: path, host: "millrace.example",
                    headers: [.apiKey: key, .contentType: "application/json"], body: Data(body.utf8),
                    peer: "203.0.113.9", id: "x"))
            let match = try application.router.match(method: method, path: path)
            try ContractCheck.check(response, of: match.operation)
            return response
        }
        let made = try await send(
            .post, "/v1/keys", #"{"name": "bot", "scopes": ["search"], "principals": ["group:hr"]}"#,
            key: admin)
        #expect(made.status == .created)
        let secret = try #require(try made.json["secret"]?.text)
        let id = try #require(try made.json["key"]?["id"]?.text)
        let me = try await send(.get, "/v1/me", key: secret).json
        #expect(me["scopes"] == .list([.text("search")]))
        #expect(me["anonymous"] == .flag(false))
        let rotated = try await send(.post, "/v1/keys/\(id)/rotate", #"{"overlap_hours": 0}"#, key: admin)
        #expect(rotated.status == .created)
        #expect(try await send(.get, "/v1/me", key: secret).status == .unauthorized)
        let next = try #require(try rotated.json["secret"]?.text)
        #expect(try await send(.get, "/v1/me", key: next).status == .ok)
        let nextID = try #require(try rotated.json["key"]?["id"]?.text)
        #expect(try await send(.delete, "/v1/keys/\(nextID)", key: admin).status == .ok)
        #expect(try await send(.get, "/v1/me", key: next).status == .unauthorized)
        #expect(try await send(.delete, "/v1/keys/mr_aaaaaaaa", key: admin).status == .notFound)
        let listed = try await send(.get, "/v1/keys", key: admin)
        #expect(!String(decoding: listed.data ?? Data(), as: UTF8.self).contains(next))
        for wrong in [
            #"{"name": "", "scopes": ["search"]}"#, #"{"name": "x", "scopes": ["root"]}"#,
            #"{"name": "x", "scopes": []}"#, #"{"name": "x"}"#,
            #"{"name": "x", "scopes": ["search"], "expires_in_days": 0}"#,
            #"{"name": "x", "scopes": ["search"], "secret": "mine"}"#,
        ] {
            #expect(try await send(.post, "/v1/keys", wrong, key: admin).status == .unprocessableContent)
        }
        let audit = try await send(.get, "/v1/audit", key: admin)
        let text = String(decoding: audit.data ?? Data(), as: UTF8.self)
        #expect(text.contains("key.rotated") && text.contains("key.revoked") && !text.contains(next))
        #expect(try await send(.get, "/v1/audit/verify", key: admin).json["broken_at"] == .null)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a limit of requests a minute is told with each response and kept`(engine: StorageEngine)
        async throws
    {
        let (application, keys) = try await fixture(engine)
        let secret = try await keys.create(
            KeyRequest(name: "slow", principals: [], scopes: ["search"], requestsPerMinute: 2), by: "test"
        ).secret.text
        var statuses: [Int] = []
        for _ in 0..<3 {
            let response = await application.respond(
                to: APIRequest(
                    method: .get, path: "/v1/me", host: "millrace.example", headers: [.apiKey: secret],
                    peer: "203.0.113.9", id: "x"))
            statuses.append(response.status.code)
            #expect(response.headers[.rateLimitPolicy] == "\"requests\";q=2;w=60")
            #expect(response.headers[.rateLimit]?.contains(";r=") == true)
            if response.status.code == 429 { #expect(response.headers[.retryAfter] != nil) }
        }
        #expect(statuses == [200, 200, 429])
    }

    @Test func `a key's limit is its own, whatever its owner's other keys ask`() async throws {
        let (application, keys) = try await fixture(.sqlite)
        var secrets: [String] = []
        for limit in [2, 100] {
            let request = KeyRequest(
                name: "one of two", principals: [.user("ada")], scopes: ["search"], requestsPerMinute: limit)
            secrets.append(try await keys.create(request, by: "test").secret.text)
        }
        func statuses(_ secret: String, _ count: Int) async -> [Int] {
            var statuses: [Int] = []
            for _ in 0..<count {
                let response = await application.respond(
                    to: APIRequest(
                        method: .get, path: "/v1/me", host: "millrace.example", headers: [.apiKey: secret],
                        peer: "203.0.113.9", id: "x"))
                statuses.append(response.status.code)
            }
            return statuses
        }
        #expect(await statuses(secrets[1], 10) == Array(repeating: 200, count: 10))
        #expect(await statuses(secrets[0], 3) == [200, 200, 429])
        #expect(await statuses(secrets[1], 10) == Array(repeating: 200, count: 10))
        #expect(await statuses(secrets[0], 1) == [429])
    }
}
