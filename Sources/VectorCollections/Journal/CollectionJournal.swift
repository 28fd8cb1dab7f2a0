import Foundation

/// What processes share of their collections: which there are, and their points with the order of their changes.
///
/// It is the truth, and a process's own databases and indexes are copies that are levelled by it. Each collection has
/// a sequence of its own: a change that is committed has the number behind the one before it, and whoever has followed
/// up to a number has missed nothing before it. What is kept is the last state of each point, and of removed ones, for
/// a while, that they went.
public protocol CollectionJournal: Sendable {
    /// The collections of all tenants, in one look.
    func collections() async throws(CollectionError) -> [JournaledCollection]

    /// Makes a collection, unless there is one of this name.
    ///
    /// - Parameters:
    ///   - limit: collections that the tenant may have.
    ///   - points: what it begins with, stored with it or not at all; `nil` for nothing.
    ///   - incarnation: which one it is to be, a UUID in lower case; `nil` for any. Whoever does not know whether it was
    ///     made asks again with the same: it is made once, though it may be deleted by now.
    /// - Returns: the one that is there now, and whether it is new.
    /// - Throws: ``CollectionError/tooManyCollections(limit:)``, and ``CollectionError/noSuchCollection(name:)`` when
    ///   `incarnation` was made before and is deleted.
    func create(
        _ name: String, _ settings: CollectionSettings, tenant: String, limit: Int, points: JournalPoints?,
        incarnation: String?
    ) async throws(CollectionError) -> (collection: JournaledCollection, isNew: Bool)

    /// Removes a collection for everybody.
    ///
    /// - Throws: ``CollectionError/noSuchCollection(name:)``.
    func delete(_ name: String, tenant: String) async throws(CollectionError)

    /// Commits changes together, in their order. One that is refused for lack of room leaves the others.
    ///
    /// - Parameters:
    ///   - position: how far the caller has followed; it is given what came in between.
    ///   - room: points that may be added, of ``CollectionLimits/vectors``, which is `limit`.
    /// - Returns: `nil` when the caller must follow first: nothing was changed.
    /// - Throws: ``CollectionError/noSuchCollection(name:)`` when this one is gone, whatever has its name by now.
    func append(
        _ changes: [JournalChange], to collection: JournaledCollection.ID, after position: Int64, room: Int,
        limit: Int
    ) async throws(CollectionError) -> JournalAppend?

    /// Points in the order of their last changes, of one moment.
    ///
    /// - Parameters:
    ///   - base: the number up to which the caller knows what was removed; `nil` for one that begins.
    ///   - limit: points at most.
    /// - Returns: `nil` when something after `base` is not remembered any more, or the journal is an older one than the
    ///   caller has seen: everything must be read anew.
    /// - Throws: ``CollectionError/noSuchCollection(name:)`` when it is gone.
    func page(
        of collection: JournaledCollection.ID, after place: JournalPlace, since base: Int64?, limit: Int
    ) async throws(CollectionError) -> JournalPage?
}

/// A collection as the journal has it.
public struct JournaledCollection: Sendable, Hashable {
    /// Which one it is: of a name that was deleted and made again, each is another.
    public struct ID: Sendable, Hashable {
        /// A UUID in lower case.
        public var incarnation: String
        /// For messages.
        public var name: String

        public init(incarnation: String, name: String) {
            self.incarnation = incarnation
            self.name = name
        }
    }

    public var id: ID
    public var tenant: String
    /// Or why this program cannot use it, such as ``CollectionError/newerCollection(name:found:supported:)``: what one
    /// was written with hides no other.
    public var settings: Result<CollectionSettings, CollectionError>
    public var createdAt: Date
    /// The number of its last change.
    public var sequence: Int64
    public var points: Int

    public init(
        id: ID, tenant: String, settings: Result<CollectionSettings, CollectionError>, createdAt: Date,
        sequence: Int64, points: Int
    ) {
        self.id = id
        self.tenant = tenant
        self.settings = settings
        self.createdAt = createdAt
        self.sequence = sequence
        self.points = points
    }
}

/// One call's change, as it is written to the journal.
public enum JournalChange: Sendable {
    /// Points whose vectors were checked, with different ids.
    case upsert([Point])
    /// - Parameter unchangedSince: leaves alone what was changed after this number; `nil` for nothing.
    case remove([PointID], unchangedSince: Int64?)
}
