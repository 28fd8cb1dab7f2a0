import Corpus
import EngineSupport
import Foundation
import Logging
import Models
import Sourcing
import Synchronization
import TestSupport
import Text
import TextIndex
import VectorIndex

@testable import Documents
@testable import Ingest

/// A source in memory whose events a test writes down.
struct ListedSource: DocumentSource {
    var name = "listed"
    var events: [SourceEvent]
    /// Thrown after the last event.
    var failure: (any Error)?
    /// Called before each event, to cancel or to wait.
    var before: @Sendable (Int) async -> Void = { _ in }

    struct Broken: Error, CustomStringConvertible {
        var description: String { "the listing broke off" }
    }

    func events(
        storedVersion: @escaping @Sendable (String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        let cursor = Cursor()
        return AsyncThrowingStream {
            let index = cursor.next()
            await before(index)
            if index < events.count { return events[index] }
            if let failure { throw failure }
            return nil
        }
    }

    private final class Cursor: Sendable {
        private let position = Mutex(0)
        func next() -> Int {
            position.withLock { position in
                defer { position += 1 }
                return position
            }
        }
    }
}

/// A page as a test thinks of it.
struct TestPage {
    var id: String
    var title = "Page"
    var version = 1
    var space = "OPS"
    var body: String
    var readers = AccessRule.everybody
    var labels: [String] = []
    var references: any ReferenceResolver = NoReferences()

    var event: SourceEvent {
        .document(
            SourceDocument(
                document: Document(
                    id: id, kind: .page, spaceKey: space, title: title, version: version, labels: labels,
                    text: "",
                    readers: readers),
                body: .storage(body), references: references))
    }
}

/// Store, exact index and embedder, and a pipeline over them.
struct PipelineBench {
    let store: any CorpusStore
    let index: FlatIndex
    let words: WordIndex
    var embedder = HashingEmbedder()
    var options = IngestOptions()
    var analyzer: (any TextAnalyzer)?
    var privacy: PrivacyFilter?

    init(_ engine: StorageEngine) async throws {
        store = try await engine.corpus()
        index = try FlatIndex(dimension: 64, metric: .cosine)
        words = WordIndex(try LocalTextStore(directory: nil))
        options.textsPerBatch = 8
    }

    func run(_ source: ListedSource) async -> IngestReport {
        await IngestPipeline(
            store: store, index: index, words: words, embedder: embedder, counter: QuarterWordCounter(),
            analyzer: analyzer, privacy: privacy, options: options,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ).run(source)
    }

    /// Runs over pages that are all of their spaces.
    func run(_ pages: [TestPage], failure: (any Error)? = nil) async -> IngestReport {
        let spaces = ["OPS", "DEV"]
        let events =
            spaces.map { SourceEvent.space(Space(key: $0, name: $0)) } + pages.map(\.event)
            + (failure == nil ? spaces.map { SourceEvent.listed(spaceKey: $0) } : [])
        return await run(ListedSource(events: events, failure: failure))
    }

    /// All that a reader could notice, without the ids that depend on the order of things.
    func contents() async throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for id in try await store.storedVersions().keys {
            guard let state = try await store.storedDocument(id: id) else { continue }
            result[id] = ["\(state.version)", state.contentHash, state.chunkSignature, "\(state.readers)"]
        }
        return result
    }

    func isLevel() async throws -> Bool {
        let stored = try await store.chunkIDs(model: embedder.model.name)
        return Set(index.ids()) == Set(stored.map { UInt64(bitPattern: $0) })
    }
}
