/// Why an archive, or a file put aside while it is read, cannot be read.
package enum ArchiveError: Error, Hashable, Sendable {
    /// There is no file at the path, it may not be read, or the disk would not take it.
    case unreadable(path: String, reason: String)
    /// The file is something other than a zip archive.
    case notAZip(path: String)
    /// The file begins as a zip does, but its end or its contents are broken.
    case damagedZip(path: String, reason: String)
    /// Entries are encrypted.
    case encryptedZip(path: String, entry: String)
    /// An entry's name leads out of the archive: `../`, an absolute path, a backslash, a control character.
    case unsafeEntryName(path: String, entry: String)
    /// The archive holds more than the limit allows. `what` says of which quantity.
    case limitExceeded(path: String, what: ArchiveQuantity, found: Int, limit: Int)
}

/// What is limited of an archive.
public enum ArchiveQuantity: String, Sendable {
    case entryCount = "entries"
    case uncompressedBytes = "uncompressed bytes"
    case compressionRatio = "times its own size when uncompressed"
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "The file \(path) cannot be read: \(reason)."
        case .notAZip(let path):
            "\(path) is not a zip file. Give one, or a folder with its contents."
        case .damagedZip(let path, let reason):
            "The zip file \(path) is damaged: \(reason). It may be cut short; copy or make it again."
        case .encryptedZip(let path, let entry):
            "The zip file \(path) is encrypted (entry \(entry)). Decrypt it first."
        case .unsafeEntryName(let path, let entry):
            """
            The zip file \(path) is refused: its entry “\(entry)” has a name that leads out of the archive. \
            Make it again with a program that writes no such names.
            """
        case .limitExceeded(let path, let what, let found, let limit):
            """
            The zip file \(path) is refused as a zip bomb: it holds \(found) \(what.rawValue), the limit is \
            \(limit). If the file is to be trusted, unpack it and give the folder.
            """
        }
    }
}
