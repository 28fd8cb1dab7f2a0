import Corpus
import Foundation
import HTTPTypes
import Identity
import Models
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `What administrators see of the server` {
    private let fixture: JobFixture
    private let usage: UsageMeter

    init() async throws {
        var fixture = try await JobFixture()
        usage = UsageMeter(store: fixture.workspace, logger: fixture.base.log.logger)
        let setting = ServedSettings.Setting(
            key: "openai.key", value: "sk-hunter2", standard: "", origin: .environment,
            place: "MILLRACE_OPENAI_KEY", meaning: "a key", range: "", isSecret: true, isSet: true)
        fixture.administration = ServedAdministration(
            settings: ServedSettings(file: "millrace.yaml", settings: [setting]), usage: usage,
            members: fixture.base.corpus as? any MemberCatalog, sessions: fixture.workspace)
        self.fixture = fixture
    }

    @Test func `are settings without the values of secrets`() async throws {
        let response = try await fixture.respond(.get, "/v1/settings")
        let setting = try #require(try response.json["settings"]?.list.first)
        #expect(setting["key"] == .text("openai.key"))
        #expect(setting["value"] == .null)
        #expect(setting["is_set"] == .flag(true))
        #expect(setting["where"] == .text("MILLRACE_OPENAI_KEY"))
        #expect(!response.said.contains("hunter2"))
        let refused = try await fixture.respond(.get, "/v1/settings", scopes: [.search, .ingest])
        #expect(refused.status == .forbidden)
    }

    @Test func `is what was used, each caller's own for themselves`() async throws {
        for _ in 0..<3 { _ = try await fixture.respond(.get, "/v1/sources") }
        let mine = try await fixture.respond(.get, "/v1/usage?by=day,caller,key,model").json
        #expect(mine["total"]?["requests"] == .number(3))
        let row = try #require(mine["rows"]?.list.first)
        #expect(row["day"]?.text == mine["to"]?.text)
        #expect(row["key"] == .text(""))
        let other = RequestUsage()
        other.admitted(Owner(name: "user:bob"), key: "mr_1")
        other.answers()
        other.add(
            TokenUsage(inputTokens: 10, outputTokens: 5), of: "model",
            price: ModelPrice(input: 1, output: 2))
        usage.ended(other, .finished)
        let all = try await fixture.respond(.get, "/v1/usage?of=all&by=caller").json
        let bob = try #require(all["rows"]?.list.first { $0["caller"] == .text("user:bob") })
        #expect(bob["requests"] == .number(1))
        #expect(bob["answers"] == .number(1))
        #expect(bob["input_tokens"] == .number(10))
        #expect(bob["cost"]?.number == 20e-6)
        #expect(bob["day"] == .null)
        let own = try await fixture.respond(.get, "/v1/usage?by=caller").said
        #expect(!own.contains("bob"))
        let refused = try await fixture.respond(.get, "/v1/usage?of=all", scopes: [.search])
        #expect(refused.status == .forbidden)
    }

    @Test func `counts costs that are each less than a millionth of a dollar`() async throws {
        for _ in 0..<50 {
            let question = RequestUsage()
            question.admitted(Owner(name: "user:eve"), key: "")
            question.add(ModelUse(model: "titan", purpose: .question, tokens: 10), dollars: 2e-7)
            usage.ended(question, .finished)
        }
        let all = try await fixture.respond(.get, "/v1/usage?of=all&by=caller,model").json
        let eve = try #require(all["rows"]?.list.first { $0["caller"] == .text("user:eve") })
        #expect(eve["model"] == .text("titan"))
        #expect(eve["requests"] == .number(50))
        #expect(eve["input_tokens"] == .number(500))
        #expect(eve["cost"]?.number == 10e-6)
    }

    @Test(arguments: [
        "from=2026-02-30", "from=x", "to=2026-1-1", "by=", "by=day,hour", "of=everybody",
        "from=2026-01-01&to=2026-06-01", "from=2026-02-02&to=2026-02-01",
    ])
    func `is not asked for in words that say nothing`(query: String) async throws {
        let response = try await fixture.respond(.get, "/v1/usage?\(query)")
        #expect(try response.problem == "invalid-parameter")
    }

    @Test func `are users and groups with what they have and may read`() async throws {
        try await fixture.base.corpus.setMembers([.user("ann"), .user("bob")], of: .group("hr"))
        _ = try await APIKeys(store: fixture.workspace).create(
            KeyRequest(name: "k", principals: [.user("zoe")], scopes: ["search"], lifetime: nil), by: "test")
        try await fixture.workspace.add(
            SignInSession(
                id: "s1", digest: Data("d".utf8), principals: [.user("ann")], scopes: nil, createdAt: Date(),
                expiresAt: Date() + 3_600, rotatedAt: Date()))
        var names: [String] = []
        var next: String? = ""
        while let cursor = next {
            let page = try await fixture.respond(
                .get, "/v1/members?limit=2" + (cursor.isEmpty ? "" : "&cursor=\(cursor)")
            ).json
            names += page["members"]?.list.compactMap { $0["principal"]?.text } ?? []
            next = page["next"]?.text
        }
        #expect(names == ["group:hr", "user:ann", "user:bob", "user:zoe"])
        let found = try await fixture.respond(.get, "/v1/members?q=AN&kind=user").json["members"]
        #expect(found?.list.count == 1)
        #expect(found?.list.first?["sessions"] == .number(1))
        #expect(found?.list.first?["groups"] == .number(1))
        let ann = try await fixture.respond(.get, "/v1/members/user%3Aann").json
        #expect(ann["groups"]?.list == [.text("group:hr")])
        #expect(ann["readable"]?["documents"] == .number(3))
        #expect(ann["sessions"]?.list.first?["id"] == .text("s1"))
        let zoe = try await fixture.respond(.get, "/v1/members/user%3Azoe").json
        #expect(zoe["keys"]?.list.count == 1)
        #expect(zoe["readable"]?["documents"] == .number(2))
        for target in ["user%3Anobody", "anyone", "x"] {
            #expect(try await fixture.respond(.get, "/v1/members/\(target)").problem == "no-such-thing")
        }
        let refused = try await fixture.respond(.get, "/v1/members", scopes: [.search, .ingest])
        #expect(refused.status == .forbidden)
    }

    @Test func `are sessions, which they end`() async throws {
        for (id, user) in [("s1", "ann"), ("s2", "ann"), ("s3", "bob")] {
            try await fixture.workspace.add(
                SignInSession(
                    id: id, digest: Data(id.utf8), principals: [.user(user)], scopes: nil, createdAt: Date(),
                    expiresAt: Date() + 3_600, rotatedAt: Date()))
        }
        #expect(try await fixture.respond(.get, "/v1/sessions").json["sessions"]?.list.count == 3)
        #expect(try await fixture.respond(.delete, "/v1/sessions/s3").status == .noContent)
        #expect(try await fixture.respond(.delete, "/v1/sessions/s3").problem == "no-such-thing")
        let ended = try await fixture.respond(.delete, "/v1/members/user%3Aann/sessions").json
        #expect(ended["ended"] == .number(2))
        #expect(try await fixture.respond(.get, "/v1/sessions").json["sessions"]?.list.isEmpty == true)
        let acts = try await fixture.workspace.records(of: Owner.defaultTenant, before: nil, limit: 9)
        #expect(acts.map(\.act.act) == ["session.end", "session.end"])
    }
}

/// A corpus that cannot be asked.
private struct UnreachablePassages: PassageStore {
    func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        throw CorpusError.unavailable(server: "db", reason: "it is away")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A stream that shows passages` {
    @Test func `ends when the key or session has ended by which the caller was let in`() async throws {
        let fixture = try await ServerFixture()
        let watch = AccessWatch(corpus: fixture.corpus, scopes: fixture.corpus)
        let reader = Reader([.user("ann")])
        await #expect(throws: RequestFault.accessWithdrawn) {
            try await watch.watch(fixture.corpus.scope(for: reader), for: reader) { false }
        }
    }

    @Test func `goes on while the corpus cannot be asked, unless nothing else looks at what it shows`()
        async throws
    {
        let fixture = try await ServerFixture()
        let watch = AccessWatch(corpus: UnreachablePassages(), scopes: fixture.corpus)
        let reader = Reader([.user("ann")])
        try await watch.check(["1"], for: reader)
        await #expect(throws: CorpusError.self) {
            try await watch.check(["1"], for: reader, mustAnswer: true)
        }
    }

    @Test func `ends when one of them may not be read any more`() async throws {
        let fixture = try await ServerFixture()
        let watch = AccessWatch(corpus: fixture.corpus, scopes: fixture.corpus)
        let reader = Reader([.user("ann")])
        let scope = fixture.corpus.scope(for: reader)
        let shown: Set<String> = ["1"]
        scope.shows(shown)
        try await watch.check(shown, for: reader)
        try await fixture.corpus.setReaders(AccessRule(allOf: [[.group("hr")]]), ofDocument: "1")
        await #expect(throws: RequestFault.accessWithdrawn) { try await watch.check(shown, for: reader) }
        // Whoever is in the group reads on, until they leave it.
        try await fixture.corpus.setMembers([.user("ann")], of: .group("hr"))
        try await watch.check(shown, for: reader)
        try await fixture.corpus.setMembers([], of: .group("hr"))
        await #expect(throws: RequestFault.accessWithdrawn) {
            try await watch.watch(scope, for: reader)
        }
    }
}
