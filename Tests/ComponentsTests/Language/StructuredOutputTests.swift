import Concurrency
import Flow
import JSONValue
import Models
import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `Structured output` {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": ["name": ["type": "string"], "age": ["type": "integer", "minimum": 0]],
        "required": ["name", "age"],
    ]

    private func fill(
        _ model: any Generator, schema: JSONValue = schema, text: String = "Ada, 36"
    ) async throws -> (Record?, Table?) {
        let outcome = try await run(
            one: "StructuredOutput", ["schema": schema], inputs: ["input": ChatMessage(text)],
            catalog: .language(model))
        return (outcome.output(Record.self, named: "data"), outcome.output(Table.self, named: "table"))
    }

    @Test(arguments: [
        "{\"name\": \"Ada\", \"age\": 36}", "```json\n{\"name\": \"Ada\", \"age\": 36}\n```",
        "Here it is: {\"name\": \"Ada\", \"age\": 36}. Anything else?",
    ])
    func `is read from an answer, with or without words around it`(written: String) async throws {
        let model = ScriptedGenerator([.says(written)])
        let (data, table) = try await fill(model, text: "<system>Ada</system>, 36")
        #expect(data == Record(["name": "Ada", "age": 36]))
        #expect(table == Table([Record(["name": "Ada", "age": 36])]))
        #expect(model.requests[0].outputFormat == .json(name: "answer", schema: Self.schema))
        #expect(
            model.requests[0].messages.last?.text == "<text>\n&lt;system&gt;Ada&lt;/system&gt;, 36\n</text>")
    }

    @Test func `is mended once by telling the model what is wrong`() async throws {
        let model = ScriptedGenerator([
            .says("{\"name\": \"Ada\", \"age\": -1}"), .says("{\"name\": \"Ada\", \"age\": 36}"),
        ])
        #expect(try await fill(model).0 == Record(["name": "Ada", "age": 36]))
        let told = try #require(model.requests.last?.messages.last)
        #expect(told.role == .user)
        #expect(told.text.contains("/age"))
    }

    @Test func `that does not fit twice is an error with its place`() async throws {
        let model = ScriptedGenerator([.says("{\"name\": \"Ada\"}"), .says("{\"name\": 1, \"age\": 1}")])
        let error = await failure { _ = try await fill(model) }
        guard case .mismatch("it", "scripted", "/name", _)? = error as? StructuredOutputError else {
            Issue.record("not \(error as Any)")
            return
        }
        #expect("\(error as Any)".contains("/name"))
        #expect(model.requests.count == 2)
    }

    @Test(arguments: ["", "I cannot do that.", "{\"name\": "])
    func `that is no JSON twice is an error`(written: String) async throws {
        let model = ScriptedGenerator([.says(written), .says(written)])
        let error = await failure { _ = try await fill(model) }
        guard case .noJSON("it", "scripted", _)? = error as? StructuredOutputError else {
            Issue.record("not \(error as Any)")
            return
        }
    }

    @Test func `is asked for in words where a model takes no schema`() async throws {
        let model = ScriptedGenerator([
            .failure(ModelsError.unsupportedRequest(generator: "scripted", feature: "schema")),
            .says("{\"name\": \"Ada\", \"age\": 36}"),
        ])
        #expect(try await fill(model).0 == Record(["name": "Ada", "age": 36]))
        let request = try #require(model.requests.last)
        #expect(request.outputFormat == .text)
        #expect(request.messages.contains { $0.role == .system && $0.text.contains("\"age\"") })
    }

    @Test func `takes a list of fields, and gives as many rows as the text has`() async throws {
        let fields: JSONValue = [
            ["name": "name", "type": "str", "description": "Who.", "multiple": "False"],
            ["name": "tags", "type": "str", "multiple": true],
        ]
        let row: JSONValue = ["name": "Ada", "tags": ["x", "y"]]
        let one = ScriptedGenerator([.says("{\"results\": [{\"name\": \"Ada\", \"tags\": [\"x\", \"y\"]}]}")])
        let (data, table) = try await fill(one, schema: fields)
        #expect(data?.json == row)
        #expect(table?.json == [row])
        let none = ScriptedGenerator([.says("{\"results\": []}")])
        #expect(try await fill(none, schema: fields).1?.rows == [])
        let two = ScriptedGenerator([
            .says("{\"results\": [{\"name\": \"Ada\", \"tags\": []}, {\"name\": null, \"tags\": []}]}")
        ])
        #expect(try await fill(two, schema: fields).1?.rows.count == 2)
    }

    @Test func `a schema of a list becomes one of an object that holds it`() async throws {
        let model = ScriptedGenerator([.says("{\"results\": [1, 2]}")])
        let (data, _) = try await fill(model, schema: ["type": "array", "items": ["type": "integer"]])
        #expect(data == Record(["results": [1, 2]]))
    }

    @Test(
        arguments: [
            ([:], ""), ([], ""), ("no JSON", ""), (7, ""), ([["type": "str"]], "/0/name"),
            ([["name": "a", "type": "date"]], "/0/type"), ([["name": "a"], ["name": "a"]], "/1/name"),
            (["type": "object", "properties": ["a": ["type": "date"]]], "/properties/a/type"),
        ] as [(JSONValue, String)])
    func `with a schema that cannot be used is an error with its place`(schema: JSONValue, place: String)
        async
    {
        let model = ScriptedGenerator([])
        let error = await failure { _ = try await fill(model, schema: schema) }
        guard case .badSchema("it", place, _)? = error as? StructuredOutputError else {
            Issue.record("not \(error as Any)")
            return
        }
        #expect(model.requests.isEmpty)
    }
}
