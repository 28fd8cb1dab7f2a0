import Confluence
import Corpus
import Foundation
import HTTPTypes
import Ingest
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Sources over HTTP` {
    /// A fixture over a live site.
    private func fixture(
        _ flavour: ConfluenceConfiguration.Flavour = .cloud, token: String = LiveSource.token
    ) async throws -> JobFixture {
        try await JobFixture { corpus in [try LiveSource(flavour, corpus: corpus, token: token)] }
    }

    @Test func `say what is read, from where, and how it stands`() async throws {
        let fixture = try await fixture()
        let before = try await fixture.respond(.get, "/v1/sources").json
        let empty = try #require(before["sources"]?.list.first)
        #expect(empty["last_sync"] == .null)
        #expect(empty["sync_seconds"] == .number(600))
        #expect(empty["documents"]?["page"] == .number(0))
        let posted = try await fixture.respond(
            .post, "/v1/ingest/jobs", json: #"{"source": "confluence", "scope": {"site": true}}"#)
        try await fixture.runNext()
        let response = try await fixture.respond(.get, "/v1/sources/confluence")
        let source = try response.json
        #expect(source["base_url"]?.text?.hasSuffix("/wiki") == true)
        #expect(source["spaces"]?["included"]?.list == [.text("DOC")])
        #expect(source["last_sync"]?["job"] == (try posted.json["id"]))
        #expect(source["last_sync"]?["state"] == .text("finished"))
        #expect(source["documents"]?["page"] == .number(5))
        #expect(source["documents"]?["blogPost"] == .number(1))
        #expect(source["failures"] == .number(0))
        #expect(!response.said.contains(LiveSource.token))
        #expect(!response.said.contains("crawler@example.com"))
        #expect(try await fixture.respond(.get, "/v1/sources/other").problem == "no-such-thing")
    }

    @Test(arguments: [ConfluenceConfiguration.Flavour.cloud, .dataCenter])
    func `are tried, and say who reads and what is seen`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let fixture = try await fixture(flavour)
        let good = try await fixture.respond(.post, "/v1/sources/confluence/test").json
        #expect(good["ok"] == .flag(true))
        #expect(good["account"]?.text?.contains("Ann Lee") == true)
        #expect((good["visible_spaces"]?.number ?? 0) >= 2)
    }

    @Test func `are tried in vain, and say what is wrong without the token`() async throws {
        let fixture = try await fixture(token: "wrong-token")
        let response = try await fixture.respond(.post, "/v1/sources/confluence/test")
        let bad = try response.json
        #expect(bad["ok"] == .flag(false))
        let step = try #require(bad["steps"]?.list.first)
        #expect(step["ok"] == .flag(false))
        #expect(step["message"]?.text?.contains("401") == true)
        #expect(!response.said.contains("wrong-token"))
        let spaces = try await fixture.respond(.get, "/v1/sources/confluence/spaces")
        #expect(spaces.status == .badGateway)
        #expect(!spaces.said.contains("wrong-token"))
    }

    @Test func `list the spaces that the account sees, and which are read`() async throws {
        let fixture = try await fixture()
        let spaces = try await fixture.respond(.get, "/v1/sources/confluence/spaces").json["spaces"]
        let chosen = spaces?.list.filter { $0["chosen"] == .flag(true) }.compactMap { $0["key"]?.text }
        #expect(chosen == ["DOC"])
        #expect(spaces?.list.contains { $0["key"] == .text("OPEN") } == true)
    }

    @Test func `list what failed, a page at a time`() async throws {
        let fixture = try await fixture()
        let failures = (1...5).map {
            IngestFailure(
                id: "p/\($0)", title: "Page \($0)", reason: "it is broken",
                failedAt: Date(timeIntervalSince1970: 0))
        }
        try await fixture.base.corpus.noteFailures(failures, of: "confluence", seen: [], isWhole: true)
        var seen: [String] = []
        var next: String? = ""
        while let cursor = next {
            let page = try await fixture.respond(
                .get,
                "/v1/sources/confluence/failures?limit=2" + (cursor.isEmpty ? "" : "&cursor=\(cursor)")
            ).json
            seen += page["failures"]?.list.compactMap { $0["id"]?.text } ?? []
            next = page["next"]?.text
        }
        #expect(seen == failures.map(\.id))
        let bad = try await fixture.respond(.get, "/v1/sources/confluence/failures?cursor=%21")
        #expect(try bad.problem == "invalid-parameter")
    }

    @Test func `and jobs are not there for whoever may only search and ask`() async throws {
        let fixture = try await fixture()
        let failure = IngestFailure(
            id: "77", title: "Salary bands", reason: "it is broken", failedAt: Date())
        try await fixture.base.corpus.noteFailures([failure], of: "confluence", seen: [], isWhole: true)
        let job = try await fixture.jobs.submit(source: "confluence", scope: .site)
        let asked: [(HTTPRequest.Method, String)] = [
            (.get, "/v1/sources"), (.get, "/v1/sources/confluence"), (.post, "/v1/sources/confluence/test"),
            (.get, "/v1/sources/confluence/spaces"), (.get, "/v1/sources/confluence/failures"),
            (.get, "/v1/ingest/jobs"), (.get, "/v1/ingest/jobs/\(job.id)"),
            (.get, "/v1/ingest/jobs/\(job.id)/events"), (.post, "/v1/ingest/jobs/\(job.id)/cancel"),
            (.post, "/v1/ingest/jobs/\(job.id)/pause"), (.delete, "/v1/documents/1"),
        ]
        for (method, target) in asked {
            let response = try await fixture.respond(
                method, target, scopes: [.search, .ask, .flows])
            #expect(response.status == .forbidden, "\(method) \(target)")
            for secret in ServerFixture.secrets + ["77", job.id, "DOC"] {
                #expect(!response.said.contains(secret), "\(target) tells \(secret)")
            }
        }
        #expect(try await fixture.jobs.job(job.id).state == .queued)
    }
}
