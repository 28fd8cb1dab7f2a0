import Foundation
import TestSupport
import Testing

@testable import Models

@Suite(.timeLimit(.minutes(3))) struct `What models of this process used` {
    private let uses = NotedUses()

    private func counted(_ folder: URL, _ texts: [String]) throws -> Int {
        let tokenizer = try EncoderFolder(folder).tokenizer
        return texts.reduce(0) { $0 + tokenizer.encode($1, maxTokens: 64).count }
    }

    @Test func `is the tokens of the encoder's own tokenizer, once for each call`() async throws {
        let folder = SmallModel.folder("bert-mean")
        let embedder = try LocalEmbedder(
            folder: folder, name: "small", embedding: SentenceEmbedding(), maxTokens: 64, threads: 2,
            meter: uses)
        let name = embedder.model.name
        let texts = (0..<100).map { "page \($0) of the handbook" }
        _ = try await embedder.embed(texts, purpose: .passage)
        _ = try await embedder.embed(["how long is a shift"], purpose: .query)
        _ = try await embedder.embed(["how long", "is a shift"], purpose: .query)
        _ = try await embedder.embed([], purpose: .passage)
        let queries = [["how long is a shift"], ["how long", "is a shift"]]
        let tokens = try [counted(folder, texts)] + queries.map { try counted(folder, $0) }
        #expect(uses.all.map(\.tokens) == tokens)
        #expect(uses.all.map(\.purpose) == [.passage, .question, .question])
        #expect(uses.all.allSatisfy { $0.model == name && $0.isLocal && $0.requests == 1 && $0.units == 0 })
        #expect(tokens.allSatisfy { $0 > 0 })
    }

    @Test func `of passages that are embedded with their units is counted, too`() async throws {
        let embedder = try LocalEmbedder(modelDirectory: LocalModelFolder.url, threads: 1, meter: uses)
        let text = "It takes ten minutes."
        _ = try await embedder.embed([EvidencePassage(text: text, units: [0..<text.utf8.count])])
        let tokens = try LocalModelFolder.tokenizer.get().encode(text, maxTokens: 256).count
        #expect(uses.all == [.local(embedder.model.name, .passage, tokens: tokens)])
    }

    @Test func `of a cross-encoder is what it reads of all pairs`() async throws {
        let folder = SmallModel.folder("bert-cross")
        let reranker = try CrossEncoderReranker(
            modelDirectory: folder, name: "cross", maxTokens: 64, threads: 2, meter: uses)
        let passages = ["lunch is at noon", "the ferry leaves at nine", "noon"]
        _ = try await reranker.scores("when is lunch", passages)
        let tokenizer = try EncoderFolder(folder).tokenizer
        let tokens = passages.reduce(0) {
            $0 + tokenizer.encodePair("when is lunch", $1, maxTokens: 64).ids.count
        }
        #expect(uses.all == [.local("cross", .rerank, tokens: tokens)])
        _ = try await reranker.scores("when is lunch", [])
        #expect(uses.all.count == 1)
    }

    @Test func `of the reader is what it reads of all passages`() async throws {
        let reader = try PassageReader(
            directory: ReaderFolder.url, modelDirectory: LocalModelFolder.url, threads: 1, meter: uses)
        let rows = try Array(ReaderReference.all().prefix(3))
        _ = try await reader.read(question: rows[0].question, passages: rows.map(\.passage))
        let tokenizer = try LocalModelFolder.tokenizer.get()
        let tokens = rows.reduce(0) {
            $0
                + tokenizer.encodePair(
                    question: rows[0].question, lead: $1.passage.lead, text: $1.passage.text,
                    maxTokens: ReaderModel.maxTokens
                ).input.ids.count
        }
        #expect(uses.all == [.local("reader", .reading, tokens: tokens)])
    }

    @Test func `has no price of its own unless one is set, and stands apart in a tally`() {
        let prices = UsePrices(embedding: ["small": UsePrice(tokens: 1)])
        let read = ModelUse.local("reader", .reading, tokens: 1_000_000)
        #expect(prices.cost(of: read) == nil)
        #expect(prices.cost(of: .local("small", .passage, tokens: 1_000_000)) == 1)
        let tally = ModelTally()
        tally.add(read, dollars: nil)
        tally.add(ModelUse(model: "m", purpose: .passage, tokens: 3), dollars: nil)
        #expect(tally.totals.localTokens == 1_000_000 && tally.totals.tokens == 3)
    }
}
