/// Everything that collections refuse or fail at.
public enum CollectionError: Error, Sendable, Hashable {
    /// There is no collection of this name for this tenant.
    case noSuchCollection(name: String)
    /// The name stands for a collection that was made otherwise.
    case otherSettings(name: String, differences: [String])
    /// A snapshot is put back under a name that is taken.
    case nameTaken(name: String)
    /// Something of the request is wrong; `field` is its place there, such as `points[3].vector[17]`.
    case invalid(field: String, reason: String)
    case tooManyCollections(limit: Int)
    case tooManyVectors(limit: Int)
    /// The upload is no snapshot of a collection that can be put back.
    case notASnapshot(reason: String)
    /// It may succeed in a moment.
    case busy(reason: String)
    /// Another process has the folder.
    case inUse(folder: String)
    /// The folder was written by a newer version.
    case newerVersion(file: String, found: Int, supported: Int)
    /// This one collection was written by a newer version, as its settings say; the others are not touched by that.
    case newerCollection(name: String, found: Int, supported: Int)
    /// What is on the disk is not what was written.
    case damaged(file: String, reason: String)
    /// The disk, the database or the index failed.
    case storage(file: String, reason: String)
    /// The server that the collections are shared over is away; nothing was changed.
    case unavailable(server: String, reason: String)
    /// The server was lost while a change was being kept: it may be there.
    case outcomeUnknown(server: String, reason: String)
    /// The server refuses what it is asked, and will again.
    case refused(server: String, reason: String)
}

extension CollectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchCollection(let name):
            "There is no collection “\(name)”. Make it with PUT /v1/collections/\(name)."
        case .otherSettings(let name, let differences):
            """
            The collection “\(name)” is there already and differs: \(differences.joined(separator: ", ")). \
            Take another name, or delete it first.
            """
        case .nameTaken(let name):
            "The collection “\(name)” is there already. Take another name for the snapshot, or delete it first."
        case .invalid(let field, let reason): "“\(field)” \(reason)."
        case .tooManyCollections(let limit):
            "There are \(limit) collections, which is the limit. Delete one first."
        case .tooManyVectors(let limit):
            "With these points there would be more than \(limit) vectors, which is the limit. Delete some first."
        case .notASnapshot(let reason):
            "The upload cannot be put back: \(reason). Send a file that GET …/snapshot gave."
        case .busy(let reason): "\(reason) Try again in a moment."
        case .inUse(let folder):
            "The collections in \(folder) are open already, in this process or another. Close them there first."
        case .newerVersion(let file, let found, let supported):
            "\(file) has version \(found); this program reads up to \(supported). Use the newer program."
        case .newerCollection(let name, let found, let supported):
            """
            The collection “\(name)” was written by a newer version of Millrace: its settings have version \(found), and \
            this program reads up to \(supported). Ask a process of the newer version; other collections are there.
            """
        case .damaged(let file, let reason):
            "\(file) is damaged: \(reason). Put a snapshot or a backup in its place."
        case .storage(let file, let reason):
            "\(file) could not be read or written: \(reason). What was acknowledged before is safe."
        // What servers say of themselves names the server already.
        case .unavailable(_, let reason), .outcomeUnknown(_, let reason), .refused(_, let reason): reason
        }
    }
}
