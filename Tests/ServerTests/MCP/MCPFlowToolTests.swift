import Foundation
import HTTPTypes
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Flows as MCP's tools` {
    private func published(
        _ fixture: ServerFixture, _ flow: String, _ more: String = "", headers: HTTPFields = [:]
    ) async throws -> String {
        let id = try await fixture.keep(flow, more, headers: headers)
        let response = try await fixture.respond(
            .post, "/v1/flows/\(id)/publish", json: #"{"version": 1}"#, headers: headers)
        #expect(response.status == .ok)
        return id
    }

    private func tools(_ fixture: ServerFixture) async throws -> [JSONValue] {
        let all = try await fixture.ask("tools/list")["result"]?["tools"]?.list ?? []
        return all.filter { $0["name"]?.text?.hasPrefix("flow_") == true }
    }

    @Test func `are those that are published and that the caller may run`() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.keep(FlowText.echo, headers: [:])
        #expect(try await tools(fixture).isEmpty)
        _ = try await published(fixture, FlowText.echo, #""endpoint": "say-it""#)
        _ = try await published(fixture, FlowText.model, headers: .bob)
        _ = try await published(
            fixture, FlowText.saying("shared"), #""shared": true, "endpoint": "shared""#, headers: .bob)
        let found = try await tools(fixture)
        #expect(Set(found.compactMap { $0["name"]?.text }) == ["flow_say-it", "flow_shared"])
        let echo = try #require(found.first { $0["name"] == .text("flow_say-it") })
        #expect(echo["inputSchema"]?["required"]?.list == [.text("input")])
        #expect(echo["annotations"]?["readOnlyHint"] == .flag(false))
        let saying = try #require(found.first { $0["name"] == .text("flow_shared") })
        #expect(saying["inputSchema"]?["properties"]?.keys == ["text"])
    }

    @Test func `run, and give what they say as their schema has it`() async throws {
        let fixture = try await ServerFixture()
        _ = try await published(fixture, FlowText.echo, #""endpoint": "echo""#)
        _ = try await published(fixture, FlowText.saying("standard"), #""endpoint": "say""#)
        let result = try await fixture.call("flow_echo", #"{"input": "Good morning"}"#)
        #expect(result["isError"] == .flag(false))
        let structured = try #require(result["structuredContent"])
        #expect(structured["text"] == .text("Good morning"))
        #expect(result.contentText == "Good morning")
        let schema = try #require(try await tools(fixture).first?["outputSchema"])
        #expect(SchemaValidator(components: [:]).faults(in: structured, against: schema) == [])
        for (arguments, text) in [("{}", "standard"), (#"{"text": "other"}"#, "other")] {
            let said = try await fixture.call("flow_say", arguments)
            #expect(said["structuredContent"]?["text"] == .text(text))
        }
        let kept = try await fixture.respond(.get, "/v1/conversations")
        #expect(try kept.json["conversations"]?.list == [])
    }

    @Test(arguments: ["{}", #"{"input": 1}"#, #"{"input": "x", "more": "y"}"#])
    func `refuse arguments of another shape`(arguments: String) async throws {
        let fixture = try await ServerFixture()
        _ = try await published(fixture, FlowText.echo, #""endpoint": "echo""#)
        let result = try await fixture.call("flow_echo", arguments)
        #expect(result["isError"] == .flag(true))
    }

    @Test func `have citations of what they rest on`() async throws {
        let fixture = try await ServerFixture()
        let told = try await fixture.respond(.get, "/v1/flows/question-answering")
        // A flow of the settings is told as it is written; under another name it is one's own.
        let definition = told.text.replacing(#""question-answering""#, with: #""wiki""#)
        _ = try await published(fixture, definition, #""endpoint": "wiki""#)
        let result = try await fixture.call("flow_wiki", #"{"input": "when do deploys happen"}"#)
        let citation = try #require(result["structuredContent"]?["citations"]?.list.first)
        #expect(citation["title"] == .text("Deploy guide"))
        let id = try #require(citation["id"]?.text)
        let page = try await fixture.call("fetch", #"{"id": "\#(id)"}"#)
        #expect(page["structuredContent"]?["title"] == .text("Deploy guide"))
        #expect(result.contentText?.contains("Sources:\n[1] Deploy guide") == true)
    }

    @Test func `tell which component failed, as the run of the flow does`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: false))
        _ = try await published(fixture, FlowText.model, #""endpoint": "model""#)
        let result = try await fixture.call("flow_model", #"{"input": "hello"}"#)
        #expect(result["isError"] == .flag(true))
        let run = try await fixture.respond(
            .post, "/v1/runs", json: #"{"flow": "model", "input": "hello"}"#)
        #expect(result.contentText?.contains("“model”") == true)
        #expect(try result.contentText == run.json["detail"]?.text)
    }

    @Test func `have names that no two of them share`() {
        func flow(_ id: String, _ name: String, _ endpoint: String? = nil) -> StoredFlow {
            StoredFlow(
                id: id, owner: Owner(name: "user:ada"), name: name, endpoint: endpoint,
                createdAt: .distantPast, updatedAt: .distantPast)
        }
        let names = MCPFlowTools.names(of: [
            flow("a1", "Weekly Report"), flow("b2", "weekly  report!"), flow("c3", "Übersicht"),
            flow("d4", "日本"), flow("e5", "other", "weekly-report"),
            flow("f6", String(repeating: "x", count: 200)), flow("g7", String(repeating: "x", count: 300)),
        ])
        #expect(
            names.prefix(5) == [
                "flow_weekly_report_a1", "flow_weekly_report_b2", "flow_bersicht", "flow__d4",
                "flow_weekly-report",
            ])
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count <= 64 })
    }
}
