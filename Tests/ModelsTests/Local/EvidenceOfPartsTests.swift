import Models
import TestSupport
import Testing

@Suite struct `Evidence for the parts of a question` {
    private func passage(_ marker: Int, _ text: String, part: Int?) -> GroundedQuestion.Passage {
        GroundedQuestion.Passage(
            marker: marker, title: "Page \(marker)", headingPath: [], text: text, part: part)
    }

    private func rows(_ parts: [String], _ passages: [GroundedQuestion.Passage]) async throws -> [EvidenceRow]
    {
        let asked = GroundedQuestion(
            question: parts.joined(separator: " "), passages: passages,
            parts: parts.map { GroundedQuestion.Part(text: $0) })
        return try await ExtractiveGenerator(embedder: HashingEmbedder()).evidence(for: asked)
    }

    private let pump = "The pump is oiled every week."
    private let badge = "A badge costs ten euros."

    @Test func `ranks a passage among those found for its part`() async throws {
        let passages = [
            passage(1, pump, part: 0), passage(2, badge, part: 1), passage(3, "The yard is shut.", part: nil),
            passage(4, "A badge is blue.", part: 1),
        ]
        let rows = try await rows(["How often is the pump oiled?", "What does a badge cost?"], passages)
        func rank(_ statement: String, in part: Int) -> Double? {
            let asked = part == 0 ? "How often is the pump oiled?" : "What does a badge cost?"
            return rows.first { $0.part == asked && $0.statement == statement }?.features["rank"]
        }
        #expect(rank(pump, in: 0) == 1)
        #expect(rank(badge, in: 1) == 1)
        #expect(rank("A badge is blue.", in: 1) == 0.5)
        // What was found for another part stands where the list has it.
        #expect([nil, 0.5].contains(rank(badge, in: 0)))
    }

    @Test func `goes by the list where a question has one part`() async throws {
        let passages = [passage(1, pump, part: nil), passage(2, badge, part: nil)]
        let rows = try await rows(["What does a badge cost?"], passages)
        #expect(rows.first { $0.statement == badge }?.features["rank"] == 0.5)
    }

    @Test func `is never what asks itself`() async throws {
        let text = "What does a badge cost?\n\nTen euros, paid at the gate.\n\n**Is a badge free?**"
        let rows = try await rows(["What does a badge cost?"], [passage(1, text, part: nil)])
        #expect(rows.contains { $0.statement == "Ten euros, paid at the gate." })
        #expect(!rows.contains { $0.statement.contains("?") })
    }
}
