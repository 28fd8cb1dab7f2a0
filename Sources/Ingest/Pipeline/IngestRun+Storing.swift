import Corpus
import Logging
import Models
import Sourcing
import Text
import VectorIndex

extension IngestRun {
    private var store: any IngestStore { pipeline.store }

    /// Writes what is complete, one document a transaction.
    func store(_ batch: EmbeddedDocuments) async throws {
        if batch.isCancelled { throw CancellationError() }
        if let failure = batch.storeFailure { throw StoreUnreadable(reason: failure) }
        report.chunks.embedded += batch.embeddedCount
        var entries: [VectorEntry] = []
        var texts: [PassageText] = []
        var removed: [Int64] = []
        var written = 0
        for item in batch.documents {
            let vectors = item.textHashes.compactMap { batch.vectors[$0] }
            guard vectors.count == item.chunks.count else {
                try await failEmbedding(of: item, batch)
                continue
            }
            guard let change = try await replace(item, vectors) else { continue }
            written += item.chunks.count
            removed += change.removed
            entries += zip(change.added, vectors).map { VectorEntry(id: UInt64(bitPattern: $0), vector: $1) }
            texts += zip(change.added, item.chunks).map { id, chunk in
                PassageText(
                    id: id, chunk, title: item.document.title, labels: item.document.labels,
                    page: item.document.text)
            }
            followed.insert(item.document.id)
        }
        report.chunks.reused += max(0, written - batch.embeddedCount)
        // A source that names a document twice has its first chunks among the removed already.
        let gone = Set(removed)
        try await follow(
            removed: removed, entries: entries.filter { !gone.contains(Int64(bitPattern: $0.id)) },
            texts: texts.filter { !gone.contains($0.id) })
        tell(.documents)
    }

    /// - Returns: `nil` when the document was at fault, and was reported. Any other failure of the database
    ///   would meet the next document too, and ends the run.
    private func replace(_ item: PreparedDocument, _ vectors: [[Float]]) async throws -> DocumentChange? {
        do {
            let change = try await store.replace(
                item.document, contentHash: item.contentHash,
                chunkSignature: pipeline.preparation.chunkSignature, chunks: item.chunks,
                embeddings: vectors, model: pipeline.embedder.model.name, origin: item.origin,
                inclusions: item.inclusions)
            count(item, change)
            return change
        } catch {
            guard case .unknownSpace = error else { throw error }
            add(DocumentPreparation.failure(item.document, error))
            return nil
        }
    }

    private func count(_ item: PreparedDocument, _ change: DocumentChange) {
        if item.isRefreshed {
            report.pages.refreshed += 1
        } else if item.isNew {
            report.pages.added += 1
        } else {
            report.pages.updated += 1
        }
        report.chunks.added += change.added.count
        report.chunks.removed += change.removed.count
        if !item.isRefreshed { item.warnings.forEach { report.add($0) } }
    }

    private func failEmbedding(of item: PreparedDocument, _ batch: EmbeddedDocuments) async throws {
        let reason = item.textHashes.lazy.compactMap { batch.failures[$0] }.first
        let skip = SkippedDocument(
            id: item.document.id, title: item.document.title,
            reason: "It could not be embedded: \(reason ?? "the batch was given up")", isFailure: true)
        let stored = try await store.storedDocument(id: item.document.id)
        fail(skip, stored?.update(of: item.document.id, readers: item.document.readers, place: nil))
    }

    /// Counts a document whose text is stored already, and keeps for writing what else changed about it.
    func finish(_ update: DocumentUpdate) async {
        switch (update.place, update.readers) {
        case (nil, nil): report.pages.unchanged += 1
        case (nil, _): report.pages.readersChanged += 1
        default: report.pages.updated += 1
        }
        await follow(update)
    }

    /// Keeps a change without a text for writing; a dry run says it.
    func follow(_ update: DocumentUpdate) async {
        guard !update.isEmpty else { return }
        if pipeline.options.isDryRun {
            await plan(update.place == nil ? .readersChanged : .moved, [update.id])
        } else {
            updates.append(update)
        }
    }

    func writeUpdates() async throws {
        guard !updates.isEmpty else { return }
        try await store.update(updates)
        let moved = updates.filter { $0.place != nil }.map(\.id)
        updates = []
        guard let words = pipeline.words, !moved.isEmpty else { return }
        try await TextIndexSync.renew(
            moved, store: store, index: words, model: pipeline.embedder.model.name)
        followed.formUnion(moved)
    }

    /// Reports a document that failed. Its stored version stays, but never with readers it no longer has.
    func fail(_ skip: SkippedDocument, _ update: DocumentUpdate?) {
        if let update, !update.isEmpty, !pipeline.options.isDryRun { updates.append(update) }
        add(skip)
    }

    func add(_ skip: SkippedDocument) {
        report.add(skip)
        guard skip.isFailure else { return }
        pipeline.logger.warning(
            "document skipped",
            metadata: ["millrace.document": "\(skip.id)", "millrace.reason": "\(skip.reason)"])
    }

    /// Removes what the listed spaces no longer have. Runs only after the source came to its end, so that a
    /// page that moved to a space further on has been seen there.
    func removeAbsent() async throws {
        for key in listedSpaces {
            if pipeline.options.isDryRun { count(Space(key: key, name: "")) }
            let known = try await store.documentIDs(inSpace: key)
            let absent = known.subtracting(seen)
            guard !absent.isEmpty else { continue }
            let isMass =
                known.count > pipeline.options.smallSpace
                && Double(absent.count) > pipeline.options.removalShare * Double(known.count)
            if isMass && !pipeline.options.allowsMassRemoval {
                report.refusedRemovals.append(
                    IngestReport.RefusedRemoval(spaceKey: key, absent: absent.count, stored: known.count))
                try await close(absent)
                continue
            }
            try await remove(absent.sorted())
        }
    }

    /// Closes to all what its source does not show any more. Texts and embeddings stay, and the next listing
    /// that has the documents gives them their readers back.
    private func close(_ ids: Set<String>) async throws {
        guard !pipeline.options.isDryRun else { return }
        for id in ids.sorted() {
            guard let stored = try await store.storedDocument(id: id) else { continue }
            await follow(stored.update(of: id, readers: .nobody, place: nil))
        }
        try await writeUpdates()
    }

    func remove(_ ids: [String]) async throws {
        if pipeline.options.isDryRun {
            let known = try await store.titles(ofDocuments: ids)
            report.pages.removed += known.count
            await plan(.removed, ids.filter { known[$0] != nil })
            return
        }
        let change = try await store.removeDocuments(ids)
        report.pages.removed += change.documents
        report.chunks.removed += change.removed.count
        try await follow(removed: change.removed, entries: [], texts: [])
    }

    private func follow(removed: [Int64], entries: [VectorEntry], texts: [PassageText]) async throws {
        if let index = pipeline.index {
            let writer = VectorWriter(index)
            try await writer.remove(removed.map { UInt64(bitPattern: $0) })
            try await writer.upsert(entries)
        }
        if let words = pipeline.words {
            try await words.remove(removed)
            try await words.upsert(texts)
        }
    }

    func log() {
        pipeline.logger.info(
            "ingest finished",
            metadata: [
                "millrace.documents": "\(report.pages.seen)", "millrace.failed": "\(report.pages.failed)",
                "millrace.chunks_added": "\(report.chunks.added)",
                "millrace.embedded": "\(report.chunks.embedded)",
                "millrace.seconds": "\(report.seconds)", "millrace.interrupted": "\(report.isInterrupted)",
            ])
    }
}

/// The database could not be asked what it knows.
private struct StoreUnreadable: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
