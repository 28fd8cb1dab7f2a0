import Concurrency
import Foundation
import Synchronization
import VectorIndex

/// Collections of vectors in a folder: each one tenant's, with a name, and searched by an index of its own.
///
/// What is acknowledged is on the disk, in the collection's database and in its index. The database is the source of
/// truth; an index that is behind or lost is made level when its collection is next opened. Collections are opened
/// when they are first asked for, and of many the least used is closed again.
///
/// Where processes share collections, the truth is a ``CollectionJournal``, and everything here is a copy that is levelled
/// by it: what is acknowledged is in the journal, and in the copy of the process that was asked.
///
/// Databases and files are waited for on threads of their own; a short search is done where it is asked for.
public final class VectorCollections: Sendable {
    /// What a collection is at the moment.
    enum Phase: Sendable {
        case closed
        case opening(Transition)
        case open(OpenCollection)
        case closing(Transition)
    }

    typealias Transition = Task<Result<Void, CollectionError>, Never>

    struct Slot: Sendable {
        var entry: Catalog.Entry
        var phase = Phase.closed
        /// What the journal has told last.
        var told: (sequence: Int64, points: Int)?

        /// Why nobody can use it here.
        var fault: CollectionError? {
            if case .failure(let error) = entry.settings { error } else { nil }
        }
    }

    struct State: Sendable {
        var slots: [CollectionKey: Slot] = [:]
        /// Counts uses, to tell which was the last.
        var clock: UInt64 = 0
        var isClosed = false
    }

    public let limits: CollectionLimits
    /// What the collections are copies of; `nil` for those of one process.
    let journal: (any CollectionJournal)?
    /// Called when this process has changed something that is shared.
    let onChange: @Sendable () -> Void
    let watch = JournalWatch()
    let folder: URL
    let catalog: Catalog
    let total: VectorTotal
    let state: Mutex<State>
    /// Keeps other processes out.
    private let lock: Mutex<DirectoryLock?>
    /// One after the other: what is made, and what is deleted.
    let registrar = BlockingExecutor(label: "millrace.collections.catalog", width: 1)
    let writes = BlockingExecutor(label: "millrace.collections.write", width: 4)
    private let reads = BlockingExecutor(label: "millrace.collections.read", width: 8)

    /// Opens the collections of a folder, which is made if it is not there, and removes what a kill has left half
    /// done. Waits for the disk.
    ///
    /// - Parameters:
    ///   - journal: what they are copies of, the same for as long as the folder is there; nothing is asked of it yet.
    ///   - onChange: called after this process has changed something in the journal, for others to be told of it; must not
    ///     wait.
    /// - Throws: ``CollectionError/inUse(folder:)`` if another process has the folder.
    public static func open(
        at folder: URL, limits: CollectionLimits = CollectionLimits(),
        journal: (any CollectionJournal)? = nil, onChange: @escaping @Sendable () -> Void = {}
    ) throws(CollectionError) -> VectorCollections {
        let lock: DirectoryLock
        do {
            lock = try DirectoryLock(folder)
        } catch {
            if case .inUse = error { throw .inUse(folder: folder.path) }
            throw .storage(file: folder.path, reason: error.description)
        }
        let catalog = try Catalog(at: folder)
        let entries = try catalog.entries()
        if journal != nil,
            let own = entries.first(where: { CollectionFolder.incarnation(of: $0.folder) == nil })
        {
            throw .storage(
                file: folder.path,
                reason: "“\(own.key.name)” in it is no copy; copies are kept in a folder of their own")
        }
        CollectionFolder.removeLeftovers(in: folder, except: Set(entries.map(\.folder)))
        return VectorCollections(folder, lock, catalog, entries, limits, journal, onChange)
    }

    private init(
        _ folder: URL, _ lock: DirectoryLock, _ catalog: Catalog, _ entries: [Catalog.Entry],
        _ limits: CollectionLimits, _ journal: (any CollectionJournal)?,
        _ onChange: @escaping @Sendable () -> Void
    ) {
        self.journal = journal
        self.onChange = onChange
        self.folder = folder
        self.lock = Mutex(lock)
        self.catalog = catalog
        self.limits = limits
        total = VectorTotal(limit: limits.vectors, count: entries.reduce(0) { $0 + $1.points })
        var state = State()
        for entry in entries { state.slots[entry.key] = Slot(entry: entry) }
        self.state = Mutex(state)
    }

    /// Reads something of a collection on a thread that may wait.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(CollectionError) -> Value {
        do {
            return try await reads.run(body)
        } catch {
            throw CollectionError(error, file: folder.path)
        }
    }

    /// Closes every collection and lets go of the folder; calls after this are refused. What is under way is finished
    /// or refused.
    public func close() async {
        let slots = state.withLock { state in
            state.isClosed = true
            return Array(state.slots.values)
        }
        for slot in slots {
            switch slot.phase {
            case .closed: continue
            case .opening(let transition), .closing(let transition): _ = await transition.value
            case .open(let collection):
                await writes.complete {
                    collection.close()
                    try? self.catalog.note(points: collection.count, folder: slot.entry.folder)
                }
            }
        }
        await registrar.complete {
            self.catalog.close()
            self.lock.withLock { $0 = nil }
        }
    }
}
