import Components
import FlowService
import Foundation
import JSONValue
import Testing

@testable import Server

@Suite struct `Events of a response` {
    @Test(arguments: [(OpenAIDialect.openAI, "mcp"), (.langflow, "fc")])
    func `keep apart calls of two agents that have the same id`(
        dialect: OpenAIDialect, prefix: String
    ) throws {
        let document = OpenAIResponseDocument(
            ResponseID(run: "r", session: nil), model: "agents",
            request: try OpenAIResponseRequest(["model": "agents", "input": "x"]),
            at: Date(timeIntervalSince1970: 1_800_000_000))
        var events = OpenAIResponseEvents(document, run: "r", dialect: dialect, isStreamed: true)
        var ended: [JSONValue] = []
        for (component, phase, value) in [
            ("a", ToolEmission.Phase.called, "1+1"), ("b", .called, "2+2"), ("a", .returned, "two"),
            ("b", .returned, "four"),
        ] {
            let emission = ToolEmission(phase, call: "call_1", tool: "calculator", value: .string(value))
            let told = try events.events(
                FlowProgress(position: 0, kind: .tool(component: component, emission)))
            for case .event("response.output_item.done", let data) in told {
                ended.append(try .parsed(data))
            }
        }
        #expect(ended.compactMap { $0["output_index"]?.number } == [0, 1])
        let items = ended.compactMap { $0["item"] }
        #expect(items.compactMap { $0["arguments"]?.text } == ["1+1", "2+2"])
        #expect(items.compactMap { $0["id"]?.text } == ["\(prefix)_a_call_1", "\(prefix)_b_call_1"])
        #expect(items.allSatisfy { $0["status"]?.text == "completed" })
        if dialect == .openAI { #expect(items.compactMap { $0["output"]?.text } == ["two", "four"]) }
    }
}
