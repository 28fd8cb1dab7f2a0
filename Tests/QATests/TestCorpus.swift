import Concurrency
import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Text
import TextIndex
import VectorIndex

@testable import QA

/// A corpus with indexes in memory, embedded by words.
struct TestCorpus {
    let corpus: any CorpusStore
    let index: any VectorStore
    let words: any TextStore
    let embedder = HashingEmbedder()

    /// - Parameter tellsRevisions: whether the indexes do, so that what was found may be kept.
    init(_ engine: StorageEngine = .sqlite, tellsRevisions: Bool = false) async throws {
        corpus = try await engine.corpus()
        let flat = try FlatIndex(dimension: embedder.model.dimension, metric: .cosine)
        let inverted = try LocalTextStore(directory: nil)
        index = tellsRevisions ? RevisedVectorStore(flat) : flat
        words = tellsRevisions ? RevisedTextStore(inverted) : inverted
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
    }

    func put(_ id: String, _ title: String, _ text: String, readers: AccessRule = .everybody) async throws {
        try await put(
            Document(id: id, kind: .page, spaceKey: "ENG", title: title, text: text, readers: readers),
            passages: [text])
    }

    /// - Parameter passages: the page's, in order, parted by a line of its text.
    func put(_ document: Document, passages: [String]) async throws {
        try await store(document, passages: passages)()
    }

    /// Writes a page to the database alone.
    ///
    /// - Returns: what brings the indexes level with it, as an ingest does a moment later.
    func store(_ document: Document, passages: [String]) async throws -> () throws -> Void {
        var start = 0
        let chunks = passages.enumerated().map { ordinal, text in
            defer { start += text.utf8.count + 1 }
            return Chunk(
                ordinal: ordinal, headingPath: [], kind: .prose, text: text,
                embeddedText: document.title + "\n" + text, tokenCount: 20,
                range: start..<(start + text.utf8.count))
        }
        let vectors = try await embedder.embed(chunks.map(\.embeddedText), purpose: .passage)
        let change = try await corpus.replace(
            document, contentHash: document.text, chunkSignature: "", chunks: chunks, embeddings: vectors,
            model: embedder.model.name)
        return {
            try index.remove(change.removed.map(UInt64.init))
            try index.upsert(zip(change.added, vectors).map { VectorEntry(id: UInt64($0), vector: $1) })
            try words.remove(change.removed.map(UInt64.init))
            try words.upsert(
                zip(change.added, chunks).map {
                    TextDocument(
                        PassageText(
                            id: $0, $1, title: document.title, labels: document.labels, page: document.text))
                })
        }
    }

    /// What `reader` may read, for one request.
    func scope(_ reader: Reader = .anonymous) -> ReadScope { corpus.scope(for: reader) }

    /// Answers a question of somebody who is not signed in.
    func run(_ question: Question) async throws -> FlowResult {
        try await qa().run(question, scope: scope())
    }

    func qa(
        _ generator: any Generator = QuotingGenerator(), boosts: Boosts = Boosts(),
        timeout: Duration = .seconds(10), prices: [String: ModelPrice] = [:],
        kendra: (any ExternalRetriever)? = nil, caches: CacheLimits = CacheLimits()
    ) throws -> QuestionAnswering {
        try QuestionAnswering(
            corpus: corpus, index: index, words: words, embedder: embedder, generator: generator,
            external: kendra.map { [.kendra: $0] } ?? [:], asksExternal: kendra == nil ? [] : [.kendra],
            configuration: QAConfiguration(
                boosts: boosts, timeout: timeout, prices: prices, caches: caches))
    }
}

/// Quotes the first sentence of each passage, piece by piece.
struct QuotingGenerator: Generator {
    let name = "quoting"

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        var events: [GenerationEvent] = []
        for passage in request.grounding?.passages ?? [] {
            let sentence = Sentence.all(of: passage.text).first?.text ?? ""
            events += sentence.split(separator: " ").map { .text($0 + " ") }
            events.append(.text("[\(passage.marker)] "))
        }
        events += [.usage(TokenUsage(inputTokens: 1, outputTokens: 2)), .finished(.complete)]
        return PulledSequence(events)
    }
}

/// Waits until it is cancelled.
struct StuckGenerator: Generator {
    let name = "stuck"
    let onCancel: @Sendable () -> Void

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence { [onCancel] in
            {
                try await withTaskCancellationHandler {
                    try await Task.sleep(for: .seconds(3600))
                } onCancel: {
                    onCancel()
                }
                return nil
            }
        }
    }
}
