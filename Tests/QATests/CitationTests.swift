import Models
import Testing
import Text

@testable import Corpus
@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `Citations` {
    private func draft(_ text: String, _ passages: [String], stop: StopReason = .complete) throws -> Draft {
        let retrieved = passages.enumerated().map { offset, text in Samples.passage(Int64(offset + 1), text) }
        let question = try Question("How long?", filter: .everything)
        let prepared = PromptBuilder(maxPassageTokens: 1_000, maxAnswerTokens: 100, temperature: 0)
            .prepare(question, retrieved)
        return Draft(pieces: [.text(text)], stopReason: stop, prepared: prepared, generator: "test")
    }

    @Test func `an exact quote is supported, with its place`() throws {
        let answer = CitationResolver().answer(
            try draft("Logs stay 30 days [1].", ["Hello. Logs stay 30 days."]), question: "q")
        #expect(answer.text == "Logs stay 30 days. [1]")
        #expect(answer.sentences.map(\.isSupported) == [true])
        #expect(answer.citations.map(\.quotes) == [[7..<25]])
    }

    @Test func `a marker that points nowhere is removed and reported`() throws {
        let answer = CitationResolver().answer(
            try draft("Logs stay 30 days [1][7].", ["Logs stay 30 days."]), question: "q")
        #expect(answer.strayMarkers == [7])
        #expect(answer.citations.map(\.marker) == [1])
        #expect(!answer.text.contains("[7]"))
    }

    @Test func `a wrong figure is not supported by a passage with another one`() throws {
        let answer = CitationResolver().answer(
            try draft("Logs stay 30 days [1]. Logs stay 90 days [1].", ["Logs stay 30 days."]), question: "q")
        #expect(answer.sentences.map(\.isSupported) == [true, false])
    }

    @Test func `a paraphrase with the passage's words is supported, an invention is not`() throws {
        let answer = CitationResolver().answer(
            try draft(
                "Access logs are kept for 30 days [1]. Unicorns graze in Halifax [1].",
                ["We keep the access logs for 30 days, then delete them."]), question: "q")
        #expect(answer.sentences.map(\.isSupported) == [true, false])
    }

    @Test func `an answer of which nothing is supported is no answer`() throws {
        let answer = CitationResolver().answer(
            try draft("Unicorns graze in Halifax [1].", ["We keep the access logs for 30 days."]),
            question: "q")
        #expect(answer.abstained)
        #expect(answer.citations.isEmpty)
        #expect(answer.related.count == 1)
    }

    @Test func `what comes nearest is related, before what merely was found, with its place`() throws {
        var draft = try draft("", ["One.", "Two. Three.", "Four."], stop: .noAnswer)
        draft.nearest = [
            Quotation(text: "Three.", marker: 2, ranges: [5..<11]),
            Quotation(text: "Nowhere.", marker: 9, ranges: [0..<8]),
        ]
        let answer = CitationResolver().answer(draft, question: "q")
        #expect(answer.abstained && answer.text == CitationResolver.abstention && answer.citations.isEmpty)
        #expect(answer.related.map(\.passage.chunk.id) == [2, 1, 3])
        #expect(answer.related.map(\.quotes) == [[5..<11], [], []])
        #expect(answer.related.map(\.quote) == ["Three.", nil, nil])
    }

    @Test(arguments: ["", "NO_ANSWER", "I looked. NO_ANSWER", "   \n"])
    func `no answer is said plainly`(text: String) throws {
        let answer = CitationResolver().answer(try draft(text, ["Something."]), question: "q")
        #expect(answer.abstained)
        #expect(answer.text == CitationResolver.abstention)
    }

    @Test func `what a guardrail said in place of an answer is no “nothing answers”`() throws {
        let intervention = GuardrailIntervention(
            guardrail: "gr1", version: "1", policies: [.topic], places: [.question], requestID: "r-1")
        var draft = try draft("This was blocked.", ["Logs stay 30 days."], stop: .filtered)
        draft.intervention = intervention
        let answer = CitationResolver().answer(draft, question: "q")
        #expect(!answer.abstained && answer.text == "This was blocked.")
        #expect(answer.withheld == intervention && answer.citations.isEmpty)
        #expect(answer.sentences.map(\.isSupported) == [false])
    }

    @Test func `an answer that a provider withheld without a word says so`() throws {
        let silent = CitationResolver().answer(
            try draft("", ["Logs stay 30 days."], stop: .filtered), question: "q")
        #expect(!silent.abstained && silent.text == CitationResolver.withheld && silent.withheld != nil)
        // Of one that was cut, what is borne out stays.
        let cut = CitationResolver().answer(
            try draft("Logs stay 30 days [1].", ["Logs stay 30 days."], stop: .filtered), question: "q")
        #expect(cut.text == "Logs stay 30 days. [1]" && cut.withheld != nil)
    }

    @Test func `ranges that overlap become one`() {
        #expect(CitationResolver.merged([5..<9, 0..<2, 8..<12, 2..<3]) == [0..<3, 5..<12])
    }
}

enum Samples {
    static func passage(_ id: Int64, _ text: String, title: String = "Page") -> RetrievedChunk {
        RetrievedChunk(
            chunk: StoredChunk(
                id: id, documentID: "\(id)", kind: .page, chunkKind: .prose, spaceKey: "ENG",
                spaceName: "Eng",
                title: title, ancestors: [], labels: [], author: nil, updatedAt: nil, url: nil, anchor: nil,
                ordinal: 0, headingPath: [], text: text, tokenCount: 10, range: 0..<text.utf8.count,
                section: nil),
            rank: RankedPassage(id: id, score: 1))
    }
}
