import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The routes for editors of flows` {
    private func check(_ flow: String) async throws -> APIResponse {
        try await ServerFixture().respond(
            .post, "/v1/components/check", json: #"{"flow": \#(flow)}"#, headers: .ada)
    }

    @Test func `tell every component with its heading, ports and parameters`() async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(.get, "/v1/components", headers: .ada)
        #expect(response.status == .ok)
        let components = try response.json["components"]?.list ?? []
        let branch = try #require(components.first { $0["name"] == .text("If") })
        #expect(branch["category"] == .text("control"))
        #expect(branch["outputs"]?.list.contains { $0["presence"] == .text("optional") } == true)
        let splitter = try #require(components.first { $0["name"] == .text("SplitText") })
        #expect(splitter["parameters"]?.list.allSatisfy { $0["schema"] != nil } == true)
        #expect(components.allSatisfy { $0["category"] != .text("other") })
        #expect(try response.json["conversions"]?.list.isEmpty == false)
    }

    @Test func `say what is wrong with a flow and where, and keep nothing`() async throws {
        let response = try await check(
            """
            {"name": "Odd", "output": "out.message",
             "components": [{"id": "in", "type": "ChatInput"}, {"id": "odd", "type": "NoSuch"},
                            {"id": "out", "type": "ChatOutput", "parameters": {"colour": 1}}],
             "edges": [{"from": "in.message", "to": "out.nowhere"}]}
            """)
        #expect(response.status == .ok)
        let faults = try response.json["faults"]?.list ?? []
        #expect(faults.contains { $0["component"] == .text("odd") })
        #expect(faults.contains { $0["component"] == .text("out") && $0["name"] == .text("colour") })
        #expect(faults.contains { $0["edge"]?.text?.contains("out.nowhere") == true })
        #expect(try response.json["components"]?.list.compactMap { $0["id"]?.text } == ["in", "out"])
    }

    @Test func `tell the ports that a component has with its parameters`() async throws {
        let response = try await check(
            """
            {"name": "Prompt", "output": "prompt.prompt", "edges": [],
             "components": [{"id": "prompt", "type": "PromptTemplate",
                             "parameters": {"template": "Say {this} of {that}."}}]}
            """)
        let prompt = try #require(try response.json["components"]?.list.first)
        let names = prompt["inputs"]?.list.compactMap { $0["name"]?.text } ?? []
        #expect(names.contains("this") && names.contains("that"))
    }

    @Test func `keep where a component was drawn, and refuse a place off the canvas`() async throws {
        func flow(_ x: String) -> String {
            """
            {"name": "Placed", "output": "in.message", "edges": [],
             "components": [{"id": "in", "type": "ChatInput", "position": {"x": \(x), "y": -40.5}}]}
            """
        }
        let fixture = try await ServerFixture()
        let kept = try await fixture.respond(
            .post, "/v1/flows", json: #"{"flow": \#(flow("12"))}"#, headers: .ada)
        #expect(kept.status == .created)
        let place = try kept.json["components"]?.list.first?["position"]
        #expect(place?["x"] == .number(12) && place?["y"] == .number(-40.5))
        let refused = try await fixture.respond(
            .post, "/v1/flows", json: #"{"flow": \#(flow("1e300"))}"#, headers: .ada)
        #expect(refused.status == .badRequest || refused.status == .unprocessableContent)
        #expect(try refused.json["detail"]?.text?.contains("canvas") == true)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The values of a run's steps` {
    private func steps(
        of flow: String, _ fixture: ServerFixture, as headers: HTTPFields
    ) async throws -> [JSONValue] {
        let response = try await fixture.respond(
            .post, "/v1/runs",
            json: #"{"flow": "\#(flow)", "input": "hello", "stream": true, "values": true}"#,
            headers: headers)
        #expect(response.status == .ok)
        return try await response.events().filter { $0.name == "step_ended" }.compactMap { $0.data["step"] }
    }

    @Test func `are shown to whoever keeps the flow`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        let steps = try await steps(of: id, fixture, as: .ada)
        let output = try #require(steps.first { $0["component"] == .text("out") })
        #expect(output["values"]?["inputs"]?["message"]?.list.first?["type"] == .text("message"))
        #expect(output["values"]?["outputs"]?["message"]?["bytes"] != nil)
    }

    @Test func `are not shown to others who run it`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo, #""shared": true"#)
        let steps = try await steps(of: id, fixture, as: .bob)
        #expect(!steps.isEmpty)
        #expect(steps.allSatisfy { $0["values"] == nil })
    }
}
