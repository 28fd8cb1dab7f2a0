import Flow
import Foundation
import JSONValue
import Testing

@testable import Components

@Suite struct `Files of a run's owner` {
    private let files = KeptFiles()
    private var facts: [any Sendable] { [RunFiles(files)] }
    private static let table = Table(
        [Record(["name": "Lena", "age": 41]), Record(["name": "Ali", "age": 30])], columns: ["name", "age"])

    private func save(
        _ input: any Payload, _ parameters: [String: JSONValue], name: String? = nil
    ) async throws -> ChatMessage {
        var inputs: [String: any Payload] = ["input": input]
        if let name { inputs["name"] = name }
        let outcome = try await run(
            one: "SaveToFile", parameters, inputs: inputs, facts: facts, catalog: .data())
        return try #require(outcome.output(ChatMessage.self, named: "message"))
    }

    private func fault(_ input: any Payload, _ parameters: [String: JSONValue]) async -> (any Error)? {
        await failure(one: "SaveToFile", parameters, inputs: ["input": input], facts: facts, catalog: .data())
    }

    private func read(
        _ names: [String], documentText: DocumentText? = nil
    ) async throws -> (message: ChatMessage, table: Table) {
        let outcome = try await run(
            one: "ReadFile", ["names": .array(names.map { .string($0) })], facts: facts,
            catalog: .data(documentText: documentText))
        return (
            try #require(outcome.output(ChatMessage.self, named: "message")),
            try #require(outcome.output(Table.self, named: "table"))
        )
    }

    @Test func `a table keeps the order of its columns on its way through a file`() async throws {
        let message = try await save(Self.table, ["file_name": "people", "format": "csv"])
        #expect(message.files == ["people.csv"])
        #expect(message.text == "Saved people.csv (2 rows, 27 bytes).")
        #expect(files["people.csv"] == "name,age\r\nLena,41\r\nAli,30\r\n")
        let back = try await read(["people.csv"])
        #expect(back.table == Self.table)
        #expect(back.message.files == ["people.csv"])
    }

    @Test func `each format writes each kind of content`() async throws {
        let record = Record(["text": "Hello", "n": 1])
        _ = try await save(ChatMessage("Hi", role: .assistant), ["file_name": "m", "format": "txt"])
        #expect(files["m.txt"] == "Hi")
        _ = try await save(ChatMessage("Hi"), ["file_name": "m", "format": "markdown"])
        #expect(files["m.md"] == "Hi")
        _ = try await save(ChatMessage("Hi"), ["file_name": "m"])
        #expect(try JSONValue(parsing: files["m.json"] ?? "") == ["message": "Hi"])
        _ = try await save(record, ["file_name": "r"])
        #expect(try JSONValue(parsing: files["r.json"] ?? "") == record.json)
        _ = try await save(record, ["file_name": "r", "format": "csv"])
        #expect(files["r.csv"] == "n,text\r\n1,Hello\r\n")
        _ = try await save(record, ["file_name": "r", "format": "txt"])
        #expect(files["r.txt"] == "Hello")
        _ = try await save(Self.table, ["file_name": "t.md", "format": "markdown"])
        #expect(files["t.md"] == Self.table.markdown)
        _ = try await save(Self.table, ["file_name": "t"])
        #expect(try JSONValue(parsing: files["t.json"] ?? "") == Self.table.json)
        _ = try await save(JSONValue.array([1, 2]), ["file_name": "j", "format": "markdown"])
        #expect(files["j.md"]?.hasPrefix("```json\n") == true)
        #expect(await fault(ChatMessage("Hi"), ["file_name": "m", "format": "csv"]) is DataError)
    }

    @Test func `a message and a table that came as JSON are known again`() async throws {
        let message: JSONValue = ["text": "Hi", "role": "user"]
        _ = try await save(message, ["file_name": "m", "format": "txt"])
        #expect(files["m.txt"] == "Hi")
        let rows = "[{\"a\": 1}, {\"a\": 2}]"
        _ = try await save(JSONValue.string(rows), ["file_name": "t", "format": "csv"])
        #expect(files["t.csv"] == "a\r\n1\r\n2\r\n")
        _ = try await save(rows, ["file_name": "s", "format": "txt"])
        #expect(files["s.txt"] == rows)
    }

    @Test func `adding keeps what is there, in every format`() async throws {
        let more = Record(["name": "Mia", "site": "Rome"])
        for round in 0..<2 {
            for format in ["csv", "json", "markdown", "txt"] {
                let parameters: [String: JSONValue] = [
                    "file_name": "log", "format": .string(format), "append": true,
                ]
                let message =
                    round == 0 ? try await save(Self.table, parameters) : try await save(more, parameters)
                #expect(message.text.hasPrefix(round == 0 ? "Saved" : "Added to"))
            }
        }
        #expect(files["log.csv"] == "name,age,site\r\nLena,41,\r\nAli,30,\r\nMia,,Rome\r\n")
        #expect(
            try JSONValue(parsing: files["log.json"] ?? "")
                == .array(Self.table.rows.map(\.json) + [more.json]))
        #expect(files["log.md"] == Self.table.markdown + "\n\n" + Table([more]).markdown)
        #expect(files["log.txt"] == Self.table.markdown + "\n" + more.text)
    }

    @Test func `adding to a file of another kind changes nothing`() async throws {
        files.put(Data("no json".utf8), as: "a.json")
        files.put(Data("a\n\"open".utf8), as: "a.csv")
        files.put(Data([0xFF, 0xFE]), as: "a.txt")
        for format in ["json", "csv", "txt"] {
            let parameters: [String: JSONValue] = [
                "file_name": "a", "format": .string(format), "append": true,
            ]
            #expect(await fault(Self.table, parameters) is DataError, "\(format)")
        }
        #expect(files["a.json"] == "no json")
        #expect(files["a.csv"] == "a\n\"open")
    }

    @Test func `the name that comes by an edge goes first`() async throws {
        #expect(try await save("x", ["file_name": "a", "format": "txt"], name: " b ").files == ["b.txt"])
        #expect(try await save("x", ["file_name": "a", "format": "txt"], name: "").files == ["a.txt"])
        #expect(
            await fault("x", ["format": "txt"]) as? DataError
                == .missingParameter(operation: "SaveToFile", name: "file_name"))
    }

    @Test func `formats that are not had are refused before anything runs`() async {
        let error = await fault("x", ["file_name": "a", "format": "xlsx"])
        #expect("\(error.map { "\($0)" } ?? "")".contains("csv, json, markdown, txt"))
        #expect(files.names == [])
    }

    @Test(arguments: [
        "../secret", "..", ".", "a/b", "a\\b", "/etc/passwd", "a\u{0}b", "a\nb", "a\u{202E}txt.exe",
        "\u{2028}",
        " a", String(repeating: "ä", count: 128),
    ])
    func `a name that could lead elsewhere reaches no store`(name: String) async {
        files.put(Data("kept".utf8), as: name)
        #expect {
            try RunFiles.check(name)
        } throws: { error in
            if case .badName(name, _) = error as? FlowFileError { true } else { false }
        }
        let reading = await failure(
            one: "ReadFile", ["names": []], inputs: ["name": name], facts: facts, catalog: .data())
        #expect(reading is FlowFileError)
        await #expect(throws: FlowFileError.self) {
            try await RunFiles(files).write(Data(), as: name, mediaType: "text/plain")
        }
        #expect(files[name] == "kept")
    }

    @Test(arguments: [
        "a", "report.csv", "a..b", ".hidden", "Übersicht 2024 (final).txt",
        String(repeating: "a", count: 255),
    ])
    func `plain names are taken`(name: String) throws {
        try RunFiles.check(name)
    }

    @Test func `sizes are checked whatever the store does`() async throws {
        let files = KeptFiles(["small": "1234", "large": "12345"])
        let access = RunFiles(files, byteLimit: 4)
        #expect(try await access.read("small").count == 4)
        await #expect(throws: FlowFileError.tooLarge(name: "large", bytes: 5, limit: 4)) {
            try await access.read("large")
        }
        await #expect(throws: FlowFileError.tooLarge(name: "new", bytes: 5, limit: 4)) {
            try await access.write(Data("12345".utf8), as: "new", mediaType: "text/plain")
        }
        #expect(files.names == ["large", "small"])
        #expect(try await access.all().map(\.name) == ["large", "small"])
    }

    @Test func `several files are one text and a row each`() async throws {
        files.put(Data("one".utf8), as: "a.txt")
        files.put(Data("x,y\n1,2".utf8), as: "b.csv")
        let (message, table) = try await read(["a.txt", "b.csv"])
        #expect(message.text == "one\n\nx,y\n1,2")
        #expect(message.files == ["a.txt", "b.csv"])
        #expect(table.columns == ["file_path", "text"])
        #expect(table.rows.map { $0.values["file_path"] } == ["a.txt", "b.csv"])
    }

    @Test func `rows of a single file are read by its ending`() async throws {
        files.put(Data("a\tb\n1\t2".utf8), as: "t.TSV")
        #expect(try await read(["t.TSV"]).table.rows == [Record(["a": 1, "b": 2])])
        files.put(Data("[{\"a\": 1}, {\"b\": [2]}]".utf8), as: "t.json")
        #expect(try await read(["t.json"]).table.rows == [Record(["a": 1]), Record(["b": [2]])])
        files.put(Data("3".utf8), as: "n.json")
        #expect(try await read(["n.json"]).table.rows == [Record(["file_path": "n.json", "text": "3"])])
    }

    @Test func `what cannot be read is named`() async throws {
        func fault(_ name: String) async -> (any Error)? {
            await failure(one: "ReadFile", ["names": [.string(name)]], facts: facts, catalog: .data())
        }
        #expect(await fault("absent.txt") as? FlowFileError == .absent(name: "absent.txt"))
        files.put(Data([0x25, 0x50, 0x44, 0x46, 0x00]), as: "a.pdf")
        #expect(await fault("a.pdf") is DataError)
        files.put(Data("{".utf8), as: "a.json")
        #expect(
            await fault("a.json") as? DataError == .unreadableFile(name: "a.json", reason: "it is no JSON"))
        files.put(Data("a\n1,2".utf8), as: "a.csv")
        #expect(
            await fault("a.csv") as? DataError
                == .unreadableFile(
                    name: "a.csv", reason: "line 2: it has 2 values; there are 1 columns"))
        #expect(await failure(one: "ReadFile", facts: facts, catalog: .data()) is DataError)
        #expect(await failure(one: "ReadFile", ["names": ["a"]], catalog: .data()) is MissingFact)
    }

    @Test func `documents that are no text are read by what is handed in`() async throws {
        files.put(Data([0x00, 0x01]), as: "a.pdf")
        files.put(Data("<p>Hello</p>".utf8), as: "a.html")
        let documentText: DocumentText = { bytes, name in "\(name): \(bytes.count)" }
        let (message, _) = try await read(["a.pdf", "a.html"], documentText: documentText)
        #expect(message.text == "a.pdf: 2\n\na.html: 12")
        #expect(try await read(["a.html"]).message.text == "<p>Hello</p>")
    }
}
