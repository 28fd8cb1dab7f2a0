import Concurrency
import Foundation
import GRDB
import Synchronization

extension VectorCollections {
    private enum Step: Sendable {
        case ready(OpenCollection)
        case wait(Transition)
    }

    /// The collection, open, and counted as used until its `release`.
    func lease(_ key: CollectionKey) async throws(CollectionError) -> OpenCollection {
        var hasLooked = journal == nil
        while true {
            do throws(CollectionError) {
                switch try step(key) {
                case .ready(let collection): return collection
                case .wait(let transition): try await transition.value.get()
                }
            } catch {
                // Another process may have made it a moment ago.
                guard case .noSuchCollection = error, !hasLooked else { throw error }
                hasLooked = true
                try await look()
            }
        }
    }

    /// Of an open collection, one look into a dictionary.
    private func step(_ key: CollectionKey) throws(CollectionError) -> Step {
        try state.withLock { state throws(CollectionError) -> Step in
            guard !state.isClosed else { throw .busy(reason: "The collections are being closed.") }
            guard let slot = state.slots[key] else { throw .noSuchCollection(name: key.name) }
            if let fault = slot.fault { throw fault }
            switch slot.phase {
            case .open(let collection) where !collection.hasFailed:
                state.clock += 1
                collection.lastUse.store(state.clock, ordering: .relaxed)
                collection.acquire()
                return .ready(collection)
            case .open(let collection):
                guard !collection.isUsed else {
                    throw .busy(reason: "The collection must be opened anew, and is still in use.")
                }
                return .wait(beginClosing(key, collection, &state))
            case .opening(let transition), .closing(let transition): return .wait(transition)
            case .closed:
                try makeRoom(&state)
                return .wait(beginOpening(key, &state))
            }
        }
    }

    private func beginOpening(_ key: CollectionKey, _ state: inout State) -> Transition {
        guard let entry = state.slots[key]?.entry else {
            return Task { .failure(.noSuchCollection(name: key.name)) }
        }
        let opening = Task { await self.journal == nil ? self.open(entry) : self.openCopy(entry) }
        state.slots[key]?.phase = .opening(opening)
        return opening
    }

    private func open(_ entry: Catalog.Entry) async -> Result<Void, CollectionError> {
        let result = await writes.complete { () -> Result<OpenCollection, CollectionError> in
            do throws(CollectionError) { return .success(try self.opened(entry)) } catch {
                return .failure(error)
            }
        }
        let isKept = state.withLock { state in
            guard state.slots[entry.key]?.entry.folder == entry.folder else { return false }
            guard !state.isClosed, case .success(let collection) = result else {
                state.slots[entry.key]?.phase = .closed
                return false
            }
            state.slots[entry.key]?.phase = .open(collection)
            return true
        }
        switch result {
        case .failure(let error): return .failure(error)
        case .success(let collection):
            guard isKept else {
                await writes.complete { collection.close() }
                // Deleted or closed meanwhile: whoever asks next is told which.
                return .success(())
            }
            // The count of the catalog is from when it was closed, which a kill may have kept from being written.
            total.add(collection.count - entry.points)
            return .success(())
        }
    }

    /// - Parameter truth: what it is a copy of.
    func opened(
        _ entry: Catalog.Entry, of truth: SharedTruth? = nil
    ) throws(CollectionError) -> OpenCollection {
        let (own, settings) = (CollectionFolder(folder, entry.folder), try entry.settings.get())
        let database = try PointDatabase(at: own.database.path)
        do {
            let level = Levelling(database: database, settings: settings, directory: own.index)
            let (index, points) = try level.open()
            return OpenCollection(
                settings, database, index, points: points, total: total, writes: writes, truth: truth,
                position: truth == nil ? 0 : try database.read { try $0.lastSequence() })
        } catch {
            try? database.pool.close()
            throw error
        }
    }

    /// Closes the collection that was used the longest ago, if as many are open as may be.
    private func makeRoom(_ state: inout State) throws(CollectionError) {
        var openCount = 0
        var oldest: (key: CollectionKey, collection: OpenCollection)?
        for (key, slot) in state.slots {
            switch slot.phase {
            case .closed, .closing: continue
            case .opening: openCount += 1
            case .open(let collection):
                openCount += 1
                let lastUse = collection.lastUse.load(ordering: .relaxed)
                let isOlder = oldest.map { lastUse < $0.collection.lastUse.load(ordering: .relaxed) } ?? true
                if !collection.isUsed, isOlder { oldest = (key, collection) }
            }
        }
        guard openCount >= limits.openCollections else { return }
        guard let oldest else {
            throw .busy(reason: "\(openCount) collections are in use at once, which is the limit.")
        }
        _ = beginClosing(oldest.key, oldest.collection, &state)
    }

    private func beginClosing(
        _ key: CollectionKey, _ collection: OpenCollection, _ state: inout State
    ) -> Transition {
        let name = state.slots[key]?.entry.folder ?? ""
        let closing = Transition {
            await self.writes.complete {
                collection.close()
                try? self.catalog.note(points: collection.count, folder: name)
            }
            let name = collection.mustBeCopied ? await self.discardCopy(of: key, in: name) : name
            self.state.withLock { state in
                guard state.slots[key]?.entry.folder == name else { return }
                state.slots[key]?.phase = .closed
            }
            return .success(())
        }
        // Nobody uses it, so nothing changes the number any more.
        state.slots[key]?.entry.points = collection.count
        state.slots[key]?.phase = .closing(closing)
        return closing
    }
}
