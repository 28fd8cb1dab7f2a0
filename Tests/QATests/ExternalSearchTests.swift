import AWSServices
import Corpus
import Models
import Synchronization
import TestSupport
import Testing

@testable import QA

/// A managed search that remembers as whom it was asked.
private final class RecordingSearch: ExternalRetriever {
    let name = "kendra"
    private let asked = Mutex<[ExternalQuery]>([])
    private let found: [ExternalPassage]
    private let isBroken: Bool

    init(_ texts: [String], isBroken: Bool = false) {
        self.isBroken = isBroken
        found = texts.enumerated().map { offset, text in
            ExternalPassage(
                id: "p\(offset)", documentID: "d\(offset)", title: "Elsewhere \(offset)", text: text,
                url: "https://kendra.example/\(offset)", score: 1, updatedAt: nil, metadata: [:])
        }
    }

    struct Down: Error, CustomStringConvertible {
        var description: String { "the search is down" }
    }

    var queries: [ExternalQuery] { asked.withLock { $0 } }

    func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] {
        asked.withLock { $0.append(query) }
        if isBroken { throw Down() }
        return found
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A managed search beside the corpus` {
    private func ask(
        _ text: String, _ search: RecordingSearch, as reader: Reader = .anonymous
    ) async throws -> FlowResult {
        let corpus = try await TestCorpus()
        try await corpus.put("1", "Runbook", "Failover takes ten minutes.")
        return try await corpus.qa(prices: ["quoting": ModelPrice(input: 1, output: 2)], kendra: search)
            .run(try Question(text), scope: corpus.scope(reader))
    }

    @Test func `its passages are numbered in turn with the corpus's, cited with their own addresses`()
        async throws
    {
        let search = RecordingSearch(["The quay crane is oiled in May after failover."])
        let result = try await ask(
            "Is the quay crane oiled after failover?", search, as: Reader([.user("kim"), .group("ops")]))
        let passages = result.answer.passages
        #expect(passages.map { $0.chunk.id < 0 } == [false, true])
        let passage = try #require(passages.last)
        #expect(passage.chunk.url == "https://kendra.example/0")
        #expect(passage.chunk.documentID == "kendra:d0" && passage.chunk.title == "Elsewhere 0")
        #expect(result.answer.citations.map(\.passage.chunk.url).contains("https://kendra.example/0"))
        let asked = try #require(search.queries.first)
        #expect(asked.caller.userID == "kim" && asked.caller.groups == ["ops"])
        #expect(asked.text.contains("quay crane"))
    }

    @Test func `a text that two searches found stands once`() {
        let passage = ExternalPassage(id: "a", documentID: "a", title: "A", text: "The same.")
        let other = ExternalPassage(id: "b", documentID: "b", title: "B", text: "Another.")
        let found = [
            ExternalPassages(source: "kendra", list: [passage, other]),
            ExternalPassages(source: "knowledge-base", list: [passage]),
        ]
        #expect(found.chunks().map(\.chunk.documentID) == ["kendra:a", "kendra:b"])
        #expect(found.chunks().map(\.chunk.id) == [-1, -2])
    }

    @Test func `who signed in with a token has it with them, and nobody else has one`() async throws {
        let search = RecordingSearch(["The quay crane is oiled in May."])
        let corpus = try await TestCorpus()
        let question = try Question("When is the quay crane oiled?")
        let scope = corpus.scope(Reader([.user("kim")]))
        scope.bears(CallerToken("planted.token.kim"))
        _ = try await corpus.qa(kendra: search).run(question, scope: scope)
        _ = try await corpus.qa(kendra: search).run(question, scope: corpus.scope(Reader([.user("kim")])))
        #expect(search.queries.map { $0.caller.token?.value } == ["planted.token.kim", nil])
        #expect(!"\(search.queries)".contains("planted"))
    }

    @Test func `who is not signed in asks as nobody`() async throws {
        let search = RecordingSearch([])
        _ = try await ask("When is the quay crane oiled?", search)
        let asked = try #require(search.queries.first)
        #expect(asked.caller.userID == nil && asked.caller.groups.isEmpty)
    }

    @Test func `an answer goes on without a search that is down, and tells what it cost`() async throws {
        let result = try await ask("How long does failover take?", RecordingSearch([], isBroken: true))
        #expect(!result.answer.passages.isEmpty)
        #expect(result.stages.contains { $0.component == "kendra" && $0.detail["failed"] == 1 })
        #expect(result.answer.usage?.outputTokens == 2)
        #expect(abs((result.answer.cost ?? 0) - 5e-6) < 1e-12)
    }
}
