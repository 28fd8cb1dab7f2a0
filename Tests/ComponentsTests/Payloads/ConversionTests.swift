import Components
import JSONValue
import Testing

@testable import Flow

@Suite struct `Payloads convert` {
    private func converted<From: Payload, To: Payload>(_ value: From, to type: To.Type) throws -> To {
        let conversion = try #require(ComponentCatalog.plain().conversion(from: From.self, to: type))
        return try #require(try conversion.convert(value) as? To)
    }

    let message = ChatMessage("Hello", name: "Ada")
    let record = Record(["text": "Hello", "n": 1])
    let table = Table([Record(["a": 1]), Record(["a": 2])])

    @Test func `messages`() throws {
        let members: [String: JSONValue] = ["text": "Hello", "role": "user", "name": "Ada"]
        #expect(try converted(message, to: String.self) == "Hello")
        #expect(try converted(message, to: Record.self) == Record(members))
        #expect(try converted(message, to: Table.self) == Table([Record(members)]))
        #expect(try converted(message, to: JSONValue.self) == .object(members))
    }

    @Test func `lists of messages`() throws {
        let messages = [message, ChatMessage("Good day", role: .assistant)]
        #expect(try converted(messages, to: String.self) == "Hello\nGood day")
        #expect(
            try converted(messages, to: ChatMessage.self)
                == ChatMessage("Hello\nGood day", role: .assistant))
        #expect(try converted(messages, to: Table.self).rows.map(\.values["role"]) == ["user", "assistant"])
        #expect(try converted(messages, to: JSONValue.self).array?.count == 2)
    }

    @Test func `texts`() throws {
        #expect(try converted("Hello", to: ChatMessage.self) == ChatMessage("Hello"))
        #expect(try converted("Hello", to: Record.self) == Record(["text": "Hello"]))
        #expect(try converted("Hello", to: Table.self) == Table([Record(["text": "Hello"])]))
        #expect(try converted("Hello", to: JSONValue.self) == "Hello")
    }

    @Test func `records`() throws {
        #expect(try converted(record, to: String.self) == "Hello")
        #expect(try converted(Record(["n": 1]), to: String.self) == #"{"n":1}"#)
        #expect(try converted(record, to: ChatMessage.self) == ChatMessage("Hello", role: .assistant))
        #expect(try converted(record, to: Table.self) == Table([record]))
        #expect(try converted(record, to: JSONValue.self) == ["text": "Hello", "n": 1])
    }

    @Test func `tables, and back again`() throws {
        let markdown = "| a |\n| --- |\n| 1 |\n| 2 |"
        #expect(try converted(table, to: String.self) == markdown)
        #expect(try converted(table, to: ChatMessage.self) == ChatMessage(markdown, role: .assistant))
        #expect(try converted(table, to: JSONValue.self) == [["a": 1], ["a": 2]])
        let held = try converted(table, to: Record.self)
        #expect(held == Record(["results": [["a": 1], ["a": 2]]]))
        #expect(try converted(held, to: Table.self) == table)
    }

    @Test func `numbers and flags`() throws {
        #expect(try converted(1.5, to: String.self) == "1.5")
        #expect(try converted(Double.infinity, to: String.self) == "inf")
        #expect(try converted(7, to: String.self) == "7")
        #expect(try converted(true, to: String.self) == "true")
        #expect(try converted(1.5, to: JSONValue.self) == 1.5)
        #expect(try converted(7, to: JSONValue.self) == 7)
        #expect(try converted(true, to: JSONValue.self) == true)
    }

    @Test func `JSON to a text`() throws {
        let texts: [(JSONValue, String)] = [
            ("Hello", "Hello"), (7, "7"), (nil, ""), ([1, 2], "[1,2]"), (["n": 1], #"{"n":1}"#),
            (["text": "Hello", "n": 1], "Hello"), ([["a": 1]], "| a |\n| --- |\n| 1 |"), ([], "[]"),
        ]
        for (value, text) in texts {
            #expect(try converted(value, to: String.self) == text)
            #expect(try converted(value, to: ChatMessage.self).text == text)
        }
    }

    @Test func `JSON to a message that it was`() throws {
        #expect(try converted(message.json, to: ChatMessage.self) == message)
    }

    @Test func `JSON to records and tables`() throws {
        let cases: [(JSONValue, Record, [Record])] = [
            (["n": 1], Record(["n": 1]), [Record(["n": 1])]),
            ("Hello", Record(["text": "Hello"]), [Record(["text": "Hello"])]),
            (7, Record(["value": 7]), [Record(["value": 7])]),
            (
                [["a": 1], "b", 2], Record(["results": [["a": 1], "b", 2]]),
                [Record(["a": 1]), Record(["text": "b"]), Record(["value": 2])]
            ),
            (["rows": [["a": 1], ["a": 2]]], Record(["rows": [["a": 1], ["a": 2]]]), table.rows),
        ]
        for (value, record, rows) in cases {
            #expect(try converted(value, to: Record.self) == record)
            #expect(try converted(value, to: Table.self).rows == rows)
        }
    }

    @Test func `on an edge of a flow`() async throws {
        let outcome = try await run(
            one: "DataOutput", inputs: ["value": table], catalog: .plain())
        #expect(outcome.output(JSONValue.self, named: "value") == table.json)
    }
}
