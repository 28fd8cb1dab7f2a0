import Corpus
import Documents
import Foundation
import Models
import Sourcing
import VectorIndex

/// One run of the pipeline. It lives in a single task; only preparation and embedding leave it.
final class IngestRun {
    let pipeline: IngestPipeline
    let source: any DocumentSource
    let progress: @Sendable (IngestProgress) -> Void
    /// What models were asked for in this run.
    private let models: ModelTally
    var report: IngestReport
    /// Ids the source told of; only others may be removed.
    var seen = Set<String>()
    var listedSpaces: [String] = []
    private var waiting: [SourceDocument] = []
    private var waitingBytes = 0
    private var ready: [PreparedDocument] = []
    private var readyTexts = 0
    private var isEmbedding = false
    private var deadBatches = 0
    /// Changes without a text, written together.
    var updates: [DocumentUpdate] = []
    /// Documents whose changes of this run are in the index of words.
    var followed: Set<String> = []
    private var expected: Int?
    private var currentTitle = ""
    /// What a dry run counts space by space.
    private var tally = SpaceTally()
    /// Documents that a dry run found to stand elsewhere than before.
    var movedCount = 0

    /// Bytes of bodies that may wait to be parsed.
    private static let waitingBytesLimit = 4 << 20
    /// Changes without a text that may wait to be written.
    private static let updateLimit = 256
    /// Batches in a row without one embedding, after which going on is pointless.
    private static let deadBatchLimit = 3

    init(
        pipeline: IngestPipeline, source: any DocumentSource, models: ModelTally,
        progress: @escaping @Sendable (IngestProgress) -> Void
    ) {
        self.pipeline = pipeline
        self.source = source
        self.models = models
        self.progress = progress
        report = IngestReport(source: source.name)
        if pipeline.options.isDryRun { report.planned = [] }
    }

    func run() async -> IngestReport {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await levelIndexes()
            try await takeDocuments()
            if !Task.isCancelled {
                tell(.removals)
                try await removeAbsent()
                if !pipeline.options.isDryRun { try await refreshInclusions() }
            }
        } catch is CancellationError {
            report.isInterrupted = true
        } catch {
            report.stopReason = "\(error)"
        }
        report.isInterrupted = report.isInterrupted || Task.isCancelled
        await finishIndexes()
        if pipeline.options.isDryRun {
            tally.turn(to: nil, pages: report.pages, moved: movedCount)
            report.plannedSpaces = tally.spaces
        }
        report.requests = source.requestCount
        report.seconds = (clock.now - start) / .seconds(1)
        tell(.finished)
        log()
        return report
    }

    private func takeDocuments() async throws {
        try await withThrowingTaskGroup(of: EmbeddedDocuments.self) { group in
            var sourceFailure: (any Error)?
            do {
                for try await event in source.events(storedVersion: storedVersion) {
                    try Task.checkCancellation()
                    try await take(event, &group)
                }
            } catch let error as CorpusError {
                throw error
            } catch let error as IngestStop {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // What was read before is still good.
                sourceFailure = error
            }
            try Task.checkCancellation()
            try await drain(&group)
            if let sourceFailure { throw sourceFailure }
        }
    }

    /// Stores everything that was handed over so far.
    private func drain(_ group: inout ThrowingTaskGroup<EmbeddedDocuments, any Error>) async throws {
        try await prepareWaiting(&group)
        try await startEmbedding(&group)
        try await storeEmbedded(&group)
        try await writeUpdates()
    }

    /// What the source may leave out: a version that is stored, cut by the same chunker for the same model.
    private var storedVersion: @Sendable (String) async -> Int? {
        let preparation = pipeline.preparation
        return { id in
            // A store that cannot be read makes the source fetch too much, never too little.
            let stored = try? await preparation.store.storedVersion(
                id: id, chunkSignature: preparation.chunkSignature)
            return stored ?? nil
        }
    }

    private func take(
        _ event: SourceEvent, _ group: inout ThrowingTaskGroup<EmbeddedDocuments, any Error>
    ) async throws {
        switch event {
        case .space(let space):
            guard pipeline.options.isDryRun else {
                try await pipeline.store.upsert(space: space)
                return
            }
            // What was read before is of the space before.
            try await drain(&group)
            count(space)
        case .expected(let count):
            expected = (expected ?? 0) + count
            tell(.documents)
        case .unchanged(let id, let readers, let place):
            try await takeUnchanged(id, readers, place)
        case .readers(let id, let readers):
            try await takeReaders(id, readers)
        case .skipped(let skip):
            // A failure keeps what is stored; what is left out on purpose goes, once its space is listed.
            if skip.isFailure { seen.insert(skip.id) }
            report.pages.seen += 1
            add(skip)
        case .removed(let id):
            try await drain(&group)
            report.pages.seen += 1
            seen.insert(id)
            try await remove([id])
        case .warning(let warning):
            report.add(IngestReport.Warning(id: nil, message: warning))
        case .closed(let reason):
            report.closed.append(reason)
        case .listed(let spaceKey):
            listedSpaces.append(spaceKey)
        case .finished(let mark):
            try await drain(&group)
            if !pipeline.options.isDryRun { try await pipeline.store.finishSync(mark) }
        case .document(let document):
            seen.insert(document.document.id)
            report.pages.seen += 1
            currentTitle = document.document.title
            waiting.append(document)
            waitingBytes += document.body.byteCount
            if waiting.count >= pipeline.options.documentsAtOnce * 4 || waitingBytes >= Self.waitingBytesLimit
            {
                try await prepareWaiting(&group)
            }
        }
    }

    /// Counts for another space from now on; only a dry run does.
    func count(_ space: Space) {
        tally.turn(to: space, pages: report.pages, moved: movedCount)
    }

    /// The space that a dry run counts for.
    var countedSpace: String? { tally.key }

    private func takeUnchanged(_ id: String, _ readers: AccessRule, _ place: DocumentPlace?) async throws {
        seen.insert(id)
        guard let stored = try await pipeline.store.storedDocument(id: id) else { return }
        report.pages.seen += 1
        await finish(stored.update(of: id, readers: readers, place: place))
        if updates.count >= Self.updateLimit { try await writeUpdates() }
        if report.pages.seen.isMultiple(of: 64) { tell(.documents) }
    }

    /// Keeps the stored version from having readers that its document no longer has; it is counted elsewhere.
    private func takeReaders(_ id: String, _ readers: AccessRule) async throws {
        guard let stored = try await pipeline.store.storedDocument(id: id) else { return }
        await follow(stored.update(of: id, readers: readers, place: nil))
        if updates.count >= Self.updateLimit { try await writeUpdates() }
    }

    /// Parses and cuts what waits, a few documents at a time, and keeps the source's order.
    private func prepareWaiting(
        _ group: inout ThrowingTaskGroup<EmbeddedDocuments, any Error>
    ) async throws {
        let documents = waiting
        waiting = []
        waitingBytes = 0
        let preparation = pipeline.preparation
        let width = max(1, pipeline.options.documentsAtOnce)
        let results = await withTaskGroup(of: (Int, Preparation).self) { inner in
            var results: [Int: Preparation] = [:]
            for (position, document) in documents.enumerated() {
                if position >= width, let (done, result) = await inner.next() { results[done] = result }
                inner.addTask { (position, await preparation.prepare(document)) }
            }
            for await (done, result) in inner { results[done] = result }
            return results
        }
        for position in documents.indices {
            try Task.checkCancellation()
            switch results[position] {
            case .changed(let document) where pipeline.options.isDryRun:
                plan(document)
            case .changed(let document):
                ready.append(document)
                readyTexts += document.chunks.count
            case .same(let update):
                await finish(update)
            case .failed(let skip, let update):
                fail(skip, update)
            case nil:
                break
            }
            if readyTexts >= pipeline.options.textsPerBatch { try await startEmbedding(&group) }
        }
        tell(.documents)
    }

    /// Stores the batch before, then embeds the one that is ready while the run goes on.
    private func startEmbedding(_ group: inout ThrowingTaskGroup<EmbeddedDocuments, any Error>) async throws {
        try await storeEmbedded(&group)
        guard !ready.isEmpty else { return }
        let documents = ready
        ready = []
        readyTexts = 0
        let embedding = DocumentEmbedding(
            store: pipeline.store, embedder: pipeline.embedder,
            textsPerBatch: pipeline.options.textsPerBatch, analyzer: pipeline.analyzer)
        isEmbedding = true
        group.addTask { await embedding.embed(documents) }
    }

    private func storeEmbedded(_ group: inout ThrowingTaskGroup<EmbeddedDocuments, any Error>) async throws {
        guard isEmbedding, let batch = try await group.next() else { return }
        isEmbedding = false
        // A document may be told of twice: what was found of its readers before must not come after it.
        try await writeUpdates()
        try await store(batch)
        deadBatches = batch.isDead ? deadBatches + 1 : 0
        if deadBatches >= Self.deadBatchLimit {
            throw IngestStop.embedderDead(reason: batch.failures.values.min() ?? "unknown")
        }
    }

    /// Takes over what was counted of models so far.
    private func takeCost() {
        let totals = models.totals
        if totals.tokens > 0 { report.chunks.tokens = totals.tokens }
        report.chunks.dollars = totals.dollars
    }

    func tell(_ phase: IngestProgress.Phase) {
        takeCost()
        let pages = report.pages
        let done =
            pages.added + pages.updated + pages.unchanged + pages.readersChanged + pages.failed
            + pages.leftOut
        // A source may tell of more than it knew of, as of a space that failed; and at its end it told of all.
        let total = phase == .documents ? expected.map { max($0, done) } : expected.map { _ in done }
        progress(
            IngestProgress(
                phase: phase, pagesDone: done, pagesExpected: total, chunks: report.chunks.added,
                skipped: pages.failed + pages.leftOut,
                currentTitle: currentTitle, pages: pages, chunkCounts: report.chunks))
    }
}

extension DocumentBody {
    var byteCount: Int {
        switch self {
        case .storage(let text), .documentFormat(let text), .plain(let text): text.utf8.count
        case .events(let events): events.byteCount
        }
    }
}
