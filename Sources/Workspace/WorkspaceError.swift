/// Every refusal of a workspace's stores.
public enum WorkspaceError: Error, Hashable, Sendable {
    /// Nothing of this kind and id is there, or it is another's.
    case notFound(kind: String, id: String)
    /// Somebody saved a newer version meanwhile.
    case versionConflict(flow: String, expected: Int, actual: Int)
    /// Somebody else changed it after it was read.
    case changedMeanwhile(kind: String, id: String)
    case nameTaken(kind: String, name: String)
    /// An idempotency key came again with another request.
    case keyReused(key: String)
    /// The lease was lost to another worker, who goes on with the run.
    case leaseLost(run: String)
    case tooLarge(kind: String, bytes: Int, limit: Int)
    case invalidName(kind: String, name: String, reason: String)
    /// An owner has as many of these as one may have.
    case tooMany(kind: String, limit: Int)
    /// As many runs of an owner wait as may.
    case tooManyWaiting(limit: Int)
    /// What was asked cannot be done to a run in this state.
    case wrongState(run: String, state: StoredRun.State)
    /// Events were to be appended behind a gap.
    case eventGap(run: String, expected: Int, actual: Int)
    /// A secret came to be kept in clear.
    case unsealed(variable: String)
    /// A sealed secret cannot be opened: its key is not there, or it is not this variable's.
    case sealBroken(variable: String, reason: String)
    /// The file with the keys of sealed secrets cannot be used.
    case keyFile(path: String, reason: String)
    case diskFull(path: String)
    /// Another process has been writing all the time that a write may wait.
    case busy(path: String, seconds: Int)
    /// The database file exists and is not one of ours, or is damaged.
    case damaged(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A newer Millrace wrote the database.
    case newerSchema(path: String, unknownMigrations: [String])
    /// A newer Millrace brought a schema on a database server to where this one cannot use it.
    case newerServerSchema(server: String, reason: String)
    case database(path: String, message: String)
    /// The database server cannot be reached, or ended the connection; the same may well succeed later.
    case unavailable(server: String, reason: String)
    /// The connection to the database server ended while a write was being kept: it may have been, or not.
    case outcomeUnknown(server: String, reason: String)
}

extension WorkspaceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let kind, let id): "There is no \(kind) “\(id.prefix(200))”."
        case .versionConflict(let flow, let expected, let actual):
            """
            The flow “\(flow)” is at version \(actual) by now; what was to be saved began from version \
            \(expected). Load it anew, and save the change again.
            """
        case .changedMeanwhile(let kind, let id):
            "The \(kind) “\(id.prefix(200))” was changed meanwhile. Read it anew, and make the change again."
        case .nameTaken(let kind, let name):
            "There is a \(kind) called “\(name.prefix(200))” already; choose another name."
        case .keyReused(let key):
            "The idempotency key “\(key.prefix(200))” stands for another request; take a new one for this."
        case .leaseLost(let run): "The run \(run) is another worker's by now."
        case .tooLarge(let kind, let bytes, let limit):
            "The \(kind) has \(bytes) bytes; at most \(limit) are taken."
        case .invalidName(let kind, let name, let reason):
            "“\(name.prefix(200))” is no name for a \(kind): \(reason)."
        case .tooMany(let kind, let limit):
            "There are \(limit) \(kind)s already, as many as one owner may keep; delete one that is not needed."
        case .tooManyWaiting(let limit):
            "\(limit) runs wait already, as many as one owner may have waiting; come again when some have begun."
        case .wrongState(let run, let state):
            "The run \(run) is \(state.rawValue), and what was asked cannot be done to it then."
        case .eventGap(let run, let expected, let actual):
            "The next event of the run \(run) has position \(expected), and one at \(actual) came; send those between."
        case .unsealed(let variable):
            "The secret “\(variable.prefix(200))” came in clear, and only sealed ones are kept; seal it first."
        case .sealBroken(let variable, let reason):
            """
            The secret “\(variable.prefix(200))” cannot be opened: \(reason). Restore the key file that it was \
            sealed with, or set the secret anew.
            """
        case .keyFile(let path, let reason):
            "The key file \(path) cannot be used: \(reason)."
        case .busy(let path, let seconds):
            "Another process has been writing to \(path) for \(seconds) s. Try again; nothing of this write was kept."
        case .damaged(let path, let reason):
            """
            The database \(path) is damaged: \(reason). Restore it from a backup, or move it away to begin \
            with an empty one.
            """
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason). Choose another folder with --data, or mend its rights."
        case .newerSchema(let path, let unknown):
            """
            The database \(path) was written by a newer Millrace (it knows \(unknown.joined(separator: ", "))). \
            Run that version, or choose another folder with --data.
            """
        case .diskFull(let path):
            "The disk that holds \(path) is full. Nothing of this write was kept; free some space and try again."
        case .unavailable(_, let reason), .outcomeUnknown(_, let reason), .newerServerSchema(_, let reason):
            reason
        case .database(let path, let message): "The database \(path) refused an operation: \(message)."
        }
    }
}
