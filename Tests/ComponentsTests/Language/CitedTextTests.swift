import Flow
import JSONValue
import Models
import Testing

@testable import Components

@Suite struct `Markers in what a model writes` {
    /// Sources 1 to 3.
    private var sources: RunSources {
        let sources = RunSources()
        for (offset, title) in ["One", "Two", "Three"].enumerated() {
            _ = sources.number(title: title, url: nil, passage: Int64(offset + 10), quote: title)
        }
        return sources
    }

    private func cited(_ pieces: [String], _ sources: RunSources?) -> (text: String, titles: [String]) {
        var text = CitedText(sources)
        let shown = pieces.map { text.take($0) }.joined() + text.end()
        #expect(shown == text.text)
        #expect(text.citations.map(\.number) == Array(1..<(text.citations.count + 1)))
        return (text.text, text.citations.map(\.title))
    }

    @Test(arguments: [
        ("A [3]. B [1]. C [3].", "A [1]. B [2]. C [1].", ["Three", "One"]),
        ("A [2, 3] B [9]", "A [1][2] B [9]", ["Two", "Three"]), ("A [2, 9]", "A [1][9]", ["Two"]),
        ("[0] [] [ ] [x] [1", "[0] [] [ ] [x] [1", []), ("[[2]]", "[[1]]", ["Two"]),
        ("[1 2] [99999999999999999999]", "[1 2] [99999999999999999999]", []),
        ("`a[1]` and [2]", "`a[1]` and [1]", ["Two"]),
        ("```\na[1]\n```\n[3]", "```\na[1]\n```\n[1]", ["Three"]),
        ("It says ⟦1⟧ and ⟦7⟧ [2]", "It says ⟦1⟧ and [7] [1]", ["Two"]), ("", "", []),
    ])
    func `are renumbered in the order of appearance, and what is unknown stays text`(
        written: String, text: String, titles: [String]
    ) {
        let whole = cited([written], sources)
        #expect(whole == (text, titles))
        let pieces = cited(written.map { String($0) }, sources)
        #expect(pieces == (text, titles))
    }

    @Test func `without sources all of it is text`() {
        #expect(cited(["A [1] ⟦2⟧"], nil) == ("A [1] [2]", []))
        #expect(cited(["A [1] ⟦2⟧"], RunSources()) == ("A [1] [2]", []))
    }

    @Test func `no more is held back than may become a marker`() {
        var text = CitedText(sources)
        #expect(text.take("See [") == "See ")
        #expect(text.take("2") == "")
        #expect(text.take("] and") == "[1] and")
        #expect(text.take(" [" + String(repeating: "1", count: 40)).utf8.count > 16)
    }
}

@Suite struct `What a tool found, as a model is told` {
    private func told(_ value: JSONValue, _ sources: RunSources? = nil) -> JSONValue {
        switch FoundByTool(value, numberedBy: sources, limitBytes: 10_000).content {
        case .json(let value): value
        case .text(let text): .string(text)
        }
    }

    @Test func `has no markers of its own`() {
        #expect(told("As [1] and [2, 3] say") == "As ⟦1⟧ and ⟦2, 3⟧ say")
        #expect(told([["a": ["[1]"]]]) == [["a": ["⟦1⟧"]]])
    }

    @Test func `keeps the marker of a row that tells of the marker's source`() {
        let sources = RunSources()
        _ = sources.number(title: "T", url: "https://a.example/p", passage: 7, quote: "q")
        let rows: JSONValue = [
            ["text": "good [1]", "passage_id": 7, "citation": "[1]"],
            ["text": "forged", "passage_id": 8, "citation": "[1]"], ["text": "forged", "citation": "[1]"],
            ["text": "unknown", "passage_id": 7, "citation": "[2]"],
        ]
        #expect(
            told(rows, sources) == [
                ["text": "good ⟦1⟧", "passage_id": 7, "citation": "[1]"],
                ["text": "forged", "passage_id": 8, "citation": "⟦1⟧"],
                ["text": "forged", "citation": "⟦1⟧"],
                ["text": "unknown", "passage_id": 7, "citation": "⟦2⟧"],
            ])
        // A set of tools from elsewhere cites nothing.
        #expect(told(rows).array?.first?["citation"] == "⟦1⟧")
    }

    @Test func `makes sources of the pages of a table`() {
        let sources = RunSources()
        let found: JSONValue = [
            "results": [
                ["title": "T", "url": "https://a.example/", "text": "body"],
                ["url": "javascript:x", "text": "b"],
                ["title": "no address"],
            ]
        ]
        let rows = told(found, sources)["results"]?.array
        #expect(rows?.map { $0["citation"] } == ["[1]", nil, nil])
        #expect(
            sources[1]
                == ChatMessage.Citation(
                    number: 1, title: "T", url: "https://a.example/", passage: nil, quote: "body"))
        #expect(told(found, sources)["results"]?.array?.first?["citation"] == "[1]")
        #expect(sources.count == 1)
    }

    @Test func `maps the numbers of a message to the run's where its citations are sources of the run`() {
        let sources = RunSources()
        _ = sources.number(title: "A", url: nil, passage: 1, quote: "a")
        _ = sources.number(title: "B", url: nil, passage: 2, quote: "b")
        let message = ChatMessage(
            "From B [1], from nowhere [2], unknown [3].", role: .assistant,
            citations: [
                .init(number: 1, title: "B", url: nil, passage: 2, quote: "b"),
                .init(number: 2, title: "Forged", url: "https://evil.example/", passage: nil, quote: "x"),
            ])
        #expect(told(message.json, sources) == "From B [2], from nowhere ⟦2⟧, unknown ⟦3⟧.")
        #expect(
            told(["message": message.json], sources)["message"]
                == "From B [2], from nowhere ⟦2⟧, unknown ⟦3⟧.")
        #expect(sources.count == 2)
    }

    @Test func `is not followed into endless depth`() {
        var value: JSONValue = "[1]"
        for _ in 0..<200 { value = [value] }
        let text = (try? told(value).text()) ?? ""
        #expect(text.contains("…"))
        #expect(!text.contains("⟦"))
    }

    @Test func `in an agent's answer only what a search numbered is cited`() async throws {
        let sources = RunSources()
        _ = sources.number(title: "Old", url: nil, passage: 5, quote: "old")
        let number = sources.number(title: "Page", url: nil, passage: 6, quote: "words")
        let model = ScriptedGenerator([
            .calls([("probe", ["text": "a"])]), .says("It says ⟦1⟧ so. It is [", "\(number)", "]. Not [8]."),
        ])
        let catalog = ComponentCatalog.language(model) { _ in
            [["text": "as in [1]", "passage_id": 6, "citation": .string("[\(number)]")]]
        }
        let message = try await ask(catalog, facts: [sources])
        #expect(message.text == "It says ⟦1⟧ so. It is [1]. Not [8].")
        #expect(message.citations == [.init(number: 1, title: "Page", url: nil, passage: 6, quote: "words")])
        let told = try #require(model.requests.last?.messages.last?.results.first?.told)
        #expect(told.contains("as in ⟦1⟧") && told.contains("\"[\(number)]\""))
    }

    @Test func `what a model copies from it reaches the next tool as it stood there`() async throws {
        let heard = Heard<String>()
        let model = ScriptedGenerator([.calls([("probe", ["text": "a⟦1⟧"])]), .says("Done.")])
        let catalog = ComponentCatalog.language(model) { text in
            heard.add(text)
            return "ok"
        }
        _ = try await ask(catalog)
        #expect(heard.all == ["a[1]"])
    }
}
