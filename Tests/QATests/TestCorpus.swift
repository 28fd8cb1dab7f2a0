import Concurrency
import Corpus
import CorpusSQLite
import Foundation
import Models
import TestSupport
import Text
import TextIndex
import VectorIndex

@testable import QA

/// A corpus and an index in memory, embedded by words.
struct TestCorpus {
    let corpus: any CorpusStore
    let index: FlatIndex
    let words: LocalTextStore
    let embedder = HashingEmbedder()

    init() async throws {
        corpus = try SQLiteCorpus.inMemory()
        index = try FlatIndex(dimension: embedder.model.dimension, metric: .cosine)
        words = try LocalTextStore(directory: nil)
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
    }

    func put(_ id: String, _ title: String, _ text: String, readers: AccessRule = .everybody) async throws {
        let chunk = Chunk(
            ordinal: 0, headingPath: [], kind: .prose, text: text, embeddedText: title + "\n" + text,
            tokenCount: 20,
            range: 0..<text.utf8.count)
        let vector = try await embedder.embed([chunk.embeddedText], purpose: .passage)[0]
        let change = try await corpus.replace(
            Document(id: id, kind: .page, spaceKey: "ENG", title: title, text: text, readers: readers),
            contentHash: text, chunkSignature: "", chunks: [chunk], embeddings: [vector],
            model: embedder.model.name)
        try index.remove(change.removed.map(UInt64.init))
        try index.upsert(change.added.map { VectorEntry(id: UInt64($0), vector: vector) })
        try words.remove(change.removed.map(UInt64.init))
        try words.upsert(
            change.added.map {
                TextDocument(PassageText(id: $0, chunk, title: title, labels: [], page: text))
            })
    }

    /// What `reader` may read, for one request.
    func scope(_ reader: Reader = .anonymous) -> ReadScope { corpus.scope(for: reader) }

    /// Answers a question of somebody who is not signed in.
    func run(_ question: Question) async throws -> FlowResult {
        try await qa().run(question, scope: scope())
    }

    func qa(_ generator: any Generator = QuotingGenerator(), timeout: Duration = .seconds(10)) throws
        -> QuestionAnswering
    {
        try QuestionAnswering(
            corpus: corpus, index: index, words: words, embedder: embedder, generator: generator,
            configuration: QAConfiguration(timeout: timeout))
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
