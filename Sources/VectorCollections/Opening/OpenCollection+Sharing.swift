import GRDB
import Synchronization
import VectorIndex

/// What a collection is a copy of.
struct SharedTruth: Sendable {
    let journal: any CollectionJournal
    let id: JournaledCollection.ID
    /// Of all collections; the journal knows it, and whoever writes.
    let total: VectorTotal
    /// Called when something was written.
    let onChange: @Sendable () -> Void
}

extension OpenCollection {
    /// Takes in what others have written by now.
    func level() async throws(CollectionError) {
        guard truth != nil else { return }
        _ = try await change(.follow)
    }

    /// First the journal, then the copy here: what is acknowledged is in both, and a kill in between leaves a copy that
    /// is behind.
    func commit(_ batch: [ChangeQueue.Waiting], through truth: SharedTruth) async {
        do throws(CollectionError) {
            guard !hasFailed else { throw .busy(reason: "The collection must be opened anew.") }
            let results = try await carryOut(batch.map(\.change), truth)
            for (waiting, result) in zip(batch, results) { waiting.answer(result) }
        } catch {
            for waiting in batch { waiting.answer(.failure(error)) }
        }
    }

    private func carryOut(
        _ changes: [Change], _ truth: SharedTruth
    ) async throws(CollectionError) -> [Result<ChangeReport, CollectionError>] {
        if changes.contains(where: \.isToFollow) { try await takeIn(truth) }
        var results = [Result<ChangeReport, CollectionError>](
            repeating: .success(ChangeReport()), count: changes.count)
        var written: [(place: Int, change: JournalChange)] = []
        for (place, change) in changes.enumerated() {
            switch change {
            case .follow: continue
            case .upsert(let points): written.append((place, .upsert(points)))
            case .remove(let ids, let limit): written.append((place, .remove(ids, unchangedSince: limit)))
            }
        }
        guard !written.isEmpty else { return results }
        let reports = try await append(written.map(\.change), truth)
        for (change, report) in zip(written, reports) { results[change.place] = report }
        return results
    }

    private func append(
        _ changes: [JournalChange], _ truth: SharedTruth
    ) async throws(CollectionError) -> [Result<ChangeReport, CollectionError>] {
        while true {
            let done = try await truth.journal.append(
                changes, to: truth.id, after: position, room: truth.total.room, limit: truth.total.limit)
            guard let done else {
                try await takeIn(truth)
                continue
            }
            truth.total.add(done.growth)
            truth.onChange()
            try take(done.rows, through: done.sequence, nextSlot: done.nextSlot)
            return done.reports
        }
    }

    private func takeIn(_ truth: SharedTruth) async throws(CollectionError) {
        var reader = JournalReader(truth.journal, truth.id, after: position)
        while true {
            switch try await reader.next() {
            case .rows(let rows, let end, let nextSlot): try take(rows, through: end, nextSlot: nextSlot)
            case .end: return
            case .gap:
                demandCopy()
                throw .busy(reason: "The copy of the collection here is too old, and is made anew.")
            }
        }
    }

    private func take(
        _ rows: [JournalRow], through end: Int64, nextSlot: UInt64
    ) throws(CollectionError) {
        do {
            let index = try index()
            let done = try database.take(rows, through: end, nextSlot: nextSlot)
            notePosition(end, growth: done.growth)
            do {
                try follow(done, index)
            } catch {
                retire()
                throw error
            }
        } catch {
            throw CollectionError(error, file: database.path)
        }
    }
}

extension Change {
    /// Whether it asks for what others have written.
    fileprivate var isToFollow: Bool { if case .follow = self { true } else { false } }
}

extension PointDatabase {
    /// Takes over points of a journal in one transaction. Waits for the disk.
    func take(_ rows: [JournalRow], through end: Int64, nextSlot: UInt64) throws -> ChangeApplication {
        try pool.write { db in
            var application = try ChangeApplication(db)
            try application.take(rows, through: end, nextSlot: nextSlot)
            try application.finish()
            return application
        }
    }
}
