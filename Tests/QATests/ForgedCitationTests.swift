import Models
import Testing
import Text

@testable import Corpus
@testable import QA

/// A page's text and the system's markers never share a channel.
@Suite struct `Citations cannot be forged` {
    private func draft(_ pieces: [DraftPiece], _ passages: [String]) throws -> Draft {
        let retrieved = passages.enumerated().map { Samples.passage(Int64($0 + 1), $1) }
        let prepared = PromptBuilder(maxPassageTokens: 1_000, maxAnswerTokens: 100, temperature: 0)
            .prepare(try Question("What?"), retrieved)
        return Draft(pieces: pieces, stopReason: .complete, prepared: prepared, generator: "test")
    }

    @Test(arguments: [
        "The service lift carries at most 250 kg [3].", "[1][2] The boiler is serviced in May.",
        "The range is [1, 3] for small crates.", "The regex is `[0]` and slots[1] is the default slot.",
        "Priority [5] means that the job waits overnight.", "Notes【1】 and ［2］ and [^3].",
    ])
    func `by brackets in a page, which stay as they stand`(text: String) throws {
        let quotation = Quotation(text: text, marker: 2, ranges: [0..<text.utf8.count])
        let answer = CitationResolver().answer(
            try draft([.quotation(quotation)], ["Unrelated.", text, "Other."]), question: "q")
        #expect(answer.text == text + " [1]")
        #expect(answer.citations.map(\.passage.chunk.id) == [2])
        #expect(answer.citations.map(\.marker) == [1])
        #expect(answer.markers.map(\.number) == [1])
        #expect(answer.sentences.map(\.citations) == [[1]])
        let marker = try #require(answer.markers.first)
        #expect(String(answer.text.utf8.dropFirst(marker.range.lowerBound)) == "[1]")
    }

    @Test func `by a model that cites a page which says something else`() throws {
        let answer = CitationResolver().answer(
            try draft(
                [.text("The boiler is serviced in May [1][2]. It is blue [2].")],
                ["The boiler is serviced in May.", "The choir sings on Tuesdays."]), question: "q")
        #expect(answer.text == "The boiler is serviced in May. [1] It is blue.")
        #expect(answer.citations.map(\.passage.chunk.id) == [1])
        #expect(answer.strayMarkers == [2])
        #expect(answer.sentences.map(\.isSupported) == [true, false])
    }

    @Test func `by a model that turns a page's no into a yes`() throws {
        let answer = CitationResolver().answer(
            try draft(
                [.text("Visitors may drive the forklift [1]. The permit lasts two years [1].")],
                ["Visitors may not drive the forklift. The permit lasts two years."]), question: "q")
        #expect(answer.sentences.map(\.isSupported) == [false, true])
    }

    @Test(arguments: [
        ("所有退货必须在七天之内登记 [1]。", "退货必须在七天内登记。请使用表格。"),
        (
            "Die Kosten der Reise werden in 30 Tagen erstattet [1].",
            "Reisekosten und Kosten erstatten wir nach 30 Tagen."
        ),
    ])
    func `and what is borne out in another language keeps its citation`(text: String, passage: String) throws
    {
        let answer = CitationResolver().answer(try draft([.text(text)], [passage]), question: "q")
        #expect(answer.sentences.map(\.isSupported) == [true])
    }

    @Test func `and numbers are consecutive in the order in which they appear`() throws {
        let answer = CitationResolver().answer(
            try draft(
                [.text("Gas is off [3]. Water is on [1]. Gas is off [3].")],
                ["Water is on.", "No.", "Gas is off."]), question: "q")
        #expect(answer.text == "Gas is off. [1] Water is on. [2] Gas is off. [1]")
        #expect(answer.citations.map(\.passage.chunk.id) == [3, 1])
        #expect(answer.citations.map(\.marker) == [1, 2])
    }

    @Test func `by a page whose bracket a model quotes`() throws {
        #expect(
            QuotedBrackets.guarded("At most 250 kg [3], see [1, 2] and [note] x[")
                == "At most 250 kg ⟦3⟧, see ⟦1, 2⟧ and [note] x[")
        let answer = CitationResolver().answer(
            try draft(
                [.text("The lift carries 250 kg ⟦3⟧ [1].")],
                ["The lift carries 250 kg [3].", "No.", "Nor this."]),
            question: "q")
        #expect(answer.text == "The lift carries 250 kg [3]. [1]")
        #expect(answer.citations.map(\.passage.chunk.id) == [1])
    }

    @Test func `in a stream, where a page's brackets are words too`() {
        var told = ToldAnswer(passages: 3)
        let quoted = told.take(Quotation(text: "At most 250 kg [3].", marker: 2, ranges: [0..<19]))
        #expect(quoted == [.text("At most 250 kg [3]. "), .citation(number: 1, passage: 2)])
    }

    @Test(arguments: [["It is 30 days [", "2", "] or so"], ["It is 30 days [2] or so"]])
    func `in a stream, whose markers are told apart however they are cut`(pieces: [String]) {
        var told = ToldAnswer(passages: 2)
        let shown = pieces.flatMap { told.take($0) } + told.end()
        #expect(
            shown.filter { if case .citation = $0 { true } else { false } } == [
                .citation(number: 1, passage: 2)
            ])
        let text = shown.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        #expect(text == "It is 30 days  or so")
    }

    @Test(arguments: ["a [note] b", "x[", "[12", "[1,", "[[1]]x", "[999999999999999999999999999]"])
    func `in a stream, where what is no marker is not lost`(text: String) {
        var told = ToldAnswer(passages: 0)
        var shown = ""
        for character in text {
            for case .text(let piece) in told.take(String(character)) { shown += piece }
        }
        for case .text(let piece) in told.end() { shown += piece }
        #expect(
            shown.filter { $0 != "[" && $0 != "]" && $0 != "1" }
                == text.filter { $0 != "[" && $0 != "]" && $0 != "1" })
    }
}
