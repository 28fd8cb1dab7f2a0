import Models
import Testing
import Text

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `Example questions` {
    @Test(arguments: [
        ("How to rotate a key", "How do I rotate a key?"), ("Who is on call?", "Who is on call?"),
        ("Runbook", nil),
        ("x?", nil), (String(repeating: "long ", count: 30) + "?", nil),
    ])
    func `are titles and headings that ask`(name: String, question: String?) {
        #expect(ExampleCandidates.question(name) == question)
    }

    @Test(arguments: [
        ("Berth | Depth | Crane\nNorth quay | 9 m | two", "What is the depth of North quay?"),
        (
            "Berth | Depth, at low water (m) | Crane\nNorth quay | 9 m | two",
            "What is the depth of North quay?"
        ),
        ("Signal | SLA | Owner\nRed lamp | 4 hours | harbour", "What is the SLA of Red lamp?"),
        ("State | Meaning | Since\nPROPOSED | Nobody has agreed yet. | 2024", "What does PROPOSED mean?"),
    ])
    func `ask for a cell by its column and its row`(table: String, question: String) throws {
        let units = EvidenceUnits.all(of: table, isCode: false)
        let row = try #require(units.first { $0.kind == .row })
        #expect(ExampleCandidates.question(row) == question)
    }

    /// Each is asked before it is shown: what the pages do not answer well is not offered.
    @Test func `have an answer on their page`() async throws {
        let corpus = try await TestCorpus()
        try await corpus.put("1", "How to oil the crane", "Oil the crane with grease from the red can.")
        try await corpus.put("2", "How to reach the moon", "The bicycle shed is behind the gate.")
        let qa = try corpus.qa(ExtractiveGenerator(embedder: corpus.embedder))
        let examples = ExampleQuestions(qa)
        let shown = try await examples.questions(for: corpus.scope())
        #expect(!shown.contains("How do I reach the moon?"))
        for question in shown {
            let answer = try await qa.run(try Question(question), scope: corpus.scope()).answer
            #expect(!answer.abstained)
        }
        #expect(try await examples.questions(for: corpus.scope()) == shown)
    }
}
