import Concurrency
import Foundation
import Synchronization

/// What is told of a collection.
public struct CollectionInfo: Sendable, Hashable {
    public var name: String
    public var settings: CollectionSettings
    /// Points stored; of a closed collection, as of its closing.
    public var points: Int
    /// Bytes of its files.
    public var bytes: Int
    /// Whether its index is open, so that a query finds it ready.
    public var isOpen: Bool
    public var createdAt: Date
}

extension VectorCollections {
    /// Letters, digits, `-` and `_`.
    public static let nameLength = 1...64

    /// Whether a collection may have this name.
    public static func isName(_ text: String) -> Bool {
        nameLength.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Makes a collection, unless there is one with the same settings.
    ///
    /// - Returns: what it is, and whether it is new.
    /// - Throws: ``CollectionError/otherSettings(name:differences:)`` for one that was made otherwise,
    ///   ``CollectionError/tooManyCollections(limit:)``, or ``CollectionError/invalid(field:reason:)``.
    public func create(
        _ name: String, _ settings: CollectionSettings, tenant: String
    ) async throws(CollectionError) -> (info: CollectionInfo, isNew: Bool) {
        try settings.check()
        let key = try Self.checkedKey(name, tenant)
        if let journal {
            let made = try await createShared(name, settings, tenant: tenant, journal)
            let differences = try made.collection.settings.get().differences(from: settings)
            guard differences.isEmpty else { throw .otherSettings(name: name, differences: differences) }
            return (try await reading { try self.info(made.collection) }, made.isNew)
        }
        return try await registrar.complete { () throws(CollectionError) in
            if let known = self.slot(key) {
                let differences = try known.entry.settings.get().differences(from: settings)
                guard differences.isEmpty else {
                    throw .otherSettings(name: name, differences: differences)
                }
                return (try self.info(known), false)
            }
            try self.checkRoom(for: tenant)
            let own = CollectionFolder.freshName()
            let files = CollectionFolder(self.folder, own)
            do {
                try FileManager.default.createDirectory(at: files.url, withIntermediateDirectories: true)
                try PointDatabase.create(at: files.database.path, settings)
                try CollectionFolder.synchronize(files.url)
                let slot = try self.register(
                    Catalog.Entry(
                        key: key, folder: own, settings: .success(settings), createdAt: Date(), points: 0))
                return (try self.info(slot), true)
            } catch {
                try? FileManager.default.removeItem(at: files.url)
                throw CollectionError(error, file: files.url.path)
            }
        }
    }

    /// The collections of a tenant, by name, but for those that this program cannot read; see ``unreadable``.
    public func list(tenant: String) async throws(CollectionError) -> [CollectionInfo] {
        try await lookIfThere()
        let slots = state.withLock { state in
            state.slots.values.filter { $0.entry.key.tenant == tenant && $0.fault == nil }
        }
        return try await reading {
            try slots.map { try self.info($0) }.sorted { $0.name < $1.name }
        }
    }

    /// Why collections are not served that are there, of all tenants: each was written by a newer version, or its
    /// settings are damaged. The others are served.
    public var unreadable: [CollectionError] {
        state.withLock { state in state.slots.values.compactMap(\.fault) }
    }

    /// - Throws: ``CollectionError/noSuchCollection(name:)``, and what ``unreadable`` tells of it.
    public func info(_ name: String, tenant: String) async throws(CollectionError) -> CollectionInfo {
        try await lookIfThere()
        guard let slot = slot(CollectionKey(tenant: tenant, name: name)) else {
            throw .noSuchCollection(name: name)
        }
        return try await reading { try self.info(slot) }
    }

    /// Removes a collection with all of its points. What is under way in it may fail.
    ///
    /// - Throws: ``CollectionError/noSuchCollection(name:)``.
    public func delete(_ name: String, tenant: String) async throws(CollectionError) {
        let key = CollectionKey(tenant: tenant, name: name)
        if let journal {
            try await journal.delete(name, tenant: tenant)
            onChange()
            // It is gone, whether or not it can be seen here yet.
            try? await look()
            return
        }
        try await registrar.complete { () throws(CollectionError) in
            guard let entry = self.slot(key)?.entry else { throw .noSuchCollection(name: name) }
            try self.catalog.remove(folder: entry.folder)
            var points = entry.points
            if case .open(let collection)? = self.state.withLock({ $0.slots.removeValue(forKey: key)?.phase })
            {
                collection.retire()
                points = collection.count
                // Who still reads in it ends first; then its last reference closes it.
                if !collection.isUsed { collection.close() }
            }
            self.total.add(-points)
            // What stays is removed with the next opening.
            try? FileManager.default.removeItem(at: CollectionFolder(self.folder, entry.folder).url)
        }
    }

    // MARK: For the registrar

    static func checkedKey(_ name: String, _ tenant: String) throws(CollectionError) -> CollectionKey {
        guard isName(name) else {
            throw .invalid(
                field: "name", reason: "must be 1 to \(nameLength.upperBound) letters, digits, - and _")
        }
        guard !tenant.utf8.contains(0) else { throw .invalid(field: "tenant", reason: "contains U+0000") }
        return CollectionKey(tenant: tenant, name: name)
    }

    func slot(_ key: CollectionKey) -> Slot? { state.withLock { $0.slots[key] } }

    func checkRoom(for tenant: String) throws(CollectionError) {
        let count = state.withLock { state in state.slots.keys.count { $0.tenant == tenant } }
        guard count < limits.collectionsPerTenant else {
            throw .tooManyCollections(limit: limits.collectionsPerTenant)
        }
    }

    /// Makes a collection of a folder that is ready.
    func register(_ entry: Catalog.Entry) throws(CollectionError) -> Slot {
        try CollectionFolder.synchronize(folder)
        try catalog.insert(entry)
        let slot = Slot(entry: entry)
        state.withLock { $0.slots[entry.key] = slot }
        total.add(entry.points)
        return slot
    }

    /// Looks at the files.
    func info(_ slot: Slot) throws(CollectionError) -> CollectionInfo {
        var (points, isOpen) = (slot.entry.points, false)
        if case .open(let collection) = slot.phase { (points, isOpen) = (collection.count, true) }
        if let told = slot.told, !isLevel(slot) { points = told.points }
        return CollectionInfo(
            name: slot.entry.key.name, settings: try slot.entry.settings.get(), points: points,
            bytes: CollectionFolder(folder, slot.entry.folder).byteCount, isOpen: isOpen,
            createdAt: slot.entry.createdAt)
    }

    /// Whether the copy that is open here has all that the journal has told.
    private func isLevel(_ slot: Slot) -> Bool {
        guard case .open(let collection) = slot.phase, let told = slot.told else { return false }
        return collection.position >= told.sequence
    }
}
