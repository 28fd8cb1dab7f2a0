import Corpus
import Foundation
import HTTPTypes
import Ingest
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Ingest jobs over HTTP` {
    private func fixture() async throws -> JobFixture {
        try await JobFixture { corpus in [try LiveSource(corpus: corpus)] }
    }

    private func submit(
        _ fixture: JobFixture, _ scope: String, _ more: String = ""
    ) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/ingest/jobs", json: #"{"source": "confluence", "scope": \#(scope)\#(more)}"#)
    }

    @Test func `are accepted, carried out while the server answers, and say what they did`() async throws {
        let fixture = try await fixture()
        let accepted = try await submit(fixture, #"{"site": true}"#)
        #expect(accepted.status == .accepted)
        let id = try #require(try accepted.json["id"]?.text)
        #expect(accepted.headers[.location] == "/v1/ingest/jobs/\(id)")
        #expect(try accepted.json["state"] == .text("queued"))
        #expect(try await submit(fixture, #"{"site": true}"#).json["id"] == .text(id))
        try await fixture.runNext()
        let job = try await fixture.respond(.get, "/v1/ingest/jobs/\(id)").json
        #expect(job["state"] == .text("finished"))
        #expect(job["counts"]?["failed"] == .number(0))
        #expect((job["counts"]?["stored"]?.number ?? 0) >= 10)
        #expect(job["counts"]?["chunks"] == job["counts"]?["embedded"])
        // What was read is there for its readers alone.
        let page = try await fixture.respond(
            .get, "/v1/documents/14", headers: .principals("group:staff"))
        #expect(try page.json["title"] == .text("Runbook"))
        #expect(try await fixture.respond(.get, "/v1/documents/14").status == .notFound)
    }

    @Test func `read a space or a page alone, and can be dry`() async throws {
        let fixture = try await fixture()
        let dry = try await submit(fixture, #"{"space": "DOC"}"#, #", "dry_run": true"#)
        #expect(dry.status == .accepted)
        try await fixture.runNext()
        let id = try #require(try dry.json["id"]?.text)
        let planned = try await fixture.respond(.get, "/v1/ingest/jobs/\(id)").json["planned"]
        #expect(planned?.list.contains { $0["title"] == .text("Runbook") } == true)
        // A list of jobs has not what each of them found.
        let listed = try await fixture.respond(.get, "/v1/ingest/jobs").json["jobs"]?.list.first
        #expect(listed?["id"] == .text(id))
        #expect(listed?["planned"] == .null)
        #expect(listed?["plan"] != .null)
        let stored = try await fixture.base.corpus.ingestJobs(source: nil, states: [], before: nil, limit: 9)
        #expect(stored.count == 1 && stored.allSatisfy { $0.planned == nil })
        #expect(try await fixture.base.corpus.storedVersions().count == 3)
        _ = try await submit(fixture, #"{"space": "DOC"}"#)
        #expect(try await fixture.runNext()?.state == .finished)
        let documents = try await fixture.base.corpus.storedVersions().count
        #expect(documents > 10)
        _ = try await submit(fixture, #"{"page": "14"}"#)
        let page = try #require(try await fixture.runNext())
        #expect(page.state == .finished)
        #expect(page.counts.seen >= 1 && page.counts.failed == 0)
        #expect(try await fixture.base.corpus.storedVersions().count == documents)
        let other = try await submit(fixture, #"{"space": "OPEN"}"#)
        #expect(other.status == .unprocessableContent)
        #expect(try other.problem == "invalid-field")
    }

    @Test func `are followed by numbered events, from any position on`() async throws {
        let fixture = try await fixture()
        let id = try #require(try await submit(fixture, #"{"site": true}"#).json["id"]?.text)
        try await fixture.runNext()
        let target = "/v1/ingest/jobs/\(id)/events"
        let all = try await fixture.respond(.get, target).events()
        #expect(all.map { $0.data["position"] } == (0..<all.count).map { .number(Double($0)) })
        #expect(all.first?.name == "queued")
        #expect(all.last?.name == "finished")
        #expect(all.contains { $0.name == "progress" })
        let rest = try await fixture.respond(.get, target + "?from=2").events()
        #expect(rest.map(\.data) == all.dropFirst(2).map(\.data))
        let resumed = try await fixture.respond(
            .get, target + "?from=0", headers: [.lastEventID: "2"]
        ).events()
        #expect(resumed.map(\.data) == all.dropFirst(3).map(\.data))
        #expect(try await fixture.respond(.get, target + "?from=-1").problem == "invalid-parameter")
    }

    @Test func `are paused, resumed and cancelled, and refuse it once they have ended`() async throws {
        let fixture = try await fixture()
        let id = try #require(try await submit(fixture, #"{"site": true}"#).json["id"]?.text)
        func act(_ name: String) async throws -> APIResponse {
            try await fixture.respond(.post, "/v1/ingest/jobs/\(id)/\(name)")
        }
        #expect(try await act("pause").json["state"] == .text("paused"))
        #expect(try await fixture.runNext() == nil)
        #expect(try await act("resume").json["state"] == .text("queued"))
        #expect(try await act("cancel").json["state"] == .text("cancelled"))
        #expect(try await act("cancel").json["state"] == .text("cancelled"))
        let late = try await act("pause")
        #expect(late.status == .conflict)
        #expect(try late.problem == "wrong-state")
        for name in ["pause", "resume", "cancel"] {
            let absent = try await fixture.respond(.post, "/v1/ingest/jobs/none/\(name)")
            #expect(try absent.problem == "no-such-thing")
        }
    }

    @Test func `are listed newest first, by page, source and state`() async throws {
        let fixture = try await fixture()
        var ids: [String] = []
        for page in 1...5 {
            ids.append(
                try #require(try await submit(fixture, #"{"page": "\#(page)"}"#).json["id"]?.text))
        }
        var seen: [String] = []
        var next: String? = ""
        while let cursor = next {
            let page = try await fixture.respond(
                .get,
                "/v1/ingest/jobs?source=confluence&limit=2" + (cursor.isEmpty ? "" : "&cursor=\(cursor)")
            ).json
            seen += page["jobs"]?.list.compactMap { $0["id"]?.text } ?? []
            next = page["next"]?.text
        }
        #expect(seen == ids.reversed())
        let finished = try await fixture.respond(.get, "/v1/ingest/jobs?state=finished").json
        #expect(finished["jobs"]?.list == [])
        let odd = try await fixture.respond(.get, "/v1/ingest/jobs?state=odd")
        #expect(try odd.problem == "invalid-parameter")
    }

    @Test(arguments: [
        (#"{"source": "confluence"}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {}}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {"site": false}}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {"site": true, "space": "DOC"}}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {"space": ""}}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {"page": "1?x=2"}}"#, "invalid-field"),
        (#"{"source": "confluence", "scope": {"tree": "1"}}"#, "unknown-field"),
        (#"{"source": "confluence", "scope": {"site": true}, "dry": true}"#, "unknown-field"),
        (#"{"source": "other", "scope": {"site": true}}"#, "no-such-thing"),
    ])
    func `are refused for a body that says no one thing`(body: String, problem: String) async throws {
        let fixture = try await fixture()
        let response = try await fixture.respond(.post, "/v1/ingest/jobs", json: body)
        #expect(try response.problem == problem, "\(body): \(response.said)")
        #expect(try await fixture.runNext() == nil)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Uploads for ingest` {
    @Test func `of a space export are read as the command line reads it`() async throws {
        let fixture = try await JobFixture()
        var zip = ZipWriter()
        for name in ["entities.xml", "exportDescriptor.properties"] {
            zip.add(name, try Fixtures.data("space/\(name)"))
        }
        let accepted = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=space.zip", upload: zip.data,
            headers: [.contentType: "application/zip"])
        #expect(accepted.status == .accepted)
        #expect(try accepted.json["scope"]?["upload"] == .text("space.zip"))
        let ended = try #require(try await fixture.runNext())
        #expect(ended.state == .finished, "\(ended.reason ?? "")")
        #expect(ended.counts.stored > 20)
    }

    @Test func `of a document have the readers that are named, and no others`() async throws {
        let fixture = try await JobFixture()
        let text = Data("# Sailing\n\nHoist the spinnaker.".utf8)
        let missing = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=sailing.md", upload: text)
        #expect(try missing.problem == "invalid-parameter")
        #expect(try missing.json["field"] == .text("readers"))
        let accepted = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=sailing.md&readers=group:crew,%20user:ann", upload: text)
        #expect(accepted.status == .accepted)
        #expect(try await fixture.runNext()?.counts.stored == 1)
        let target = "/v1/documents/upload%3Asailing.md"
        for (principals, status) in [("group:crew", 200), ("user:ann", 200), ("user:bob", 404)] {
            let response = try await fixture.respond(.get, target, headers: .principals(principals))
            #expect(response.status.code == status, "\(principals)")
        }
        #expect(try await fixture.respond(.get, target).status == .notFound)
    }

    @Test func `are refused for what they are not`() async throws {
        let fixture = try await JobFixture()
        let text = Data("text".utf8)
        for (query, field) in [
            ("readers=anyone", "name"), ("name=a.exe&readers=anyone", "name"),
            ("name=a.zip&readers=anyone", "readers"), ("name=a.md&readers=nonsense", "readers"),
        ] {
            let response = try await fixture.respond(.post, "/v1/ingest/uploads?\(query)", upload: text)
            #expect(try response.problem == "invalid-parameter", "\(query)")
            #expect(try response.json["field"] == .text(field), "\(query)")
        }
        let typed = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=a.md&readers=anyone", upload: text,
            headers: [.contentType: "text/plain"])
        #expect(try ["unsupported-type", "origin-not-allowed"].contains(typed.problem))
        let large = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=a.md&readers=anyone",
            upload: Data(count: JobFixture.uploadLimitBytes + 1))
        #expect(large.status.code == 422)
        let noExport = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=a.zip", upload: Data("no archive".utf8))
        #expect(noExport.status == .accepted)
        let failed = try #require(try await fixture.runNext())
        #expect(failed.state == .failed)
        #expect(failed.reason?.isEmpty == false)
    }
}
