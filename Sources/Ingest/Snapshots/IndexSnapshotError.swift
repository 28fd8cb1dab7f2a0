/// Why a snapshot of the indexes cannot be published or used. None of it harms: indexes are made of the database then.
public enum IndexSnapshotError: Error, Hashable, Sendable {
    /// Nothing was published for this corpus and these settings. `others` are snapshots of the same corpus by other
    /// models, dimensions, analyzers or formats.
    case none(place: String, others: Int)
    case newerFormat(object: String, found: Int, known: Int)
    /// It is of the documents of another database.
    case otherCorpus(object: String, found: String, expected: String)
    /// It was made with other settings than the name it lies under says.
    case otherFingerprint(object: String)
    /// It holds what the database has not: the database was put back to an earlier state.
    case ahead(object: String, snapshot: Int64, database: Int64)
    /// The numbers of its passages mean other passages in this database.
    case otherHistory(object: String)
    case damaged(object: String, reason: String)
    case missing(object: String)
    /// The store of snapshots cannot be used; the same may succeed later.
    case unreachable(place: String, reason: String)
    /// A file could not be written or read here.
    case disk(path: String, reason: String)
    /// Another process publishes at the moment.
    case publishedElsewhere
    /// The indexes are being changed at the moment, so that their files are the state of no change.
    case levelling
    /// The indexes of this process lack so much that others had better begin from other ones.
    case behind(level: Int64, database: Int64)
    /// The indexes hold nothing.
    case nothingToPublish
}

extension IndexSnapshotError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .none(let place, let others):
            "There is no snapshot for this corpus and these settings in \(place)"
                + (others > 0 ? "; \(others) of other models or formats are there" : "")
                + ". `millrace index publish` makes one where the index is whole; index.snapshots names the place."
        case .newerFormat(let object, let found, let known):
            "The snapshot \(object) has format \(found); this program reads \(known). Run the version that wrote it."
        case .otherCorpus(let object, let found, let expected):
            """
            The snapshot \(object) is of the corpus \(found), not of \(expected), which this database is. \
            Check that index.snapshots and database.host name what belongs together.
            """
        case .otherFingerprint(let object):
            """
            The snapshot \(object) was made with another model, analyzer or format than its name says. \
            Remove it; the next one takes its place.
            """
        case .ahead(let object, let snapshot, let database):
            """
            The snapshot \(object) is of change \(snapshot); the database is at change \(database), so it was put \
            back to an earlier state since. The next snapshot takes its place.
            """
        case .otherHistory(let object):
            """
            The snapshot \(object) gives other passages the numbers that passages of this database have, so it is of a \
            history that the database does not share. The next snapshot takes its place.
            """
        case .damaged(let object, let reason):
            """
            The object \(object) of index.snapshots is damaged: \(reason). Remove it: \
            the next snapshot writes it again.
            """
        case .missing(let object):
            "The object \(object) of index.snapshots is missing. The next snapshot writes it again."
        case .unreachable(let place, let reason):
            "The snapshots in \(place) (index.snapshots) cannot be used: \(reason)"
        case .disk(let path, let reason):
            "\(path) cannot be used for a snapshot: \(reason). Check the folder's rights and space."
        case .publishedElsewhere:
            "Another process publishes a snapshot at the moment. Try again when it has ended."
        case .levelling:
            "The indexes are being brought level with the database at the moment. Try again when that has ended."
        case .behind(let level, let database):
            """
            The indexes are level with change \(level); the database is at change \(database) by now. Try again when they \
            have caught up with it.
            """
        case .nothingToPublish:
            "The indexes hold nothing that could be published. Ingest first."
        }
    }
}
