import Components
import Flow
import Foundation
import JSONValue
import Testing

@Suite struct `Combining texts` {
    private func combined(_ texts: [any Payload], _ parameters: [String: JSONValue] = [:]) async throws
        -> String?
    {
        try await run(one: "CombineText", parameters, lists: ["texts": texts], catalog: .plain())
            .output(ChatMessage.self, named: "message")?.text
    }

    @Test func `puts them in the order of their edges, of whatever kind they are`() async throws {
        let texts: [any Payload] = ["one", ChatMessage("two"), Record(["text": "three"]), ""]
        #expect(try await combined(texts) == "one\ntwo\nthree\n")
    }

    @Test func `puts its delimiter between them, escapes in it read`() async throws {
        #expect(try await combined(["a", "b"], ["delimiter": " - "]) == "a - b")
        #expect(try await combined(["a", "b"], ["delimiter": "\\n\\n"]) == "a\n\nb")
        #expect(try await combined(["a", "b"], ["delimiter": ""]) == "ab")
    }

    @Test func `refuses more than it may make`() async {
        let long = String(repeating: "x", count: 9 << 20)
        let error = await failure { _ = try await combined([long, long]) }
        #expect(error.map { "\($0)".contains("bytes together") } == true)
    }
}

@Suite struct `Type conversion` {
    private func converted(
        _ input: any Payload, _ parameters: [String: JSONValue] = [:]
    ) async throws -> (ChatMessage?, Record?, Table?) {
        let outcome = try await run(
            one: "TypeConvert", parameters, inputs: ["input": input], catalog: .plain())
        return (
            outcome.output(ChatMessage.self, named: "message"), outcome.output(Record.self, named: "data"),
            outcome.output(Table.self, named: "table")
        )
    }

    @Test func `of a message keeps its text alone as data`() async throws {
        let message = ChatMessage("Hello", role: .assistant, name: "AI")
        let (same, data, table) = try await converted(message)
        #expect(same == message)
        #expect(data == Record(["text": "Hello"]))
        #expect(table == Table([Record(["text": "Hello"])]))
    }

    @Test func `of a record and of a table`() async throws {
        let record = Record(["a": 1, "b": "x"])
        let (message, data, table) = try await converted(record)
        #expect(message?.text == #"{"a":1,"b":"x"}"#)
        #expect(data == record)
        #expect(table == Table([record]))
        let rows = Table([Record(["a": 1]), Record(["a": 2])])
        let (markdown, held, same) = try await converted(rows)
        #expect(markdown?.text == rows.markdown)
        #expect(held == Record(["results": rows.json]))
        #expect(same == rows)
    }

    @Test func `of a record that holds rows alone gives the rows`() async throws {
        let (_, _, table) = try await converted(Record(["results": [["a": 1], ["a": 2]]]))
        #expect(table?.rows.count == 2)
    }

    @Test func `reads JSON in a text only when told to`() async throws {
        let text = #" {"a": [1, 2]} "#
        #expect(try await converted(text).1 == Record(["text": .string(text)]))
        let parse: [String: JSONValue] = ["auto_parse": true]
        #expect(try await converted(text, parse).1 == Record(["a": [1, 2]]))
        #expect(try await converted(ChatMessage(text), parse).1 == Record(["a": [1, 2]]))
        let list = try await converted(#"[{"a": 1}, {"a": 2}]"#, parse)
        #expect(list.1 == Record(["results": [["a": 1], ["a": 2]]]))
        #expect(list.2?.rows == [Record(["a": 1]), Record(["a": 2])])
        for other in ["7", "[1, 2]", "{", "words"] {
            #expect(try await converted(other, parse).1 == Record(["text": .string(other)]))
        }
    }

    @Test func `reads CSV in a text only when told to`() async throws {
        let text = "\na,b\n1,\"x, y\"\n2,z\n"
        #expect(try await converted(text).2?.rows == [Record(["text": .string(text)])])
        let parse: [String: JSONValue] = ["auto_parse": true]
        let rows = [Record(["a": 1, "b": "x, y"]), Record(["a": 2, "b": "z"])]
        #expect(try await converted(text, parse).2?.rows == rows)
        #expect(try await converted(text, parse).1 == Record(["results": .array(rows.map(\.json))]))
        for other in ["a,b", "a\nb,c", "a,b\n1,2,3"] {
            #expect(try await converted(other, parse).1 == Record(["text": .string(other)]))
        }
    }
}

@Suite struct `The current date` {
    private func told(
        _ parameters: [String: JSONValue] = [:], inputs: [String: any Payload] = [:], at seconds: Double
    ) async throws -> String? {
        let now = Date(timeIntervalSince1970: seconds)
        return try await run(
            one: "CurrentDate", parameters, inputs: inputs, catalog: .plain(now: now)
        ).output(ChatMessage.self, named: "message")?.text
    }

    @Test func `is told in UTC, or where it is asked for`() async throws {
        #expect(
            try await told(at: 1_772_373_909) == "Current date and time in UTC: 2026-03-01 14:05:09 UTC")
        #expect(
            try await told(["timezone": "Asia/Kolkata"], at: 1_772_373_909)
                == "Current date and time in Asia/Kolkata: 2026-03-01 19:35:09 UTC+05:30")
        #expect(
            try await told(inputs: ["timezone": "America/New_York"], at: 1_772_373_909)
                == "Current date and time in America/New_York: 2026-03-01 09:05:09 UTC-05:00")
    }

    @Test func `keeps summer time`() async throws {
        let zone: [String: JSONValue] = ["timezone": "Europe/Zurich"]
        #expect(try await told(zone, at: 1_782_907_200)?.hasSuffix("2026-07-01 14:00:00 UTC+02:00") == true)
        #expect(try await told(zone, at: 1_767_225_600)?.hasSuffix("2026-01-01 01:00:00 UTC+01:00") == true)
    }

    @Test func `names a zone that there is not`() async {
        let error = await failure { _ = try await told(["timezone": "Mars/Olympus"], at: 0) }
        #expect(error.map { "\($0)".contains("“Mars/Olympus”") } == true)
    }

    @Test func `is a tool that needs no argument`() async throws {
        var catalog = ComponentCatalog.plain()
        catalog.register(ToolCall.self) { ToolCall(&$0) }
        let graph = FlowGraph(
            components: [
                .init(id: "clock", type: "CurrentDate"), .init(id: "call", type: "ToolCall"),
            ], edges: [.init(from: PortReference("clock", "tool"), to: PortReference("call", "tools"))],
            outputs: ["output": PortReference("call", "result")])
        let outcome = try await run(graph, catalog: catalog)
        let text = outcome.output(JSONValue.self)?["text"]?.string
        #expect(text == "Current date and time in UTC: 2026-03-01 14:05:09 UTC")
    }
}

/// Calls its only tool without arguments.
private struct ToolCall: Component {
    static let type = "ToolCall"
    static let summary = "Calls its tool."
    let tools: ToolList
    let result: Output<JSONValue>

    init(_ declare: inout Declaration) {
        tools = declare.tools("tools", "The tool.")
        result = declare.output("result", "What it gave.")
    }

    func run(_ step: Step) async throws {
        let tool = try #require(step[tools].first)
        step.send(try await tool.call([:]), to: result)
    }
}
