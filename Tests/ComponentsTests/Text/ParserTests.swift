import Components
import Flow
import JSONValue
import Testing

@Suite struct `A parser` {
    private func parsed(
        _ input: any Payload, _ template: String? = nil, _ more: [String: JSONValue] = [:]
    ) async throws -> String? {
        var parameters = more
        if let template { parameters["template"] = .string(template) }
        return try await run(one: "Parser", parameters, inputs: ["input": input], catalog: .plain())
            .output(ChatMessage.self, named: "message")?.text
    }

    let books = Table([
        Record(["title": "Notes", "author": ["name": "Ada"], "tags": ["a", "b"], "First Name": "A."]),
        Record(["title": "Ideals", "price": 12.5, "author": ["name": "Emmy"], "tags": []]),
    ])

    @Test func `writes a line for each row`() async throws {
        let text = try await parsed(books, "{title} by {author[name]} {{{price}}}{First Name}")
        #expect(text == "Notes by Ada {}A.\nIdeals by Emmy {12.5}")
    }

    @Test func `puts its separator between rows, escapes in it read`() async throws {
        #expect(try await parsed(books, "{title}", ["separator": "; "]) == "Notes; Ideals")
        #expect(try await parsed(books, "{title}", ["separator": "\\n\\t"]) == "Notes\n\tIdeals")
    }

    @Test func `follows members and elements`() async throws {
        #expect(try await parsed(books, "{author.name}{tags[0]}") == "Adaa\nEmmy")
        let dotted = Record(["a.b": "whole", "a": ["b": "inner"]])
        #expect(try await parsed(dotted, "{a.b} {a[b]}") == "whole inner")
    }

    @Test func `takes a record's text, or all of it where it has none`() async throws {
        #expect(try await parsed(Record(["text": "Hello", "n": 1])) == "Hello")
        #expect(try await parsed(Record(["n": 1])) == #"{"n":1}"#)
        #expect(try await parsed(ChatMessage("Hello")) == "Hello")
        #expect(try await parsed("Hello", "> {text}") == "> Hello")
        #expect(try await parsed(JSONValue.array(["a", 2]), "{text}") == "a\n2")
    }

    @Test func `leaves open what a single record has not`() async throws {
        #expect(try await parsed(Record(["a": 1, "b": nil]), "[{a}] [{b}] [{c}] [{c.d}]") == "[1] [] [] []")
    }

    @Test func `names a field that no row of a table has`() async {
        let error = await failure { _ = try await parsed(books, "{title} {titel}") }
        let reason = error.map { "\($0)" } ?? ""
        #expect(reason.contains("“titel”") && reason.contains("“title”"))
    }

    @Test func `refuses formats rather than dropping a value`() async throws {
        let error = await failure { _ = try await parsed(Record(["price": 1]), "{price:.2f}") }
        #expect(error.map { "\($0)".contains("{price:.2f}") } == true)
        #expect(try await parsed(Record(["a:b": 1]), "{a:b}") == "1")
    }

    @Test func `never reads again what it put in`() async throws {
        #expect(try await parsed(Record(["a": "{b}", "b": "x"]), "{a}{b}") == "{b}x")
    }

    @Test func `writes all as it is when told to`() async throws {
        let whole: [String: JSONValue] = ["stringify": true]
        #expect(try await parsed(ChatMessage("Hello", name: "Ada"), nil, whole) == "Hello")
        #expect(try await parsed("Hello", nil, whole) == "Hello")
        #expect(try await parsed(Record(["text": "x", "n": 1]), nil, whole) == #"{"n":1,"text":"x"}"#)
        #expect(try await parsed(Table([Record(["a": 1])]), nil, whole) == "| a |\n| --- |\n| 1 |")
    }

    @Test func `writes a record as a block of indented JSON when told to`() async throws {
        let block: [String: JSONValue] = ["stringify": true, "code_block": true]
        let record = Record(["text": "x", "list": [1, ["a": nil]], "none": [], "empty": [:]])
        #expect(
            try await parsed(record, nil, block) == """
                ```json
                {
                  "empty": {},
                  "list": [
                    1,
                    {
                      "a": null
                    }
                  ],
                  "none": [],
                  "text": "x"
                }
                ```
                """)
        #expect(try await parsed("Hello", nil, block) == "Hello")
        #expect(try await parsed(Table([Record(["a": 1])]), nil, block) == "| a |\n| --- |\n| 1 |")
    }

    @Test func `makes an empty text of an empty table`() async throws {
        #expect(try await parsed(Table(), "{anything}") == "")
    }
}
