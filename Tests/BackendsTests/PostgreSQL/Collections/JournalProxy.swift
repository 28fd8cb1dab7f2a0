import Backends
import Synchronization
import VectorCollections

/// A journal with something that happens just before or just behind what is asked of it.
final class JournalProxy: CollectionJournal {
    /// As a process that is ended there.
    struct Ended: Error {}

    private let base: PostgresCollections
    /// Called before changes are carried out.
    private let beforeAppend: @Sendable ([JournalChange]) async throws -> Void
    private let afterCreate: @Sendable () throws -> Void

    init(
        _ base: PostgresCollections,
        beforeAppend: @escaping @Sendable ([JournalChange]) async throws -> Void = { _ in },
        afterCreate: @escaping @Sendable () throws -> Void = {}
    ) {
        self.base = base
        self.beforeAppend = beforeAppend
        self.afterCreate = afterCreate
    }

    private static func lost(_ error: any Error) -> CollectionError {
        .outcomeUnknown(server: "proxy", reason: "\(error)")
    }

    func collections() async throws(CollectionError) -> [JournaledCollection] {
        try await base.collections()
    }

    func create(
        _ name: String, _ settings: CollectionSettings, tenant: String, limit: Int, points: JournalPoints?,
        incarnation: String?
    ) async throws(CollectionError) -> (collection: JournaledCollection, isNew: Bool) {
        let made = try await base.create(
            name, settings, tenant: tenant, limit: limit, points: points, incarnation: incarnation)
        do { try afterCreate() } catch { throw Self.lost(error) }
        return made
    }

    func delete(_ name: String, tenant: String) async throws(CollectionError) {
        try await base.delete(name, tenant: tenant)
    }

    func append(
        _ changes: [JournalChange], to collection: JournaledCollection.ID, after position: Int64, room: Int,
        limit: Int
    ) async throws(CollectionError) -> JournalAppend? {
        do { try await beforeAppend(changes) } catch { throw Self.lost(error) }
        return try await base.append(changes, to: collection, after: position, room: room, limit: limit)
    }

    func page(
        of collection: JournaledCollection.ID, after place: JournalPlace, since base: Int64?, limit: Int
    ) async throws(CollectionError) -> JournalPage? {
        try await self.base.page(of: collection, after: place, since: base, limit: limit)
    }
}
