import Concurrency
import Models
import TestSupport
import Testing

@Suite struct `Evidence that is read twice` {
    /// Takes for an answer what holds one of some words, when it is asked one of some questions.
    private struct WordReader: PassageReading {
        var answers: [String]
        var questions: [String]?

        func read(question: String, passages: [PassageReader.Passage]) async throws -> [Reading] {
            passages.map { passage in
                let answering =
                    answers.contains { passage.text.contains($0) }
                    && questions?.contains(question) ?? true
                let logit: Float = answering ? 8 : -8
                let range = 0..<passage.text.utf8.count
                return Reading(
                    answers: logit, tokens: [Reading.Token(utf8Range: range, start: logit, end: logit)])
            }
        }
    }

    private func quoted(
        _ part: GroundedQuestion.Part, _ passages: [GroundedQuestion.Passage], reader: WordReader
    ) async throws -> [Quotation] {
        let generator = ExtractiveGenerator(embedder: HashingEmbedder(), reader: reader)
        let prompt = GroundedPrompt(instructions: "", question: part.text, passages: passages, parts: [part])
        var quoted: [Quotation] = []
        for try await case .quotation(let quotation) in generator.generate(prompt) {
            quoted.append(quotation)
        }
        return quoted
    }

    private let editions = GroundedQuestion.Passage(
        marker: 1, title: "Editions", headingPath: [],
        text: """
            | Edition | Users | Archive |
            | --- | --- | --- |
            | Team | 25 | 250 GB |
            | Campus | 300 | 4 TB |
            """)

    @Test func `a row tells all its columns where those that are named do not answer`() async throws {
        let part = GroundedQuestion.Part(text: "How many terabytes do users of Campus get?")
        let told = try await quoted(part, [editions], reader: WordReader(answers: ["4 TB"]))
        #expect(told.map(\.text) == ["Edition Campus – Users: 300; Archive: 4 TB"])
    }

    @Test func `a row tells the columns that are named where these answer`() async throws {
        let part = GroundedQuestion.Part(text: "How many users may Campus have?")
        let told = try await quoted(part, [editions], reader: WordReader(answers: ["300"]))
        #expect(told.map(\.text) == ["Edition Campus – Users: 300"])
    }

    private let typed = "Can I stay anonymous?"
    private let completed = "Can I stay anonymous, big reward for a tip?"

    private func passage(_ marker: Int, recalled: Bool) -> GroundedQuestion.Passage {
        GroundedQuestion.Passage(
            marker: marker, title: "Tips", headingPath: [],
            text: "Tips are taken without a name on 0800 661 661.", isRecalled: recalled)
    }

    @Test func `a question is read as it was typed, with what the conversation was about`() async throws {
        let part = GroundedQuestion.Part(text: completed, typed: typed)
        let reader = WordReader(answers: ["without a name"], questions: [typed])
        let told = try await quoted(part, [passage(1, recalled: true)], reader: reader)
        #expect(told.map(\.text) == ["Tips are taken without a name on 0800 661 661."])
    }

    @Test func `no other page is read with the question as it was typed`() async throws {
        let part = GroundedQuestion.Part(text: completed, typed: typed)
        let reader = WordReader(answers: ["without a name"], questions: [typed])
        #expect(try await quoted(part, [passage(1, recalled: false)], reader: reader).isEmpty)
    }
}
