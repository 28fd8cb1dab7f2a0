/// Everything a vector store refuses to do.
public enum VectorIndexError: Error, Equatable {
    /// A vector or query has the wrong number of floats.
    case dimensionMismatch(expected: Int, actual: Int)
    /// A setting or argument is out of range.
    case invalidParameter(name: String, value: Int, allowed: ClosedRange<Int>)
    /// A search that looks at fewer candidates than it must return.
    case efSearchBelowK(efSearch: Int, k: Int)
    /// A component is NaN or infinite. `id` is `nil` for a query.
    case notFinite(id: UInt64?, component: Int)
    /// The zero vector has no direction, so no cosine. `id` is `nil` for a query.
    case zeroVector(id: UInt64?)
    /// A vector so long that distances to it would overflow. `id` is `nil` for a query.
    case tooLong(id: UInt64?, norm: Double, limit: Double)
    /// A component that the store's number format cannot hold.
    case beyondFormat(id: UInt64, component: Int, limit: Float)
    /// One call stores two vectors under one id.
    case duplicateID(UInt64)
    /// No more vectors fit.
    case full(limit: Int)
    /// The store was opened without a directory, so there is nowhere to save it.
    case noDirectory
    /// The file is not what was written: cut short, altered, or never ours.
    case damaged(file: String, reason: String)
    /// The file is sound but of another format version.
    case unsupportedVersion(file: String, found: UInt32, supported: UInt32)
    /// The file was written on a machine of the other byte order.
    case foreignByteOrder(file: String)
    /// The file is sound but was built with another setting.
    case settingMismatch(file: String, name: String, stored: String, requested: String)
    /// Another store, here or in another process, has the directory open.
    case inUse(directory: String)
    /// After a failure no further change can be made safe until the index is opened anew.
    case writingStopped(file: String, reason: String)
    /// The operating system refused; `code` is `errno`.
    case systemFailure(operation: String, file: String, code: Int32, reason: String)
    /// The server that holds the vectors does not answer; the same may succeed later.
    case unavailable(server: String, reason: String)
    /// The server that holds the vectors refuses, and will again.
    case refused(server: String, reason: String)
}

extension VectorIndexError {
    /// Whether deleting the files and storing the vectors again helps (``LocalVectorStore/reset(directory:)``).
    public var isCuredByRebuilding: Bool {
        switch self {
        case .damaged, .unsupportedVersion, .foreignByteOrder, .settingMismatch: true
        default: false
        }
    }
}

extension VectorIndexError: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .damaged, .unsupportedVersion, .foreignByteOrder, .settingMismatch, .systemFailure, .noDirectory,
            .inUse, .writingStopped:
            fileDescription
        // Who wrote the reason has named the server and what to do.
        case .unavailable(_, let reason), .refused(_, let reason): reason
        default:
            requestDescription
        }
    }

    private var requestDescription: String {
        switch self {
        case .dimensionMismatch(let expected, let actual):
            """
            The vector has \(actual) dimensions; this index holds \(expected). \
            Embed with the model the index was built with, or rebuild the index.
            """
        case .invalidParameter(let name, let value, let allowed):
            """
            \(name) is \(value); it must be in \(allowed.lowerBound)...\(allowed.upperBound). \
            Choose a value in that range.
            """
        case .efSearchBelowK(let efSearch, let k):
            """
            efSearch is \(efSearch) but \(k) results are asked for; \
            a search cannot return more than it looks at. \
            Raise efSearch to \(k) or more, or leave it out.
            """
        case .notFinite(let id, let component):
            """
            Component \(component) of \(Self.owner(id)) is NaN or infinite. \
            Embed the text again; if it comes back the same, the embedding model is at fault.
            """
        case .zeroVector(let id):
            """
            \(Self.owner(id).capitalizedFirst) is all zeros, which has no direction and so no cosine. \
            Leave it out, or use another metric.
            """
        case .tooLong(let id, let norm, let limit):
            """
            \(Self.owner(id).capitalizedFirst) has length \(norm); above \(limit) distances overflow. \
            Scale the vectors down.
            """
        case .beyondFormat(let id, let component, let limit):
            """
            Component \(component) of \(Self.owner(id)) is beyond ±\(limit), the largest number of its format. \
            Scale the vectors down, or use another format.
            """
        case .duplicateID(let id):
            "Id \(id) comes twice in one call. Send each id once; a later call replaces an earlier one."
        case .full(let limit):
            "The index holds \(limit) vectors, which is all it can. Split the vectors over several indexes."
        default:
            fileDescription
        }
    }

    private var fileDescription: String {
        switch self {
        case .noDirectory:
            "The index was opened without a directory, so it cannot be saved. Open it with one."
        case .damaged(let file, let reason):
            """
            The index file \(file) is damaged: \(reason). Trying again will not help; \
            delete it and rebuild the index from the stored vectors.
            """
        case .unsupportedVersion(let file, let found, let supported):
            """
            The index file \(file) has format version \(found); this program reads \(supported). \
            Use the program that wrote it, or delete the file and rebuild the index.
            """
        case .foreignByteOrder(let file):
            """
            The index file \(file) was written on a machine of the other byte order. \
            Delete it and rebuild the index here.
            """
        case .settingMismatch(let file, let name, let stored, let requested):
            """
            The index file \(file) was built with \(name) \(stored); \(requested) is asked for. \
            Ask for \(stored), or delete the file and rebuild the index.
            """
        case .inUse(let directory):
            """
            The index in \(directory) is open already, in this process or another. \
            Close it there first; of several processes, let one open it and the others ask that one.
            """
        case .writingStopped(let file, let reason):
            """
            Nothing more can be written to \(file): \(reason). \
            What was acknowledged is safe; close the index and open it again.
            """
        case .systemFailure(let operation, let file, let code, let reason):
            """
            Cannot \(operation) \(file): \(reason) (errno \(code)). \
            What was saved before is untouched; try again once the cause is gone.
            """
        default:
            requestDescription
        }
    }

    private static func owner(_ id: UInt64?) -> String {
        id.map { "the vector of id \($0)" } ?? "the query"
    }
}

extension String {
    /// The text with its first letter in upper case.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
