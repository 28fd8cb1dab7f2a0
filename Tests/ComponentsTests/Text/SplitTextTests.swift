import Components
import Flow
import JSONValue
import Testing

/// Chunks as LangChain's `CharacterTextSplitter` makes them of the same text; see `A text splitter` for its cases.
@Suite struct `Split text` {
    private func split(
        _ input: any Payload, _ parameters: [String: JSONValue] = [:]
    ) async throws -> Table? {
        try await run(one: "SplitText", parameters, inputs: ["input": input], catalog: .plain())
            .output(Table.self, named: "chunks")
    }

    private func texts(_ input: any Payload, _ parameters: [String: JSONValue]) async throws -> [String]? {
        try await split(input, parameters)?.rows.compactMap { $0.values["text"]?.string }
    }

    @Test func `gives each chunk its record's other values, the text first`() async throws {
        let table = Table([
            Record(["text": "a\nb", "page": 1, "author": "Ada"]), Record(["text": "c", "page": 2]),
            Record(["page": 3]),
        ])
        let chunks = try await split(table, ["chunk_size": 1, "chunk_overlap": 0])
        #expect(chunks?.columns.first == "text")
        #expect(
            chunks?.rows == [
                Record(["text": "a", "page": 1, "author": "Ada"]),
                Record(["text": "b", "page": 1, "author": "Ada"]), Record(["text": "c", "page": 2]),
            ])
    }

    @Test func `gives texts alone when told to, from the member that is named`() async throws {
        let record = Record(["body": "a b", "page": 1])
        let parameters: [String: JSONValue] = [
            "separator": " ", "chunk_size": 1, "chunk_overlap": 0, "text_key": "body",
        ]
        #expect(
            try await split(record, parameters)?.rows == [
                Record(["text": "a", "page": 1]), Record(["text": "b", "page": 1]),
            ])
        let clean = parameters.merging(["clean_output": true]) { $1 }
        #expect(try await split(record, clean)?.rows == [Record(["text": "a"]), Record(["text": "b"])])
    }

    @Test(arguments: ["\n", "\\n", "/n"]) func `reads a newline however it is written`(separator: String)
        async throws
    {
        let parameters: [String: JSONValue] = [
            "separator": .string(separator), "chunk_size": 1, "chunk_overlap": 0,
        ]
        #expect(try await texts("a\nb\r\nc", parameters) == ["a", "b", "c"])
    }

    @Test func `cuts messages, texts and lists by their words alone`() async throws {
        let parameters: [String: JSONValue] = ["separator": " ", "chunk_size": 3, "chunk_overlap": 0]
        #expect(
            try await split(ChatMessage("one two"), parameters)?.rows == [
                Record(["text": "one"]), Record(["text": "two"]),
            ])
        #expect(try await texts("one two", parameters) == ["one", "two"])
        #expect(try await texts(JSONValue.array(["one two", "six"]), parameters) == ["one", "two", "six"])
    }

    @Test func `says what is missing, and what does not fit`() async {
        let catalog = ComponentCatalog.plain()
        let missing = await failure(
            one: "SplitText", inputs: ["input": Record(["body": "a"])], catalog: catalog)
        #expect(missing.map { "\($0)".contains("“text”") && "\($0)".contains("“body”") } == true)
        let overlap = await failure(
            one: "SplitText", ["chunk_size": 5, "chunk_overlap": 6], inputs: ["input": "a"], catalog: catalog)
        #expect(overlap.map { "\($0)".contains("overlap by 6") } == true)
    }

    @Test func `does not make more of a text than fits`() async {
        let text = String(repeating: "x", count: 100_001)
        let error = await failure(
            one: "SplitText", ["separator": "", "chunk_size": 1, "chunk_overlap": 0],
            inputs: ["input": text], catalog: .plain())
        #expect(error.map { "\($0)".contains("Make chunk_size larger") } == true)
    }

    @Test func `makes an empty table of nothing`() async throws {
        #expect(try await split(Table())?.rows.isEmpty == true)
        #expect(try await split("")?.rows.isEmpty == true)
    }
}
