import Corpus
import Testing

@testable import QA

/// Where a page is lost on the way to an answer.
@Suite(.timeLimit(.minutes(2))) struct `A page's journey` {
    private static func corpus() async throws -> TestCorpus {
        let corpus = try await TestCorpus()
        try await corpus.put("lift", "Service lift", "The service lift carries 250 kg.")
        try await corpus.put("hoist", "Freight hoist", "The freight hoist is oiled in June.")
        try await corpus.put(
            "safe", "Safe", "The safe's service lift code is kept by the porter.",
            readers: AccessRule(allOf: [[.group("porters")]]))
        return corpus
    }

    private func journey(_ id: String, _ title: String, _ question: String) async throws -> PageJourney {
        let corpus = try await Self.corpus()
        return try await corpus.qa().journey(
            ofDocument: id, title: title, question: try Question(question), scope: corpus.scope())
    }

    @Test func `ends at the answer that cites it`() async throws {
        let journey = try await journey("lift", "Service lift", "How much does the service lift carry?")
        #expect(journey.lostAt == .cited)
        #expect(journey.words?.rank == 1)
        #expect(journey.fusion?.rank == 1)
        #expect(journey.passages == 1)
        #expect(journey.cited.contains("Service lift"))
    }

    @Test func `ends at rights, with nothing more said`() async throws {
        let journey = try await journey("safe", "Safe", "Who keeps the safe's code?")
        #expect(journey.lostAt == .rights)
        #expect(journey.words == nil && journey.meaning == nil && journey.statement == nil)
    }

    @Test func `ends at the floor when it is about something else`() async throws {
        let journey = try await journey("hoist", "Freight hoist", "How much does the service lift carry?")
        #expect(journey.lostAt == .floor)
        let (floor, fusion) = (try #require(journey.floor), try #require(journey.fusion))
        #expect(fusion.score < floor)
        #expect(fusion.rank > 1)
    }
}
