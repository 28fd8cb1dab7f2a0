import VectorIndex

/// Everything a text store refuses to do.
public enum TextIndexError: Error, Equatable {
    /// A setting or argument is out of range.
    case invalidParameter(name: String, value: Double, allowed: ClosedRange<Double>)
    /// A document has not as many fields as the store's format.
    case fieldCountMismatch(id: UInt64, expected: Int, actual: Int)
    /// A field that is too long, or has a term too often.
    case fieldTooLong(id: UInt64, field: String, length: Int, limit: Int)
    /// A term of no bytes or of too many. `id` is `nil` for a query.
    case invalidTerm(id: UInt64?, byteCount: Int, limit: Int)
    /// A facet whose name or value is too long.
    case invalidFacet(id: UInt64, byteCount: Int, limit: Int)
    /// A query of too many terms.
    case tooManyTerms(count: Int, limit: Int)
    /// A document too large for the log.
    case documentTooLarge(id: UInt64, byteCount: Int, limit: Int)
    /// One call stores two documents under one id.
    case duplicateID(UInt64)
    /// No more documents fit.
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
    /// The server that holds the words does not answer; the same may succeed later.
    case unavailable(server: String, reason: String)
    /// The server that holds the words refuses, and will again.
    case refused(server: String, reason: String)
}

extension TextIndexError {
    /// Whether deleting the files and storing the documents again helps
    /// (``LocalTextStore/reset(directory:)``).
    public var isCuredByRebuilding: Bool {
        switch self {
        case .damaged, .unsupportedVersion, .foreignByteOrder, .settingMismatch: true
        default: false
        }
    }

    /// What the disk layer, which both indexes share, has to say.
    init(_ error: VectorIndexError) {
        self =
            switch error {
            case .damaged(let file, let reason): .damaged(file: file, reason: reason)
            case .unsupportedVersion(let file, let found, let supported):
                .unsupportedVersion(file: file, found: found, supported: supported)
            case .foreignByteOrder(let file): .foreignByteOrder(file: file)
            case .settingMismatch(let file, let name, let stored, let requested):
                .settingMismatch(file: file, name: name, stored: stored, requested: requested)
            case .inUse(let directory): .inUse(directory: directory)
            case .writingStopped(let file, let reason): .writingStopped(file: file, reason: reason)
            case .noDirectory: .noDirectory
            case .systemFailure(let operation, let file, let code, let reason):
                .systemFailure(operation: operation, file: file, code: code, reason: reason)
            // The disk layer checks no vectors: these cannot come from it.
            default: .systemFailure(operation: "use", file: "", code: 0, reason: error.description)
            }
    }
}

/// Runs a step of the disk layer, and gives its errors this module's type.
func onDisk<R>(_ body: () throws(VectorIndexError) -> R) throws(TextIndexError) -> R {
    do throws(VectorIndexError) {
        return try body()
    } catch {
        throw TextIndexError(error)
    }
}

extension TextIndexError: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .damaged, .unsupportedVersion, .foreignByteOrder, .settingMismatch, .systemFailure, .noDirectory,
            .inUse, .writingStopped:
            fileDescription
        case .unavailable(_, let reason), .refused(_, let reason): reason
        default:
            requestDescription
        }
    }

    private var requestDescription: String {
        switch self {
        case .invalidParameter(let name, let value, let allowed):
            """
            \(name) is \(value); it must be in \(allowed.lowerBound)...\(allowed.upperBound). \
            Choose a value in that range.
            """
        case .fieldCountMismatch(let id, let expected, let actual):
            """
            The document of id \(id) has \(actual) fields; this index has \(expected). \
            Send one for each, empty ones too.
            """
        case .fieldTooLong(let id, let field, let length, let limit):
            """
            The field "\(field)" of id \(id) has \(length) words, or a term as often; \
            \(limit) are allowed. Split the document.
            """
        case .invalidTerm(let id, let byteCount, let limit):
            """
            A term of \(id.map { "the document of id \($0)" } ?? "the query") has \(byteCount) bytes; \
            it must have 1...\(limit). Leave it out.
            """
        case .invalidFacet(let id, let byteCount, let limit):
            "A facet of id \(id) has \(byteCount) bytes; \(limit) are allowed. Shorten it."
        case .documentTooLarge(let id, let byteCount, let limit):
            "The document of id \(id) has \(byteCount) bytes of terms; \(limit) are allowed. Split it."
        case .tooManyTerms(let count, let limit):
            "The query has \(count) terms; \(limit) are allowed. Ask with fewer words."
        case .duplicateID(let id):
            "Id \(id) comes twice in one call. Send each id once; a later call replaces an earlier one."
        case .full(let limit):
            "The index holds \(limit) documents, which is all it can. Split them over several indexes."
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
            The text index file \(file) is damaged: \(reason). Trying again will not help; \
            delete the text index and store the documents again.
            """
        case .unsupportedVersion(let file, let found, let supported):
            """
            The text index file \(file) has format version \(found); this program reads \(supported). \
            Use the program that wrote it, or delete the text index and store the documents again.
            """
        case .foreignByteOrder(let file):
            """
            The text index file \(file) was written on a machine of the other byte order. \
            Delete the text index and store the documents again here.
            """
        case .settingMismatch(let file, let name, let stored, let requested):
            """
            The text index file \(file) was built with \(name) \(stored); \(requested) is asked for. \
            Ask for \(stored), or delete the text index and store the documents again.
            """
        case .inUse(let directory):
            """
            The text index in \(directory) is open already, in this process or another. \
            Close it there first; of several processes, let one open it and the others ask that one.
            """
        case .writingStopped(let file, let reason):
            """
            Nothing more can be written to \(file): \(reason). \
            What was acknowledged is safe; close the text index and open it again.
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
}
