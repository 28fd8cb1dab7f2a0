/// Why something could not be taken in.
public enum DocumentsError: Error, Equatable, Sendable {
    /// One body in storage format was refused; the rest of the source goes on.
    case storageFormat(StorageFormatRefusal)
    /// One body in Atlassian Document Format was refused; the rest of the source goes on.
    case documentFormat(DocumentFormatRefusal)
}

/// Why a body in storage format was not parsed at all. Broken markup is no reason: it is repaired.
public enum StorageFormatRefusal: Hashable, Sendable {
    case documentTooLarge(byteCount: Int, limitBytes: Int)
    /// libxml2 could not be given memory.
    case outOfMemory
}

extension DocumentsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storageFormat(let refusal): refusal.description
        case .documentFormat(let refusal): refusal.description
        }
    }
}

extension StorageFormatRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .documentTooLarge(let byteCount, let limitBytes):
            """
            The page's body is \(byteCount) bytes long; the limit is \(limitBytes). \
            Split the page, or raise the limit.
            """
        case .outOfMemory:
            "There was no memory for the XML parser. Run fewer jobs at once, then try again."
        }
    }
}
