import Concurrency
import Foundation
import Synchronization

/// Which collections there are, as the journal tells.
extension VectorCollections {
    /// Asks the journal which collections there are: those that are new are there from then on, and the copies of those
    /// that are gone go.
    func look() async throws(CollectionError) {
        guard let journal else { return }
        try await watch.look { await self.look(journal) }.value.get()
    }

    private func look(_ journal: any CollectionJournal) async -> Result<Void, CollectionError> {
        do throws(CollectionError) {
            let found = try await journal.collections()
            watch.isAway = false
            await merge(found)
            return .success(())
        } catch {
            if case .unavailable = error { watch.isAway = true }
            return .failure(error)
        }
    }

    private func merge(_ found: [JournaledCollection]) async {
        let wanted = Dictionary(
            found.map { (CollectionKey(tenant: $0.tenant, name: $0.id.name), $0) },
            uniquingKeysWith: { first, _ in first })
        let gone = state.withLock { state in
            var gone: [Slot] = []
            for (key, slot) in state.slots
            where wanted[key]?.id.incarnation != CollectionFolder.incarnation(of: slot.entry.folder) {
                gone.append(slot)
                state.slots[key] = nil
            }
            for (key, collection) in wanted {
                if state.slots[key] == nil {
                    let folder = CollectionFolder.freshName(ofCopy: collection.id.incarnation)
                    state.slots[key] = Slot(
                        entry: Catalog.Entry(
                            key: key, folder: folder, settings: collection.settings,
                            createdAt: collection.createdAt, points: collection.points))
                }
                // A newer version may have written it anew in its place.
                state.slots[key]?.entry.settings = collection.settings
                state.slots[key]?.told = (collection.sequence, collection.points)
            }
            return gone
        }
        total.set(found.reduce(0) { $0 + $1.points })
        guard !gone.isEmpty else { return }
        await registrar.complete {
            for slot in gone {
                if case .open(let collection) = slot.phase {
                    collection.retire()
                    // Who still reads in it ends first; then its last reference closes it.
                    if !collection.isUsed { collection.close() }
                }
                self.removeFiles(slot.entry.folder)
            }
        }
    }

    /// Removes the files of a copy. What stays is removed with the next opening.
    func removeFiles(_ name: String) {
        try? catalog.remove(folder: name)
        try? FileManager.default.removeItem(at: CollectionFolder(folder, name).url)
    }

    /// Looks, unless the journal is away: then what was told last has to do.
    func lookIfThere() async throws(CollectionError) {
        guard journal != nil, !watch.isAway else { return }
        do throws(CollectionError) {
            try await look()
        } catch {
            guard case .unavailable = error else { throw error }
        }
    }

    /// Makes a collection for all processes.
    func createShared(
        _ name: String, _ settings: CollectionSettings, tenant: String, points: JournalPoints? = nil,
        _ journal: any CollectionJournal
    ) async throws(CollectionError) -> (collection: JournaledCollection, isNew: Bool) {
        let made = try await journal.create(
            name, settings, tenant: tenant, limit: limits.collectionsPerTenant, points: points,
            incarnation: nil)
        if made.isNew { onChange() }
        // It is there, whether or not it can be seen here yet.
        try? await look()
        return made
    }

    /// What is told of one of these, as it was made, or as it is by now.
    func info(_ made: JournaledCollection) throws(CollectionError) -> CollectionInfo {
        if let slot = slot(CollectionKey(tenant: made.tenant, name: made.id.name)) { return try info(slot) }
        return CollectionInfo(
            name: made.id.name, settings: try made.settings.get(), points: made.points, bytes: 0,
            isOpen: false,
            createdAt: made.createdAt)
    }
}
