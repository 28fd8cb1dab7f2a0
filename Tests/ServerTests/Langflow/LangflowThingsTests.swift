import Corpus
import FlowService
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Projects as Langflow's clients keep them` {
    private static let absent = "00000000-0000-4000-8000-000000000000"

    private func make(_ fixture: ServerFixture, _ body: String = #"{"name": "Docs"}"#) async throws -> String
    {
        let response = try await fixture.respond(.post, "/api/v1/projects/", json: body, headers: .ada)
        #expect(response.status == .created)
        return try #require(try response.json["id"]?.text)
    }

    @Test(arguments: ["projects", "folders"])
    func `are made, read with their flows, renamed and deleted`(kind: String) async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let id = try await make(
            fixture, #"{"name": "Docs", "description": "d", "flows_list": ["\#(flow)"]}"#)
        let path = "/api/v1/\(kind)/\(id)"
        let read = try await fixture.respond(.get, path, headers: .ada).json
        #expect(read["name"] == .text("Docs"))
        #expect(read["flows"]?.list.compactMap { $0["id"]?.text } == [flow])
        let renamed = try await fixture.respond(.patch, path, json: #"{"name": "Papers"}"#, headers: .ada)
        #expect(try renamed.json["name"] == .text("Papers"))
        #expect(try renamed.json["description"] == .text("d"))
        let list = try await fixture.respond(.get, "/api/v1/\(kind)/", headers: .ada).json.list
        #expect(list.compactMap { $0["name"]?.text } == ["Papers"])
        let inside = try await fixture.respond(.get, "/api/v1/flows/?folder_id=\(id)", headers: .ada).json
        #expect(inside.list.count == 1)
        #expect(try await fixture.respond(.delete, path, headers: .ada).status == .noContent)
        #expect(try await fixture.respond(.get, path, headers: .ada).problem == "no-such-thing")
        // Its flows stay.
        #expect(try await fixture.respond(.get, "/api/v1/flows/\(flow)", headers: .ada).status == .ok)
    }

    @Test func `are downloaded as an archive, and uploaded as what Langflow exports`() async throws {
        let fixture = try await ServerFixture()
        let uploaded = try await fixture.upload(
            "/api/v1/projects/upload/", try Fixtures.data("langflow/project.json"), name: "project.json")
        #expect(uploaded.status == .created)
        let projects = try await fixture.respond(.get, "/api/v1/projects/", headers: .ada).json.list
        #expect(projects.compactMap { $0["name"]?.text } == ["Two"])
        let id = try #require(projects.first?["id"]?.text)
        let flows = try uploaded.json.list
        #expect(flows.allSatisfy { $0["folder_id"] == .text(id) })
        let archive = try await fixture.respond(.get, "/api/v1/projects/download/\(id)", headers: .ada)
        #expect(archive.headers[.contentType] == "application/zip")
        let files = try PythonZip.files(in: try #require(archive.data))
        #expect(files.count == flows.count)
        // A second one of its name is told apart.
        let again = try await fixture.upload(
            "/api/v1/projects/upload/", try Fixtures.data("langflow/project.json"), name: "project.json")
        #expect(again.status == .created)
        let names = try await fixture.respond(.get, "/api/v1/projects/", headers: .ada).json.list
            .compactMap { $0["name"]?.text }
        #expect(names == ["Two", "Two (2)"])
    }

    @Test func `are refused without a name, with a taken one, or with another's flow`() async throws {
        let fixture = try await ServerFixture()
        _ = try await make(fixture)
        let foreign = try await fixture.importEcho(headers: .bob)
        for (body, kind) in [
            (#"{}"#, "invalid-field"), (#"{"name": 1}"#, "invalid-field"),
            (#"{"name": "New", "flows_list": ["\#(foreign)"]}"#, "unknown-flow"),
        ] {
            let response = try await fixture.respond(.post, "/api/v1/projects/", json: body, headers: .ada)
            #expect(try response.problem == kind, "\(body)")
        }
        let list = try await fixture.respond(.get, "/api/v1/projects/", headers: .ada).json.list
        #expect(list.count == 1)
    }

    @Test func `of others are not there`() async throws {
        let fixture = try await ServerFixture()
        let id = try await make(fixture)
        for (method, body) in [
            (HTTPRequest.Method.get, nil as String?), (.patch, #"{"name": "Mine"}"#), (.delete, nil),
        ] {
            try await fixture.expectSameRefusal(
                method, { "/api/v1/projects/\($0)" }, of: id, absent: Self.absent, json: body)
        }
        try await fixture.expectSameRefusal(
            .get, { "/api/v1/projects/download/\($0)" }, of: id, absent: Self.absent)
        #expect(try await fixture.respond(.get, "/api/v1/projects/", headers: .bob).json.list.isEmpty)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Variables as Langflow's clients keep them` {
    private let secret = "sk-never-shown-again"

    private func make(_ fixture: ServerFixture, _ body: String) async throws -> APIResponse {
        try await fixture.respond(.post, "/api/v1/variables/", json: body, headers: .ada)
    }

    @Test func `show a plain value, and never a secret one`() async throws {
        let fixture = try await ServerFixture()
        let plain = try await make(fixture, #"{"name": "CITY", "value": "Delft", "type": "Generic"}"#)
        #expect(plain.status == .created)
        #expect(try plain.json["value"] == .text("Delft"))
        let sealed = try await make(
            fixture,
            #"{"name": "KEY", "value": "\#(secret)", "type": "Credential", "default_fields": ["api_key"]}"#)
        #expect(sealed.status == .created)
        #expect(try sealed.json["value"] == .null)
        #expect(try sealed.json["has_value"] == .flag(true))
        let list = try await fixture.respond(.get, "/api/v1/variables/", headers: .ada)
        #expect(try list.json.list.compactMap { $0["name"]?.text } == ["CITY", "KEY"])
        let id = try #require(try sealed.json["id"]?.text)
        let changed = try await fixture.respond(
            .patch, "/api/v1/variables/\(id)", json: #"{"value": "\#(secret)2"}"#, headers: .ada)
        #expect(changed.status == .ok)
        for response in [sealed, list, changed] { #expect(!response.text.contains(secret)) }
        let owner = Owner(Reader([.user("ada")]))
        #expect(try await fixture.flows.vault.value(of: "KEY", for: owner) == secret + "2")
        // What is kept is sealed.
        let stored = try await fixture.flows.service.store.variable(named: "KEY", for: owner).value
        #expect(!String(decoding: stored, as: UTF8.self).contains(secret))
    }

    @Test func `refuse what is none`() async throws {
        let fixture = try await ServerFixture()
        let made = try await make(fixture, #"{"name": "KEY", "value": "\#(secret)"}"#)
        let id = try #require(try made.json["id"]?.text)
        for (body, kind) in [
            (#"{"value": "x"}"#, "invalid-field"), (#"{"name": "A"}"#, "invalid-field"),
            (#"{"name": "A", "value": 1}"#, "invalid-field"),
            (#"{"name": "A", "value": "x", "type": "generic"}"#, "invalid-field"),
            (#"{"name": "KEY", "value": "x"}"#, "name-taken"),
            (
                #"{"name": "A", "value": "\#(String(repeating: "x", count: 65_537))"}"#,
                "invalid-field"
            ),
        ] {
            #expect(try await make(fixture, body).problem == kind, "\(body.prefix(60))")
        }
        // A secret is bound to its name.
        let renamed = try await fixture.respond(
            .patch, "/api/v1/variables/\(id)", json: #"{"name": "OTHER"}"#, headers: .ada)
        #expect(try renamed.problem == "invalid-field")
        let both = try await fixture.respond(
            .patch, "/api/v1/variables/\(id)", json: #"{"name": "OTHER", "value": "new"}"#, headers: .ada)
        #expect(try both.json["name"] == .text("OTHER"))
        #expect(
            try await fixture.respond(.delete, "/api/v1/variables/\(id)", headers: .ada).status == .noContent)
    }

    @Test func `are their owner's`() async throws {
        let fixture = try await ServerFixture()
        let made = try await make(fixture, #"{"name": "KEY", "value": "x"}"#)
        let id = try #require(try made.json["id"]?.text)
        for (method, body) in [(HTTPRequest.Method.patch, #"{"value": "y"}"# as String?), (.delete, nil)] {
            try await fixture.expectSameRefusal(
                method, { "/api/v1/variables/\($0)" }, of: id, absent: "absent", json: body)
        }
        #expect(try await fixture.respond(.get, "/api/v1/variables/", headers: .bob).json.list.isEmpty)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Files as Langflow's clients keep them` {
    @Test func `are put beside a flow, listed, read and deleted`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let bytes = Data([0, 13, 10, 45, 45, 255])
        let uploaded = try await fixture.upload("/api/v1/files/upload/\(flow)", bytes, name: "a b.bin")
        #expect(uploaded.status == .created)
        #expect(try uploaded.json["file_path"] == .text("\(flow)/a b.bin"))
        let list = try await fixture.respond(.get, "/api/v1/files/list/\(flow)", headers: .ada)
        #expect(try list.json["files"] == .list([.text("a b.bin")]))
        let path = "/api/v1/files/download/\(flow)/a%20b.bin"
        let read = try await fixture.respond(.get, path, headers: .ada)
        #expect(read.data == bytes)
        #expect(read.headers[.contentDisposition] == "attachment")
        let replaced = try await fixture.upload(
            "/api/v1/files/upload/\(flow)", Data("new".utf8), name: "a b.bin")
        #expect(replaced.status == .created)
        #expect(try await fixture.respond(.get, path, headers: .ada).data == Data("new".utf8))
        let gone = try await fixture.respond(
            .delete, "/api/v1/files/delete/\(flow)/a%20b.bin", headers: .ada)
        #expect(gone.status == .ok)
        #expect(try await fixture.respond(.get, path, headers: .ada).problem == "no-such-thing")
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("C:\\\\temp\\\\a.txt", "a.txt"), ("/absolute/b.txt", "b.txt"),
    ])
    func `have no path in their names`(given: String, name: String) async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let response = try await fixture.upload(
            "/api/v1/files/upload/\(flow)", Data("x".utf8), name: given)
        #expect(response.status == .created)
        let list = try await fixture.respond(.get, "/api/v1/files/list/\(flow)", headers: .ada)
        #expect(try list.json["files"] == .list([.text(name)]))
    }

    @Test(arguments: ["..", ".", "a\u{1}b", " a", "a/..", "\u{202E}txt.exe"])
    func `are refused under names that could mean something else`(name: String) async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let response = try await fixture.upload(
            "/api/v1/files/upload/\(flow)", Data("x".utf8), name: name)
        #expect(response.status == .unprocessableContent, "\(name.debugDescription)")
        let list = try await fixture.respond(.get, "/api/v1/files/list/\(flow)", headers: .ada)
        #expect(try list.json["files"] == .list([]))
    }

    @Test func `are each caller's own, of a shared flow too`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""shared": true"#)
        for (headers, text) in [(HTTPFields.ada, "of ada"), (.bob, "of bob")] {
            _ = try await fixture.upload(
                "/api/v1/files/upload/\(flow)", Data(text.utf8), name: "a.txt", headers: headers)
        }
        for (headers, text) in [(HTTPFields.ada, "of ada"), (.bob, "of bob")] {
            let read = try await fixture.respond(
                .get, "/api/v1/files/download/\(flow)/a.txt", headers: headers)
            #expect(read.text == text)
        }
        let own = try await fixture.importEcho()
        for path in ["list/ID", "download/ID/a.txt"] {
            try await fixture.expectSameRefusal(
                .get, { "/api/v1/files/\(path.replacing("ID", with: $0))" }, of: own, absent: "absent")
        }
        let foreign = try await fixture.upload(
            "/api/v1/files/upload/\(own)", Data("x".utf8), name: "a.txt", headers: .bob)
        #expect(try foreign.problem == "unknown-flow")
        var headers = HTTPFields.ada
        headers[.origin] = "https://evil.example"
        let page = try await fixture.upload(
            "/api/v1/files/upload/\(own)", Data("x".utf8), name: "a.txt", headers: headers)
        #expect(try page.problem == "origin-not-allowed")
    }
}
