import Concurrency
import Foundation
import GRDB
import Synchronization

/// The copies that this process has of collections.
extension VectorCollections {
    /// Opens the copy of a collection, level with the journal; makes it first if it is not there.
    func openCopy(_ entry: Catalog.Entry) async -> Result<Void, CollectionError> {
        let result: Result<(collection: OpenCollection, folder: String), CollectionError>
        do throws(CollectionError) {
            result = .success(try await levelledCopy(entry))
        } catch {
            result = .failure(error)
        }
        let incarnation = CollectionFolder.incarnation(of: entry.folder)
        let (isThere, isKept) = state.withLock { state in
            let folder = state.slots[entry.key]?.entry.folder ?? ""
            guard CollectionFolder.incarnation(of: folder) == incarnation else { return (false, false) }
            guard !state.isClosed, case .success(let opened) = result, opened.folder == folder else {
                state.slots[entry.key]?.phase = .closed
                return (true, false)
            }
            state.slots[entry.key]?.phase = .open(opened.collection)
            return (true, true)
        }
        switch result {
        case .failure(let error): return .failure(error)
        case .success(let opened):
            if !isKept {
                await writes.complete {
                    opened.collection.close()
                    // Deleted meanwhile, or closed with all the others.
                    if !isThere { self.removeFiles(opened.folder) }
                }
            }
            return .success(())
        }
    }

    private func levelledCopy(
        _ entry: Catalog.Entry
    ) async throws(CollectionError) -> (collection: OpenCollection, folder: String) {
        guard let journal, let incarnation = CollectionFolder.incarnation(of: entry.folder) else {
            throw .damaged(file: folder.path, reason: "“\(entry.folder)” is no copy of a collection")
        }
        let truth = SharedTruth(
            journal: journal,
            id: JournaledCollection.ID(incarnation: incarnation, name: entry.key.name), total: total,
            onChange: onChange)
        var entry = entry
        var isSecond = false
        while true {
            do throws(CollectionError) {
                return (try await levelledCopy(entry, of: truth), entry.folder)
            } catch {
                // A copy that is of no use is no loss, but it is made anew once.
                guard !isSecond, error.isOfCopy else { throw error }
                isSecond = true
                entry.folder = await discardCopy(of: entry.key, in: entry.folder)
            }
        }
    }

    private func levelledCopy(
        _ entry: Catalog.Entry, of truth: SharedTruth
    ) async throws(CollectionError) -> OpenCollection {
        let files = CollectionFolder(folder, entry.folder)
        if files.isAbsent {
            try await copy(truth.id, from: truth.journal, as: entry)
        }
        let collection = try await writes.complete { [entry] () throws(CollectionError) in
            try self.opened(entry, of: truth)
        }
        guard !watch.isAway else { return collection }
        do throws(CollectionError) {
            try await collection.level()
        } catch {
            // Without the journal the copy answers as it is.
            if case .unavailable = error { return collection }
            await writes.complete { collection.close() }
            throw collection.mustBeCopied ? .damaged(file: files.url.path, reason: "it is too old") : error
        }
        return collection
    }

    /// Gives a copy a new folder, and removes the old one.
    ///
    /// - Returns: the name of the new one.
    func discardCopy(of key: CollectionKey, in name: String) async -> String {
        let fresh = state.withLock { state -> String? in
            guard state.slots[key]?.entry.folder == name,
                let incarnation = CollectionFolder.incarnation(of: name)
            else { return nil }
            let fresh = CollectionFolder.freshName(ofCopy: incarnation)
            state.slots[key]?.entry.folder = fresh
            return fresh
        }
        await writes.complete { self.removeFiles(name) }
        return fresh ?? name
    }

    /// Reads all of a collection into a folder of its own, which has its name when it is whole.
    ///
    /// - Parameter entry: what is written into the catalog then, with the number of points.
    @discardableResult
    func copy(
        _ collection: JournaledCollection.ID, from journal: any CollectionJournal, as entry: Catalog.Entry
    ) async throws(CollectionError) -> Catalog.Entry {
        let settings = try entry.settings.get()
        let draft = CollectionFolder(folder, CollectionFolder.freshName(CollectionFolder.uploadPrefix))
        do {
            let database = try await writes.complete { () throws(CollectionError) in
                try Self.begin(draft, settings)
            }
            do {
                var reader = JournalReader(whole: journal, collection)
                reading: while true {
                    guard !watch.isEnding else {
                        throw CollectionError.busy(reason: "The collections are being closed.")
                    }
                    switch try await reader.next() {
                    case .rows(let rows, let end, let nextSlot):
                        try await writes.run { _ = try database.take(rows, through: end, nextSlot: nextSlot) }
                    case .end: break reading
                    case .gap: throw CollectionError.busy(reason: "Too much was changed while it was read.")
                    }
                }
            } catch {
                try? database.pool.close()
                throw error
            }
            return try await writes.complete { () throws(CollectionError) in
                try self.finish(draft, database, entry)
            }
        } catch {
            await writes.complete { try? FileManager.default.removeItem(at: draft.url) }
            throw CollectionError(error, file: draft.url.path)
        }
    }

    private static func begin(
        _ draft: CollectionFolder, _ settings: CollectionSettings
    ) throws(CollectionError) -> PointDatabase {
        do {
            try FileManager.default.createDirectory(at: draft.url, withIntermediateDirectories: true)
        } catch {
            throw CollectionError(error, file: draft.url.path)
        }
        try PointDatabase.create(at: draft.database.path, settings)
        return try PointDatabase(at: draft.database.path)
    }

    private func finish(
        _ draft: CollectionFolder, _ database: PointDatabase, _ entry: Catalog.Entry
    ) throws(CollectionError) -> Catalog.Entry {
        var entry = entry
        let files = CollectionFolder(folder, entry.folder)
        do {
            // The index is made of what is there: nothing has to be taken out of it.
            try database.pool.write { try $0.execute(sql: "DELETE FROM removals") }
            entry.points = try database.read { try $0.pointCount() }
            try database.pool.close()
            try CollectionFolder.synchronize(draft.url)
            try FileManager.default.moveItem(at: draft.url, to: files.url)
        } catch {
            throw CollectionError(error, file: draft.url.path)
        }
        do throws(CollectionError) {
            try CollectionFolder.synchronize(folder)
            try catalog.put(entry)
        } catch {
            try? FileManager.default.removeItem(at: files.url)
            throw error
        }
        return entry
    }
}

extension CollectionError {
    /// Whether the copy of a collection is to blame, and a new one may help.
    fileprivate var isOfCopy: Bool { if case .damaged = self { true } else { false } }
}
