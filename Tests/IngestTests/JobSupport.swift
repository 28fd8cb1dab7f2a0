import Concurrency
import Corpus
import EngineSupport
import Foundation
import Logging
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing
import TextIndex
import VectorIndex

@testable import Documents
@testable import Ingest

/// A place that a source waits at until a test lets it go on, or its task is cancelled.
final class Checkpoint: Sendable {
    private let arrivals = AsyncStream<Void>.makeStream()
    private let openings = AsyncStream<Void>.makeStream()

    func pass() async {
        arrivals.continuation.yield()
        for await _ in openings.stream { return }
    }

    /// Returns once somebody waits.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    func open() { openings.continuation.finish() }
}

/// Texts that come in from several tasks, in their order.
final class Diary: Sendable {
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }

    func write(_ line: String) { written.withLock { $0.append(line) } }
}

/// A source whose jobs read what a test says.
struct ScriptedSource: JobSource {
    var id = "wiki"
    var read: @Sendable (_ scope: IngestJob.Scope) async throws -> any DocumentSource

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "scripted", dialect: "", baseURL: "", ledger: "scripted", spaces: [], excludedSpaces: [])
    }

    func check() async -> SourceCheck { SourceCheck() }
    func spaces() async throws -> [SourceSpace] { [] }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        if case .upload = scope { throw .badScope(reason: "it has no files") }
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        try await read(scope)
    }
}

/// A store with indexes, and jobs over them.
struct JobBench {
    let store: any CorpusStore
    let index: FlatIndex
    let words: WordIndex
    let embedder = HashingEmbedder()

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Over an empty corpus.
    init(_ engine: StorageEngine) async throws {
        try self.init(store: await engine.corpus())
    }

    /// - Parameter words: `nil` for an index of words of its own.
    init(store: any CorpusStore, words: WordIndex? = nil) throws {
        self.store = store
        index = try FlatIndex(dimension: 64, metric: .cosine)
        self.words = try words ?? WordIndex(LocalTextStore(directory: nil))
    }

    func jobs(_ sources: any JobSource..., uploads: UploadSource? = nil) -> IngestJobs {
        jobs(sources, uploads: uploads)
    }

    /// - Parameter leases: where other processes work on the same store.
    func jobs(
        _ sources: [any JobSource], uploads: UploadSource? = nil, leases: (any SourceLeases)? = nil,
        embedder other: (any Embedder)? = nil,
        accounting: @escaping IngestJobs.Accounting = { _, work in await work() }
    ) -> IngestJobs {
        IngestJobs(
            store: store, sources: sources, uploads: uploads, leases: leases, accounting: accounting,
            logger: Self.logger
        ) { [store, index, words, embedder] isDryRun in
            var options = IngestOptions()
            options.textsPerBatch = 8
            options.levelsIndex = false
            options.isDryRun = isDryRun
            return IngestPipeline(
                store: store, index: isDryRun ? nil : index, words: isDryRun ? nil : words,
                embedder: other ?? embedder, counter: QuarterWordCounter(), options: options,
                logger: Self.logger)
        }
    }

    /// A space of so many pages, as a source tells of it.
    static func pages(
        _ count: Int, failing: Set<Int> = [], before: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ListedSource {
        var events: [SourceEvent] = [.space(Space(key: "OPS", name: "Operations")), .expected(count)]
        for number in 0..<count {
            if failing.contains(number) {
                events.append(
                    .skipped(
                        SkippedDocument(
                            id: "\(number)", title: "Page \(number)", reason: "it is broken", isFailure: true)
                    ))
            } else {
                events.append(
                    TestPage(
                        id: "\(number)", title: "Page \(number)", body: "<p>Words of page \(number)</p>"
                    ).event)
            }
        }
        events.append(.listed(spaceKey: "OPS"))
        return ListedSource(events: events, before: before)
    }

    var documentCount: Int {
        get async throws { try await store.storedVersions().count }
    }

    var isLevel: Bool {
        get async throws {
            let stored = try await store.chunkIDs(model: embedder.model.name)
            return Set(index.ids()) == Set(stored.map { UInt64(bitPattern: $0) })
        }
    }
}

extension IngestJobs {
    /// Every event of a job, from the first that is kept to the last.
    func allEvents(of id: String, after position: Int = -1) async throws -> [JobEvent] {
        var all: [JobEvent] = []
        for try await event in try await events(of: id, after: position) { all.append(event) }
        return all
    }

    /// The job once it has ended.
    @discardableResult
    func end(of id: String) async throws -> IngestJob {
        try #require(try await allEvents(of: id).last).job
    }
}
