import Corpus
import Foundation
import HTTPTypes
import Ingest
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Sources that administrators add` {
    @Test func `begin as drafts that are tried, looked at and read by dry runs alone`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let made = try await fixture.respond(.post, "/v1/sources", json: JobFixture.body(site))
        #expect(made.status == .created)
        let id = try #require(try made.json["id"]?.text)
        #expect(made.headers[.location] == "/v1/sources/\(id)")
        #expect(made.headers[.eTag] == "\"1\"")
        let source = try made.json
        #expect(source["state"] == .text("draft"))
        #expect(source["origin"] == .text("api"))
        #expect(source["auth"]?["secret_set"] == .flag(true))
        #expect(source["options"]?["kinds"]?.list.count == 5)
        #expect(try await fixture.respond(.post, "/v1/sources/\(id)/test").json["ok"] == .flag(true))
        let spaces = try await fixture.respond(.get, "/v1/sources/\(id)/spaces").json["spaces"]
        #expect(spaces?.list.contains { $0["key"] == .text("OPEN") } == true)
        let refused = try await fixture.respond(
            .post, "/v1/ingest/jobs", json: #"{"source": "\#(id)", "scope": {"site": true}}"#)
        #expect(try refused.problem == "wrong-state")
        let posted = try await fixture.respond(
            .post, "/v1/ingest/jobs",
            json: #"{"source": "\#(id)", "scope": {"site": true}, "dry_run": true}"#)
        #expect(posted.status == .accepted)
        let before = try await fixture.base.corpus.storedVersions()
        try await fixture.runNext()
        let job = try #require(try posted.json["id"]?.text)
        let ended = try await fixture.respond(.get, "/v1/ingest/jobs/\(job)").json
        #expect(ended["state"] == .text("finished"))
        #expect((ended["plan"]?["requests"]?.number ?? 0) > 3)
        let space = try #require(ended["plan"]?["spaces"]?.list.first)
        #expect(space["key"] == .text("DOC"))
        #expect((space["added"]?.number ?? 0) >= 6)
        #expect(ended["planned"]?.list.first?["space"] == .text("DOC"))
        #expect(try await fixture.base.corpus.storedVersions() == before)
    }

    @Test func `never show their secret again`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let secret = "hunter2-hunter2"
        let id = try await fixture.add(JobFixture.body(site, secret: secret))
        _ = try await fixture.change(id, #"{"auth": {"secret": "\#(secret)-anew"}}"#)
        let asked = [
            "/v1/sources", "/v1/sources/\(id)", "/v1/sources/\(id)/failures", "/v1/ingest/jobs",
        ]
        for target in asked {
            #expect(try await !fixture.respond(.get, target).said.contains(secret), "\(target)")
        }
        let test = try await fixture.respond(.post, "/v1/sources/\(id)/test")
        #expect(try test.json["ok"] == .flag(false))
        #expect(!test.said.contains(secret))
        let acts = try await fixture.workspace.records(of: Owner.defaultTenant, before: nil, limit: 9)
        #expect(acts.map(\.act.act) == ["source.change", "source.create"])
        #expect(!"\(acts)".contains(secret))
        #expect(!"\(fixture.base.log.lines)".contains(secret))
        let kept = try await fixture.workspace.source(id)
        #expect(kept.secret.range(of: Data(secret.utf8)) == nil)
    }

    @Test func `are synced once they are enabled, and no more once they are not`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site))
        let enabled = try await fixture.change(id, #"{"enabled": true, "sync_minutes": 5}"#, tag: "\"1\"")
        #expect(enabled.status == .ok)
        #expect(enabled.headers[.eTag] == "\"2\"")
        try await fixture.runNext()
        let source = try await fixture.respond(.get, "/v1/sources/\(id)").json
        #expect(source["last_sync"]?["state"] == .text("finished"))
        #expect(source["documents"]?["page"] == .number(5))
        #expect(source["documents_by_space"]?.list.first?["key"] == .text("DOC"))
        // Whoever may read a page of a space is told its name.
        #expect(source["documents_by_space"]?.list.first?["name"] == nil)
        let seen = try await fixture.respond(
            .get, "/v1/sources/\(id)", headers: .principals("group:staff")
        ).json
        #expect(seen["documents_by_space"]?.list.first?["name"] == .text("Documentation"))
        #expect(source["synced_at"]?.text != nil)
        #expect(source["next_sync"]?.text != nil)
        #expect(source["sync_seconds"] == .number(300))
        let posted = try await fixture.respond(
            .post, "/v1/ingest/jobs", json: #"{"source": "\#(id)", "scope": {"site": true}}"#)
        let disabled = try await fixture.change(id, #"{"enabled": false}"#)
        #expect(try disabled.json["state"] == .text("disabled"))
        #expect(try disabled.json["next_sync"] == .null)
        let job = try #require(try posted.json["id"]?.text)
        #expect(try await fixture.respond(.get, "/v1/ingest/jobs/\(job)").json["state"] == .text("cancelled"))
    }

    @Test func `are changed only by whoever says which version they change`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site))
        let target = "/v1/sources/\(id)"
        let json = #"{"name": "Other"}"#
        #expect(try await fixture.respond(.patch, target, json: json).problem == "precondition-required")
        #expect(try await fixture.change(id, json, tag: "\"1\"").status == .ok)
        let late = try await fixture.change(id, json, tag: "\"1\"")
        #expect(late.status == .preconditionFailed)
        #expect(try await fixture.change("none", json).problem == "no-such-thing")
    }

    @Test(arguments: [
        (#"{"name": ""}"#, "invalid-field"), (#"{"kind": "cloud"}"#, "unknown-field"),
        (#"{"sync_minutes": -1}"#, "invalid-field"), (#"{"spaces": {"included": ["A/B"]}}"#, "invalid-field"),
        (#"{"options": {"pages": ["x"]}}"#, "invalid-field"),
        (#"{"options": {"kinds": ["attachments"]}}"#, "invalid-field"),
        (#"{"options": {"created_since": "soon"}}"#, "invalid-field"),
        (#"{"options": {"other": 1}}"#, "unknown-field"), (#"{"auth": {"secret": ""}}"#, "invalid-field"),
        (#"{"auth": {"type": "basic", "secret": "x"}}"#, "invalid-field"),
        (#"{"auth": {"type": "basic", "email": "a:b", "secret": "x"}}"#, "invalid-field"),
        (#"{"permissions": "none"}"#, "invalid-field"), (#"{"name": "a\nb"}"#, "invalid-field"),
    ])
    func `refuse what no source can be, and stay as they are`(json: String, problem: String) async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site))
        #expect(try await fixture.change(id, json).problem == problem)
        #expect(try await fixture.workspace.source(id).revision == 1)
    }

    @Test func `have addresses that they may have, and names of their own`() async throws {
        let (fixture, site) = try await JobFixture.withSources(allowing: [])
        let refused = try await fixture.respond(.post, "/v1/sources", json: JobFixture.body(site))
        #expect(try refused.problem == "invalid-field")
        #expect(refused.said.contains("sources.allow_private_addresses"))
        let (open, other) = try await JobFixture.withSources()
        _ = try await open.add(JobFixture.body(other))
        let again = try await open.respond(.post, "/v1/sources", json: JobFixture.body(other))
        #expect(try again.problem == "name-taken")
        let verified = try await open.respond(
            .post, "/v1/sources",
            json: JobFixture.body(other, name: "DC", more: #", "permissions": "verify""#)
                .replacing(#""cloud""#, with: #""data_center""#))
        #expect(try verified.problem == "invalid-field")
    }

    @Test func `take the documents out of a space that they leave out`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site, spaces: #"["DOC", "OPEN"]"#))
        _ = try await fixture.change(id, #"{"enabled": true}"#)
        try await fixture.runNext()
        let corpus = fixture.base.corpus
        #expect(try await !corpus.documentIDs(inSpace: "OPEN").isEmpty)
        _ = try await fixture.change(id, #"{"spaces": {"included": ["DOC"]}}"#)
        _ = try await fixture.jobs.submit(source: id, scope: .site)
        let job = try #require(try await fixture.runNext())
        #expect(job.state == .finished)
        #expect(try await corpus.documentIDs(inSpace: "OPEN").isEmpty)
        #expect(try await !corpus.documentIDs(inSpace: "DOC").isEmpty)
    }

    @Test func `are deleted with what is stored of them, or without`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let corpus = fixture.base.corpus
        let first = try await fixture.add(JobFixture.body(site))
        _ = try await fixture.change(first, #"{"enabled": true}"#)
        try await fixture.runNext()
        let target = "/v1/sources/\(first)"
        #expect(try await fixture.respond(.delete, target).problem == "invalid-parameter")
        #expect(try await fixture.respond(.delete, target + "?documents=keep").status == .noContent)
        #expect(try await fixture.respond(.get, target).problem == "no-such-thing")
        let kept = try await corpus.documentIDs(inSpace: "DOC")
        #expect(!kept.isEmpty)
        // Another one takes them over.
        let second = try await fixture.add(JobFixture.body(site, name: "Anew"))
        _ = try await fixture.change(second, #"{"enabled": true}"#)
        #expect(try await fixture.runNext()?.counts.failed == 0)
        let deleted = try await fixture.respond(.delete, "/v1/sources/\(second)?documents=remove")
        #expect(deleted.status == .accepted)
        #expect(try deleted.json["scope"]?["removal"] == .flag(true))
        let state = try await fixture.respond(.get, "/v1/sources/\(second)").json["state"]
        #expect(state == .text("removing"))
        #expect(try await fixture.runNext()?.state == .finished)
        #expect(try await corpus.documentIDs(inSpace: "DOC").isEmpty)
        #expect(try await fixture.respond(.get, "/v1/sources/\(second)").problem == "no-such-thing")
        #expect(try await fixture.workspace.sources().isEmpty)
        #expect(try await corpus.storedVersions().count == 3)
    }

    @Test func `are read by the next process, too`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site))
        let sources = try #require(fixture.sources)
        // As in a process that has just begun: it is kept, and nothing of it is known.
        sources.uninstall(id)
        #expect(fixture.jobs.sources.isEmpty)
        try await sources.load()
        #expect(fixture.jobs.sources.map(\.id) == [id])
    }

    @Test func `are nothing for whoever may only ingest`() async throws {
        let (fixture, site) = try await JobFixture.withSources()
        let id = try await fixture.add(JobFixture.body(site))
        let scopes: Set<Scope> = [.search, .ask, .flows, .ingest]
        let asked: [(HTTPRequest.Method, String, String?)] = [
            (.post, "/v1/sources", JobFixture.body(site, name: "Mine")),
            (.patch, "/v1/sources/\(id)", #"{"enabled": true}"#),
            (.delete, "/v1/sources/\(id)?documents=remove", nil),
        ]
        for (method, target, json) in asked {
            let response = try await fixture.respond(
                method, target, json: json, headers: [.ifMatch: "*"], scopes: scopes)
            #expect(response.status == .forbidden, "\(method) \(target)")
        }
        #expect(try await fixture.workspace.sources().map(\.state) == [.draft])
    }
}

@Suite struct `Reasons of failures` {
    @Test func `are told once for all documents that fail alike`() {
        let reasons = [
            "GET /wiki/api/v2/pages/1234567 answered 403", "GET /wiki/api/v2/pages/7654321 answered 403",
            "the source “A” has a document of that id", "the source “B” has a document of that id",
            "GET /wiki/api/v2/pages/1234567 answered 500",
        ]
        let folded = reasons.map { IngestFailureReason.folded($0) }
        #expect(folded[0] == folded[1] && folded[2] == folded[3] && folded[0] != folded[4])
        #expect(folded[0] == "GET /wiki/api/v2/pages/… answered 403")
        #expect(folded[2] == "the source “…” has a document of that id")
    }
}
