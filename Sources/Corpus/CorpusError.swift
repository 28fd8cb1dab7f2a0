import Concurrency

/// Every refusal of the corpus.
public enum CorpusError: Error, Equatable, Sendable {
    /// Another process holds the data folder.
    case folderInUse(path: String, processID: Int32?)
    case folderUnwritable(path: String, reason: String)
    case diskFull(path: String)
    /// The database file exists and is not one of ours, or is damaged.
    case damaged(path: String, reason: String)
    /// A newer Millrace wrote the database.
    case newerSchema(path: String, unknownMigrations: [String])
    /// A newer Millrace brought a schema on a database server to where this one cannot use it.
    case newerServerSchema(server: String, reason: String)
    case unknownSpace(key: String, documentID: String)
    case countMismatch(documentID: String, chunks: Int, embeddings: Int)
    case wrongDimension(model: String, expected: Int, actual: Int)
    case database(path: String, code: Int32, message: String)
    /// A database server cannot be reached, or gave up for now; the same again may well succeed.
    case unavailable(server: String, reason: String)
    /// The connection to a database server ended while a write was being kept: it may have been, or not.
    case outcomeUnknown(server: String, reason: String)
    /// A database server refused what was asked of it.
    case refused(server: String, reason: String)
    /// Another process reads the source by now, and what this one would have written is of an older look.
    case leaseLost(source: String)
}

extension CorpusError: RetryableError {
    /// Whether nothing was done, and the same may well succeed in a moment.
    public var isRetryable: Bool {
        if case .unavailable = self { true } else { false }
    }
}

extension CorpusError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .folderInUse(let path, let processID):
            """
            The data folder \(path) is in use by another process\(processID.map { " (\($0))" } ?? ""). \
            Stop that one, ask it over HTTP, or choose another folder with --data.
            """
        case .folderUnwritable(let path, let reason):
            "The data folder \(path) cannot be written: \(reason). Choose another with --data or mend its rights."
        case .diskFull(let path):
            "The disk that holds \(path) is full. Nothing of this write was kept; free some space and try again."
        case .damaged(let path, let reason):
            """
            The database \(path) is damaged: \(reason). Restore it from a backup, or remove the data folder \
            and ingest again.
            """
        case .newerSchema(let path, let unknown):
            """
            The database \(path) was written by a newer Millrace (it knows \(unknown.joined(separator: ", "))). \
            Run that version, or ingest into another folder.
            """
        case .unknownSpace(let key, let id):
            "Document \(id) belongs to space \(key), which is not stored. Store the space first."
        case .countMismatch(let id, let chunks, let embeddings):
            "Document \(id) has \(chunks) chunks and \(embeddings) embeddings; each chunk needs one."
        case .wrongDimension(let model, let expected, let actual):
            """
            An embedding of \(model) has \(actual) dimensions; the stored ones have \(expected). Keep one model \
            to a name, or ingest into another folder.
            """
        case .leaseLost(let source):
            """
            Another process has taken over the reading of \(source), since this one was not heard of for a while. \
            What it had stored stays; the other one goes on.
            """
        case .unavailable(_, let reason), .refused(_, let reason), .outcomeUnknown(_, let reason),
            .newerServerSchema(_, let reason):
            reason
        case .database(let path, let code, let message):
            "SQLite refused an operation on \(path) (code \(code)): \(message)."
        }
    }
}
