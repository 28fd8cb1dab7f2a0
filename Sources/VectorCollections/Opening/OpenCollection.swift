import Concurrency
import Foundation
import GRDB
import Synchronization
import VectorIndex

/// A collection that is open: its database, its index, and the changes that wait.
final class OpenCollection: Sendable {
    let settings: CollectionSettings
    let check: VectorCheck
    let database: PointDatabase
    let filters = FilterCache()
    /// What it is a copy of; `nil` for one of this process alone.
    let truth: SharedTruth?
    /// The change of ``truth`` that it is level with.
    private let followed: Atomic<Int64>
    /// Whether it cannot be levelled any more.
    private let isTooOld = Atomic(false)
    /// Taken away by closing, so that the index's lock is free as soon as that returns.
    private let held: Mutex<LocalVectorStore?>
    private let queue: ChangeQueue
    private let total: VectorTotal
    private let points: Atomic<Int>
    /// Points changed since the index last said how far it has followed.
    private let unsaved = Mutex(0)
    private let failure = Atomic(false)
    private let userCount = Atomic(0)
    /// When it was last asked for, by the clock of whoever keeps it.
    let lastUse = Atomic<UInt64>(0)

    /// The index says how far it has followed when this many points were changed: saying so waits for the disk, and
    /// what it has not said is put in once more after a kill.
    static let saveInterval = 256
    /// A log as long as this, and an eighth of the snapshot, becomes a snapshot when the collection is closed.
    private static let keptLogBytes = 1 << 20

    init(
        _ settings: CollectionSettings, _ database: PointDatabase, _ index: LocalVectorStore, points: Int,
        total: VectorTotal, writes: BlockingExecutor, truth: SharedTruth? = nil, position: Int64 = 0
    ) {
        self.truth = truth
        followed = Atomic(position)
        self.settings = settings
        check = VectorCheck(settings)
        self.database = database
        held = Mutex(index)
        self.points = Atomic(points)
        self.total = total
        queue = ChangeQueue(writes)
    }

    /// Points stored.
    var count: Int { points.load(ordering: .acquiring) }

    /// Whether the index could not follow a change; opening the collection anew levels it.
    var hasFailed: Bool { failure.load(ordering: .acquiring) }

    /// For a deletion: no change is taken any more.
    func retire() { failure.store(true, ordering: .releasing) }

    // MARK: Copies

    /// The change of the journal that it is level with.
    var position: Int64 { followed.load(ordering: .acquiring) }

    /// Whether its copy must be made anew.
    var mustBeCopied: Bool { isTooOld.load(ordering: .acquiring) }

    /// It is of no more use, and neither are its files.
    func demandCopy() {
        isTooOld.store(true, ordering: .releasing)
        retire()
    }

    func notePosition(_ position: Int64, growth: Int) {
        followed.store(position, ordering: .releasing)
        points.wrappingAdd(growth, ordering: .releasing)
    }

    // MARK: Users

    /// Counted by whoever keeps it, under its lock: without users it may be closed.
    var isUsed: Bool { userCount.load(ordering: .acquiring) > 0 }
    func acquire() { userCount.wrappingAdd(1, ordering: .acquiringAndReleasing) }
    func release() { userCount.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

    /// - Throws: ``CollectionError/busy(reason:)`` once it is closed.
    func index() throws(CollectionError) -> LocalVectorStore {
        guard let index = held.withLock({ $0 }) else {
            throw .busy(reason: "The collection is being closed.")
        }
        return index
    }

    /// Says how far the index has followed, and lets go of the files. Waits for the disk.
    func close() {
        if let index = held.withLock({ index in
            defer { index = nil }
            return index
        }), !hasFailed {
            // If it cannot be said, the next opening puts a little in once more.
            if unsaved.withLock({ $0 }) > 0, let sequence = try? database.read({ try $0.lastSequence() }) {
                try? index.save(generation: UInt64(sequence))
            }
            // What is in the log is put into the graph again by the next opening; a snapshot is opened at once.
            let files = index.statistics()
            if files.logByteCount > max(Self.keptLogBytes, files.snapshotByteCount / 8) {
                try? index.compact()
            }
        }
        try? database.pool.close()
    }

    // MARK: Changes

    /// Does a change, and returns once it is on the disk and found by searches.
    func change(_ change: Change) async throws(CollectionError) -> ChangeReport {
        if let truth { return try await queue.submit(change) { await self.commit($0, through: truth) } }
        return try await queue.submit(change) { self.commit($0) }
    }

    /// First the database, then the index: a kill in between leaves an index that is behind, which the next opening
    /// levels. Nothing is acknowledged before both have it on the disk.
    private func commit(_ batch: [ChangeQueue.Waiting]) {
        var results: [Result<ChangeReport, CollectionError>] = []
        do {
            guard !hasFailed else {
                throw CollectionError.busy(reason: "The collection must be opened anew.")
            }
            let index = try index()
            let done = try write(batch, &results)
            points.wrappingAdd(done.growth, ordering: .releasing)
            total.add(done.growth)
            do {
                try follow(done, index)
            } catch {
                retire()
                throw error
            }
        } catch {
            let told = CollectionError(error, file: database.path)
            for waiting in batch { waiting.answer(.failure(told)) }
            return
        }
        for (waiting, result) in zip(batch, results) { waiting.answer(result) }
    }

    /// One transaction, in which each change has a savepoint: one that fails takes back only itself.
    private func write(
        _ batch: [ChangeQueue.Waiting], _ results: inout [Result<ChangeReport, CollectionError>]
    ) throws -> ChangeApplication {
        let (room, limit) = (total.room, total.limit)
        var told: [Result<ChangeReport, CollectionError>] = []
        let done = try database.pool.writeWithoutTransaction { db -> ChangeApplication in
            var kept: ChangeApplication?
            try db.inTransaction(.immediate) {
                var done = try ChangeApplication(db)
                for waiting in batch {
                    try db.execute(sql: "SAVEPOINT change")
                    do {
                        var next = done
                        told.append(.success(try next.apply(waiting.change, room: room)))
                        done = next
                    } catch {
                        // A full disk and its like end the whole transaction, not only the savepoint.
                        guard error is ChangeApplication.RoomIsUp, db.isInsideTransaction else { throw error }
                        try db.execute(sql: "ROLLBACK TO change")
                        told.append(.failure(.tooManyVectors(limit: limit)))
                    }
                    try db.execute(sql: "RELEASE change")
                }
                try done.finish()
                kept = done
                return .commit
            }
            guard let kept else {
                throw CollectionError.storage(file: database.path, reason: "no transaction")
            }
            return kept
        }
        results = told
        return done
    }

    func follow(_ done: ChangeApplication, _ index: LocalVectorStore) throws {
        let changes = done.changes
        // By id, so that equal changes make equal graphs.
        try index.upsert(
            changes.vectors.sorted { $0.key < $1.key }.map { VectorEntry(id: $0.key, vector: $0.value) })
        try index.remove(changes.removals.sorted())
        let isDue = unsaved.withLock { unsaved in
            unsaved += changes.vectors.count + changes.removals.count
            guard unsaved >= Self.saveInterval else { return false }
            unsaved = 0
            return true
        }
        guard isDue else { return }
        try index.save(generation: UInt64(done.sequence))
        // What the index has followed for good need not be remembered. If this fails the next time does it.
        try? database.pool.write { db in
            try db.execute(sql: "DELETE FROM removals WHERE sequence <= ?", arguments: [done.sequence])
        }
    }
}
