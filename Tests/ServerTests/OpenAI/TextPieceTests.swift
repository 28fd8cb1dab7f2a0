import Components
import FlowService
import Testing

@testable import Server

@Suite struct `Texts in pieces` {
    @Test(arguments: [
        (["a stop b"], ["stop"], "a "), (["a st", "op b"], ["stop"], "a "),
        (["a st", "ay"], ["stop"], "a stay"),
        (["aab"], ["ab"], "a"), (["x", "é", "y"], ["é"], "x"), (["one two"], ["two", "one"], ""),
        (["abab", "c"], ["abc"], "ab"), (["no end st"], ["stop"], "no end st"), (["plain"], [], "plain"),
    ])
    func `end before the first of the sequences, wherever the pieces were cut`(
        pieces: [String], stops: [String], expected: String
    ) {
        var sequences = StopSequences(stops)
        let shown = pieces.map { sequences.take($0) }.joined() + sequences.end()
        #expect(shown == expected)
        #expect(sequences.hasStopped == (expected != pieces.joined()))
        if sequences.hasStopped { #expect(sequences.take("more").isEmpty) }
    }

    @Test(
        arguments: [
            ("abc", "abcd", "d"), ("abc ", "abc", ""), ("a  b [1] ", "a b [1] c", "c"),
            ("a b [1]", "a b", ""),
            ("", "all", "all"), ("a b", "a b [1]", " [1]"), ("a  b", "a b [1]", " [1]"),
            ("one", "another", nil), ("abcd", "abc", nil),
            ("see [x]", "see [y]", nil),
        ] as [(String, String, String?)])
    func `are told from another text, whatever became of spaces and markers`(
        written: String, message: String, rest: String?
    ) {
        #expect(WrittenText(text: written).rest(of: message) == rest)
    }

    private func source(_ number: Int, url: String? = "https://wiki.example/1", passage: Int64? = nil)
        -> ChatMessage.Citation
    {
        .init(number: number, title: "T\(number)", url: url, passage: passage, quote: "")
    }

    @Test func `are annotated at each marker, counted in Unicode scalars`() {
        let message = ChatMessage(
            "🚀 é [1] and [2][1] [7] [x] [", role: .assistant, citations: [source(1), source(2)])
        let found = URLCitation.all(of: message, offset: 10)
        #expect(found.map(\.title) == ["T1", "T2", "T1"])
        #expect(
            found.map {
                slice(
                    message.text, from: Double($0.range.lowerBound - 10), to: Double($0.range.upperBound - 10)
                )
            }
                == ["[1]", "[2]", "[1]"])
    }

    @Test func `name at their end the sources that have no marker, with a URN where there is no address`() {
        let message = ChatMessage(
            "Text.", role: .assistant,
            citations: [source(1, url: nil, passage: 42), source(2, url: nil)])
        let found = URLCitation.all(of: message)
        #expect(found == [URLCitation(range: 5..<5, title: "T1", url: "urn:millrace:passage:42")])
    }

    @Test(arguments: ["session", "ä \"b\"", "", String(repeating: "s", count: 256)])
    func `of a response's id give back its run and session`(session: String) throws {
        let id = ResponseID(
            run: "0f8fad5b-d9cb-469f-a165-70867728950e", session: session.isEmpty ? nil : session)
        #expect(id.text.wholeMatch(of: /resp_[A-Za-z0-9_-]+/) != nil)
        #expect(ResponseID(id.text) == id)
    }

    @Test(arguments: [
        "", "resp_", "resp_%%", "abc", "resp_YWJj", "resp_Cg", "resp_" + String(repeating: "A", count: 4_000),
    ])
    func `that are no response's id are none`(text: String) {
        #expect(ResponseID(text) == nil)
    }
}
