import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Testing
import TextIndex
import VectorIndex

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Documents over HTTP` {
    private static let hr = HTTPFields.principals("user:hana, group:hr")

    private func ids(_ response: APIResponse) throws -> [String] {
        try response.json["documents"]?.list.compactMap { $0["id"]?.text } ?? []
    }

    @Test func `are listed by id, as far as the caller may read them`() async throws {
        let fixture = try await JobFixture()
        #expect(try ids(try await fixture.respond(.get, "/v1/documents")) == ["1", "3"])
        let hana = try await fixture.respond(.get, "/v1/documents", headers: Self.hr)
        #expect(try ids(hana) == ["1", "2", "3"])
        var seen: [String] = []
        var next: String? = ""
        while let cursor = next {
            let page = try await fixture.respond(
                .get, "/v1/documents?limit=1" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"), headers: Self.hr)
            seen += try ids(page)
            next = try page.json["next"]?.text
        }
        #expect(seen == ["1", "2", "3"])
    }

    @Test(arguments: [
        ("space=HR", ["2"]), ("space=ENG", ["1", "3"]), ("space=ENG,HR", ["1", "2", "3"]),
        ("kind=blogPost", ["3"]), ("kind=page,blogPost", ["1", "2", "3"]), ("label=deploy", ["1"]),
        ("label=deploy,compensation", ["1", "2"]), ("updated_after=2025-01-01", ["1"]),
        ("updated_after=2030-01-01T00:00:00Z", []), ("space=HR&kind=blogPost", []),
    ])
    func `are filtered`(query: String, expected: [String]) async throws {
        let fixture = try await JobFixture()
        let response = try await fixture.respond(.get, "/v1/documents?\(query)", headers: Self.hr)
        #expect(try ids(response) == expected)
    }

    @Test(arguments: ["kind=odd", "updated_after=soon", "cursor=%21%21", "limit=0", "limit=501"])
    func `are not listed for a parameter that says nothing`(query: String) async throws {
        let fixture = try await JobFixture()
        #expect(
            try await fixture.respond(.get, "/v1/documents?\(query)").problem == "invalid-parameter")
    }

    @Test func `say what they are, with their text where it is asked for`() async throws {
        let fixture = try await JobFixture()
        let document = try await fixture.respond(.get, "/v1/documents/1").json
        #expect(document["title"] == .text("Deploy guide"))
        #expect(document["space_key"] == .text("ENG"))
        #expect(document["space_name"] == .text("Engineering"))
        #expect(document["author"] == .text("Lena Fischer"))
        #expect(document["url"] == .text("https://wiki.example/1"))
        #expect(document["labels"]?.list == [.text("deploy")])
        #expect(document["ancestors"]?.list.first?["title"] == .text("Runbooks"))
        #expect(document["chunk_count"] == .number(1))
        #expect(document["text"] == nil)
        let full = try await fixture.respond(.get, "/v1/documents/1?text=true").json
        #expect(full["text"]?.text?.hasPrefix("Deploys happen") == true)
        #expect(full["text_is_cut"] == .flag(false))
        let chunks = try await fixture.respond(.get, "/v1/documents/1/chunks").json
        #expect(chunks["chunks"]?.list.first?["text"]?.text?.hasPrefix("Deploys happen") == true)
        #expect(chunks["next"] == .null)
    }

    @Test func `cut a text that is too long between two characters`() throws {
        var document = StoredDocumentDocument(
            DocumentDescription(
                id: "1", kind: .page, spaceKey: "A", spaceName: "A", title: "", version: 1, ancestors: [],
                labels: [], author: nil, updatedAt: nil, url: nil, chunkCount: 0))
        document.take("aé🚀z", limitBytes: 5)
        #expect(document.text == "aé")
        #expect(document.textIsCut == true)
        document.take("aé🚀z", limitBytes: 8)
        #expect(document.text == "aé🚀z")
        #expect(document.textIsCut == false)
    }

    @Test func `that may not be read are as those that are not there`() async throws {
        let fixture = try await JobFixture()
        for path in ["", "?text=true", "/chunks", "/access"] {
            for principals in [nil, "user:lena", "group:engineering", "user:hr", "group:HR"] {
                let headers: HTTPFields = principals.map { .principals($0) } ?? [:]
                let hidden = try await fixture.respond(.get, "/v1/documents/2\(path)", headers: headers)
                let absent = try await fixture.respond(.get, "/v1/documents/4\(path)", headers: headers)
                #expect(hidden.status == .notFound)
                #expect(hidden.said == absent.said.replacing("“4”", with: "“2”"))
            }
            let shown = try await fixture.respond(.get, "/v1/documents/2\(path)", headers: Self.hr)
            #expect(shown.status == .ok)
        }
        let deleted = try await fixture.respond(.delete, "/v1/documents/2")
        let never = try await fixture.respond(.delete, "/v1/documents/4")
        #expect(deleted.said == never.said.replacing("“4”", with: "“2”"))
        #expect(try await fixture.base.corpus.storedDocument(id: "2") != nil)
    }

    @Test func `tell a reader without rights no title, count or id of a hidden one`() async throws {
        let fixture = try await JobFixture()
        for query in ["", "?space=HR", "?label=compensation", "?limit=2", "?limit=1", "?kind=page"] {
            let response = try await fixture.respond(.get, "/v1/documents\(query)")
            #expect(response.status == .ok)
            for secret in ServerFixture.secrets {
                #expect(!response.said.contains(secret), "\(query) tells \(secret)")
            }
            #expect(try !ids(response).contains("2"))
        }
        // A page that is full because of what may be read leads to one that holds nothing of the rest.
        let page = try await fixture.respond(.get, "/v1/documents?limit=2").json
        let cursor = try #require(page["next"]?.text)
        let last = try await fixture.respond(.get, "/v1/documents?limit=2&cursor=\(cursor)").json
        #expect(last["documents"]?.list == [])
        #expect(last["next"] == .null)
    }

    @Test func `are removed from the database and from both indexes`() async throws {
        let fixture = try await JobFixture()
        let before = fixture.base.index.count
        let response = try await fixture.respond(.delete, "/v1/documents/1")
        #expect(response.status == .noContent)
        #expect(try await fixture.base.corpus.storedDocument(id: "1") == nil)
        #expect(fixture.base.index.count == before - 1)
        #expect(fixture.base.words.ids().count == before - 1)
        let search = try await fixture.base.respond(
            .post, "/v1/search", json: #"{"query": "release train", "mode": "keyword"}"#)
        #expect(try search.json["count"] == .number(0))
        #expect(try await fixture.respond(.get, "/v1/documents/1").status == .notFound)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Who may read a document` {
    private func fixture(_ engine: StorageEngine) async throws -> JobFixture {
        let fixture = try await JobFixture(engine: engine)
        let rule = AccessRule(allOf: [[.group("hr"), .user("ann")], [.signedIn]])
        try await fixture.base.put(
            Document(
                id: "20", kind: .page, spaceKey: "HR", title: "Leave", text: "Leave is granted.",
                readers: rule))
        try await fixture.base.corpus.setMembers([.user("bob")], of: .group("hr"))
        return fixture
    }

    @Test(arguments: StorageEngine.allCases)
    func `is told to its readers, with what each condition holds by`(engine: StorageEngine) async throws {
        let fixture = try await fixture(engine)
        let ann = try await fixture.respond(
            .get, "/v1/documents/20/access", headers: .principals("user:ann")
        ).json
        #expect(ann["may_read"] == .flag(true))
        let own = try #require(
            ann["conditions"]?.list.first { $0["any_of"]?.list.contains(.text("user:ann")) == true })
        #expect(own["held_by"] == .text("user:ann"))
        #expect(own["by_membership"] == .flag(false))
        let bob = try await fixture.respond(
            .get, "/v1/documents/20/access", headers: .principals("user:bob")
        ).json
        let member = try #require(
            bob["conditions"]?.list.first { $0["any_of"]?.list.contains(.text("user:ann")) == true })
        #expect(member["held_by"] == .text("group:hr"))
        #expect(member["by_membership"] == .flag(true))
        #expect(member["explanation"]?.text?.contains("as a member of the group hr") == true)
        let open = try await fixture.respond(.get, "/v1/documents/1/access").json
        #expect(open["conditions"]?.list == [])
        #expect(open["summary"]?.text?.hasPrefix("Everybody") == true)
    }

    @Test(arguments: StorageEngine.allCases)
    func `is told of others to administrators alone`(engine: StorageEngine) async throws {
        let fixture = try await fixture(engine)
        let target = "/v1/documents/20/access?as=user:cat"
        let cat = try await fixture.respond(.get, target, headers: .principals("user:ann")).json
        #expect(cat["may_read"] == .flag(false))
        #expect(cat["reader"]?.list.contains(.text("user:cat")) == true)
        let missing = cat["conditions"]?.list.filter { $0["holds"] == .flag(false) } ?? []
        #expect(missing.count == 1)
        #expect(missing.first?["held_by"] == .null)
        #expect(missing.first?["explanation"]?.text?.contains("does not hold") == true)
        let refused = try await fixture.respond(
            .get, target, headers: .principals("user:ann"), scopes: [.search])
        #expect(refused.status == .forbidden)
        let bad = try await fixture.respond(
            .get, "/v1/documents/20/access?as=cat", headers: .principals("user:ann"))
        #expect(try bad.problem == "invalid-parameter")
    }
}
