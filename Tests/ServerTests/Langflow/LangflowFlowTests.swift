import Corpus
import FlowService
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Flows as Langflow's clients keep them` {
    private static let absent = "00000000-0000-4000-8000-000000000000"

    @Test func `are made, read, changed and deleted`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        #expect(id == "7f0c4f9e-8a56-4c8a-9a52-7e3f3d1c0a01")
        let read = try await fixture.respond(.get, "/api/v1/flows/\(id)", headers: .ada).json
        #expect(read["name"] == .text("Echo"))
        #expect(read["endpoint_name"] == .text("echo"))
        #expect(read["access_type"] == .text("PRIVATE"))
        let nodes = read["data"]?["nodes"]?.list ?? []
        #expect(nodes.contains { $0["id"] == .text("ChatInput-in") })
        // Keys within a flow are its author's and stay as they are.
        #expect(read["data"]?["edges"]?.list.first?["data"]?["sourceHandle"]?["id"] == .text("ChatInput-in"))
        let renamed = try await fixture.respond(
            .patch, "/api/v1/flows/\(id)", json: #"{"name": "Said", "description": "d", "tags": ["x"]}"#,
            headers: .ada)
        #expect(try renamed.json["name"] == .text("Said"))
        #expect(try renamed.json["tags"] == .list([.text("x")]))
        let list = try await fixture.respond(.get, "/api/v1/flows/", headers: .ada).json.list
        #expect(list.compactMap { $0["name"]?.text } == ["Said"])
        let header = try await fixture.respond(
            .get, "/api/v1/flows/?header_flows=true&get_all=true", headers: .ada
        ).json.list
        #expect(header.first?["data"] == .null)
        let gone = try await fixture.respond(.delete, "/api/v1/flows/\(id)", headers: .ada)
        #expect(gone.status == .ok)
        let again = try await fixture.respond(.get, "/api/v1/flows/\(id)", headers: .ada)
        #expect(try again.problem == "unknown-flow")
    }

    @Test func `are put under an id of the client's choice, made or replaced`() async throws {
        let fixture = try await ServerFixture()
        let id = "0b0e7a34-58a5-4a0c-9b1c-2f6f7f1d7a10"
        let body = #"{"name": "Put", "description": "one", "data": {"nodes": [], "edges": []}}"#
        let made = try await fixture.respond(.put, "/api/v1/flows/\(id)", json: body, headers: .ada)
        #expect(made.status == .created)
        #expect(try made.json["id"] == .text(id))
        let replaced = try await fixture.respond(
            .put, "/api/v1/flows/\(id)", json: body.replacing("one", with: "two"), headers: .ada)
        #expect(replaced.status == .ok)
        #expect(try replaced.json["description"] == .text("two"))
        // The id is another's for everybody else, and no id is made of other texts.
        let taken = try await fixture.respond(.put, "/api/v1/flows/\(id)", json: body, headers: .bob)
        #expect(try taken.problem == "unknown-flow")
        let odd = try await fixture.respond(.put, "/api/v1/flows/no-id", json: body, headers: .ada)
        #expect(try odd.problem == "unknown-flow")
        #expect(try await fixture.respond(.get, "/api/v1/flows/", headers: .bob).json.list.isEmpty)
    }

    @Test func `come as a page where one is asked for`() async throws {
        let fixture = try await ServerFixture()
        for name in ["A", "B", "C"] {
            let response = try await fixture.respond(
                .post, "/api/v1/flows/", json: #"{"name": "\#(name)"}"#, headers: .ada)
            #expect(response.status == .created)
        }
        func names(_ query: String) async throws -> [String] {
            try await fixture.respond(.get, "/api/v1/flows/?\(query)", headers: .ada).json.list
                .compactMap { $0["name"]?.text }
        }
        #expect(try await names("get_all=true") == ["A", "B", "C"])
        #expect(try await names("get_all=false&page=1&size=2") == ["A", "B"])
        #expect(try await names("get_all=false&page=2&size=2") == ["C"])
        #expect(try await names("get_all=false&page=9&size=2") == [])
        let bad = try await fixture.respond(.get, "/api/v1/flows/?page=0", headers: .ada)
        #expect(try bad.problem == "invalid-parameter")
    }

    @Test func `run in the new version once their data is changed`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let data = try await fixture.respond(.get, "/api/v1/flows/\(id)", headers: .ada).text
        let changed = data.replacing(#""Hello.""#, with: #""Good day.""#)
        let saved = try await fixture.respond(.patch, "/api/v1/flows/\(id)", json: changed, headers: .ada)
        #expect(saved.status == .ok)
        let answer = try await fixture.respond(.post, "/api/v1/run/echo", headers: .ada)
        #expect(try answer.langflowText == "Good day.")
        let odd = try await fixture.respond(
            .patch, "/api/v1/flows/\(id)", json: #"{"data": {"nodes": 1}}"#, headers: .ada)
        #expect(try odd.problem == "invalid-field")
        #expect(
            try await fixture.respond(.post, "/api/v1/run/echo", headers: .ada).langflowText == "Good day.")
    }

    @Test(arguments: [
        #"{"data": {"nodes": [], "edges": []}}"#, #"{"name": 1}"#, #"{"name": "A", "data": {"a": 1}}"#,
        #"{"name": "A", "data": []}"#, #"[]"#,
    ])
    func `are refused when they are none`(body: String) async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(.post, "/api/v1/flows/", json: body, headers: .ada)
        #expect(response.status == .unprocessableContent, "\(response.text)")
        #expect(try await fixture.respond(.get, "/api/v1/flows/", headers: .ada).json.list.isEmpty)
    }

    @Test func `of others are refused as those that are not there, whatever is asked`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        for (method, body) in [
            (HTTPRequest.Method.get, nil as String?), (.patch, #"{"name": "Mine"}"#), (.delete, nil),
        ] {
            try await fixture.expectSameRefusal(
                method, { "/api/v1/flows/\($0)" }, of: id, absent: Self.absent, json: body)
        }
        var told: [String] = []
        for one in [id, Self.absent] {
            let response = try await fixture.respond(
                .post, "/api/v1/flows/download/", json: #"["\#(one)"]"#, headers: .bob)
            #expect(response.status == .notFound)
            told.append(response.text.replacing(one, with: "ID"))
        }
        #expect(told[0] == told[1])
        #expect(try await fixture.respond(.get, "/api/v1/flows/", headers: .bob).json.list.isEmpty)
    }

    @Test func `are uploaded as a form, as JSON and as a project`() async throws {
        let fixture = try await ServerFixture()
        let echo = Data(try LangflowText.echo().utf8)
        let form = try await fixture.upload("/api/v1/flows/upload/", echo, name: "echo.json")
        #expect(form.status == .created)
        #expect(try form.json.list.compactMap { $0["name"]?.text } == ["Echo"])
        var headers = HTTPFields.ada
        headers[.contentType] = "application/json"
        let plain = try await fixture.respond(
            .post, "/api/v1/flows/upload/", upload: echo, headers: headers)
        // The same export a second time becomes a second flow.
        #expect(plain.status == .created)
        let ids = try [form, plain].compactMap { try $0.json.list.first?["id"]?.text }
        #expect(Set(ids).count == 2)
        let project = try await fixture.upload(
            "/api/v1/flows/upload/", try Fixtures.data("langflow/project.json"), name: "project.json")
        #expect(try project.json.list.count == 2)
    }

    @Test func `are not uploaded by a page of another origin, nor as something else`() async throws {
        let fixture = try await ServerFixture()
        let echo = Data(try LangflowText.echo().utf8)
        for (origin, isTaken) in [
            ("https://evil.example", false), ("null", false), ("http://localhost", true),
        ] {
            var headers = HTTPFields.ada
            headers[.origin] = origin
            for path in ["/api/v1/flows/upload/", "/api/v1/projects/upload/"] {
                let response = try await fixture.upload(path, echo, name: "echo.json", headers: headers)
                #expect(response.status == (isTaken ? .created : .forbidden), "\(origin) \(path)")
                if !isTaken { #expect(try response.problem == "origin-not-allowed") }
            }
        }
        for (name, data) in [
            ("a.json", Data("{}".utf8)), ("a.json", Data("no JSON".utf8)), ("a.json", Data()),
            ("a.zip", Data("PK\u{3}\u{4} cut off".utf8)),
        ] {
            let response = try await fixture.upload("/api/v1/flows/upload/", data, name: name)
            #expect(response.status == .unprocessableContent, "\(response.text)")
        }
        var headers = HTTPFields.ada
        headers[.contentType] = "text/plain"
        let text = try await fixture.respond(
            .post, "/api/v1/flows/upload/", upload: echo, headers: headers)
        #expect(text.status == .unsupportedMediaType)
        headers[.contentType] = LangflowText.formType
        let cut = try await fixture.respond(
            .post, "/api/v1/flows/upload/", upload: LangflowText.form(echo, name: "a").dropLast(8),
            headers: headers)
        #expect(try cut.problem == "invalid-field")
    }

    @Test func `are downloaded one as JSON, and several as an archive that Python opens`() async throws {
        let fixture = try await ServerFixture()
        let echo = try await fixture.importEcho()
        let second = try await fixture.importEcho()
        let one = try await fixture.respond(
            .post, "/api/v1/flows/download/", json: #"["\#(echo)"]"#, headers: .ada)
        #expect(one.headers[.contentType] == "application/json")
        #expect(try one.json["name"] == .text("Echo"))
        let twice = try await fixture.respond(
            .post, "/api/v1/flows/download/", json: #"["\#(echo)", "\#(echo)", "echo"]"#, headers: .ada)
        #expect(try twice.json["id"] == .text(echo))
        let several = try await fixture.respond(
            .post, "/api/v1/flows/download/", json: #"["\#(echo)", "\#(second)"]"#, headers: .ada)
        #expect(several.headers[.contentType] == "application/zip")
        let files = try PythonZip.files(in: try #require(several.data))
        #expect(files.keys.sorted() == ["Echo (2).json", "Echo.json"])
        for text in files.values {
            let flow: JSONValue = try .parsed(Data(text.utf8))
            #expect(flow["name"] == .text("Echo"))
            #expect(flow["data"]?["nodes"]?.list.isEmpty == false)
        }
    }

    @Test func `are not listed when they are more than a list holds`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.importEcho()
        let (service, owner) = (fixture.flows.service, Owner(Reader([.user("ada")])))
        let flows = try await service.store.flows(for: owner, project: nil, after: nil, limit: 9)
        let one = try await LangflowLibrary(service: service).documents(flows, for: owner)
        #expect(one.count == 1)
        let small = LangflowLibrary(service: service, listByteLimit: 100)
        let error = await #expect(throws: WorkspaceError.self) {
            _ = try await small.documents(flows, for: owner)
        }
        guard case .tooLarge("list of flows", _, 100)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `keep no version of a change that is refused`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        _ = try await fixture.keep(FlowText.echo, #""endpoint": "taken""#)
        let data = try await fixture.respond(.get, "/api/v1/flows/\(id)", headers: .ada).text
        let changed = data.replacing(
            #/"endpoint_name"\s*:\s*"echo"/#, with: #""endpoint_name": "taken""#)
        #expect(changed != data)
        let refused = try await fixture.respond(
            .patch, "/api/v1/flows/\(id)", json: changed, headers: .ada)
        #expect(try refused.problem == "name-taken")
        let shown = try await fixture.respond(.get, "/v1/flows/\(id)", headers: .ada).json
        #expect(shown["latest"] == .number(1))
    }

    @Test func `lose the keys that stood in an export`() async throws {
        let fixture = try await ServerFixture()
        let secret = "sk-do-not-keep-this"
        let export = try LangflowText.echo().replacing(
            #""files": {"#,
            with: #""api_key": {"type": "str", "value": "\#(secret)", "password": true}, "files": {"#)
        #expect(export.contains(secret))
        let made = try await fixture.respond(.post, "/api/v1/flows/", json: export, headers: .ada)
        #expect(made.status == .created)
        let id = try #require(try made.json["id"]?.text)
        let shown = try await fixture.respond(.get, "/api/v1/flows/\(id)", headers: .ada)
        let native = try await fixture.respond(.get, "/v1/flows/\(id)", headers: .ada)
        for response in [made, shown, native] { #expect(!response.text.contains(secret)) }
    }
}
