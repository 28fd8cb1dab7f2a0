import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import Synchronization
import TestSupport
import Testing

/// Models that remember what they were sent.
private final class Sent: Embedder, Reranker, Generator, ExternalRetriever {
    let model = EmbeddingModel(name: "sent", dimension: 1, maxTokens: 512)
    let name = "sent"
    private let texts = Mutex<[String]>([])
    private let requests = Mutex<[GenerationRequest]>([])
    private let found: [ExternalPassage]

    init(_ found: [ExternalPassage] = []) {
        self.found = found
    }

    var all: [String] { texts.withLock { $0 } }
    var asked: [GenerationRequest] { requests.withLock { $0 } }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        self.texts.withLock { $0 += texts }
        return texts.map { _ in [1] }
    }

    func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        texts.withLock { $0 += [query] + passages }
        return passages.map { _ in 0 }
    }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        requests.withLock { $0.append(request) }
        return PulledSequence([.text("So."), .finished(.complete)])
    }

    func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] { found }
}

@Suite(.timeLimit(.minutes(2))) struct `Models elsewhere, where personal data is masked for them` {
    private let double: AWSDouble
    private let asked = "Who is ada@example.com?"
    private let masked = "Who is [EMAIL********]?"

    init() throws {
        double = try AWSDouble()
    }

    private func mask() async throws -> PersonalDataMask {
        PersonalDataMask(
            ComprehendPIIDetector(
                try Comprehend(try await double.account()), language: .always(.english)))
    }

    @Test func `see no personal data of a question, and passages as they were ingested`() async throws {
        let (sent, mask) = (Sent(), try await mask())
        _ = try await MaskedEmbedder(sent, mask).embed([asked], purpose: .query)
        _ = try await MaskedReranker(sent, mask).scores(asked, ["ada@example.com [1]"])
        _ = try await MaskedEmbedder(sent, mask).embed(["of ada@example.com"], purpose: .passage)
        #expect(sent.all == [masked, masked, "ada@example.com [1]", "of ada@example.com"])
        // The same question is looked at once.
        #expect(try await double.calls().count == 1)
    }

    @Test func `see none of a conversation`() async throws {
        let (sent, mask) = (Sent(), try await mask())
        let grounded = GroundedQuestion(
            question: asked, passages: [],
            parts: [.init(text: asked, typed: "And ada@example.com?")])
        let request = GenerationRequest(messages: [
            Message(.system, "Be kind to root@example.com."), Message(.user, "I am bob@example.com."),
            Message(.assistant, "Hello, bob@example.com."), Message(.user, [.grounding(grounded)]),
        ])
        var told: [GenerationEvent] = []
        for try await event in MaskedGenerator(sent, mask).generate(request) { told.append(event) }
        #expect(told == [.text("So."), .finished(.complete)])
        let shown = try #require(sent.asked.first)
        #expect(shown.messages[0].text == "Be kind to root@example.com.")
        #expect(shown.messages[1].text == "I am [EMAIL********].")
        #expect(shown.messages[2].text == "Hello, [EMAIL********].")
        #expect(shown.grounding?.question == masked && shown.grounding?.parts.first?.text == masked)
        #expect(shown.grounding?.parts.first?.typed == "And [EMAIL********]?")
    }

    @Test(arguments: [true, false])
    func `see none of what a managed search found`(leavesOut: Bool) async throws {
        let found = [
            ExternalPassage(documentID: "a", title: "Of ada@example.com", text: "Noon."),
            ExternalPassage(documentID: "b", title: "B", text: "Write to ada@example.com."),
        ]
        let retriever = MaskedRetriever(Sent(found), try await mask(), leavesOut: leavesOut)
        let shown = try await retriever.retrieve(ExternalQuery("a", limit: 5, caller: .anonymous))
        #expect(shown.map(\.title) == (leavesOut ? ["Of [EMAIL********]"] : ["Of [EMAIL********]", "B"]))
        #expect(shown.map(\.text) == (leavesOut ? ["Noon."] : ["Noon.", "Write to [EMAIL********]."]))
        #expect(shown.map(\.id) == found.prefix(shown.count).map(\.id))
    }

    @Test func `are sent nothing that could not be looked at`() async throws {
        let (sent, mask) = (Sent(), try await mask())
        try await double.fail("denied")
        await #expect(throws: (any Error).self) {
            try await MaskedEmbedder(sent, mask).embed([asked], purpose: .query)
        }
        try await double.fail("denied")
        let answer = MaskedGenerator(sent, mask)
            .generate(GenerationRequest(messages: [Message(.user, asked)]))
        await #expect(throws: (any Error).self) { for try await _ in answer {} }
        #expect(sent.all.isEmpty && sent.asked.isEmpty)
    }
}
