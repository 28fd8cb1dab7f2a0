import Documents

/// Why a space export cannot be read at all. A single bad page is never one of these; it is skipped.
public enum SpaceExportError: Error, Equatable, Sendable {
    /// There is no file or folder at the path, or it may not be read.
    case unreadable(path: String, reason: String)
    /// The file is something other than a zip archive.
    case notAZip(path: String)
    /// The file begins as a zip does, but its end or its contents are broken.
    case damagedZip(path: String, reason: String)
    /// Entries are encrypted.
    case encryptedZip(path: String, entry: String)
    /// An entry's name leads out of the archive: `../`, an absolute path, a backslash, a control character.
    case unsafeEntryName(path: String, entry: String)
    /// Two entries have the one name that must be unique.
    case duplicateEntry(path: String, entry: String)
    /// The archive holds more than the limit allows. `what` says of which quantity.
    case limitExceeded(path: String, what: Limit, found: Int, limit: Int)
    /// There is no `entities.xml`.
    case notAnExport(path: String, hint: Hint)
    /// `entities.xml` is no well-formed XML, or other XML than Confluence's.
    case malformedEntities(line: Int, reason: String)
    /// `entities.xml` declares a document type, which could define expanding or external entities.
    case documentTypeDeclared(line: Int)
    /// The descriptor names a space that `entities.xml` does not hold.
    case spaceMissing(key: String, found: [String])

    /// A quantity that is limited.
    public typealias Limit = ArchiveQuantity

    /// What a file without `entities.xml` seems to be instead.
    public enum Hint: Sendable {
        case csvExport, htmlExport, nestedZip, unknown
    }
}

extension SpaceExportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "The space export \(path) cannot be read: \(reason)."
        case .notAZip(let path):
            """
            \(path) is not a zip file. Give the zip that Confluence wrote \
            (Space settings, Export space, XML), or a folder with its contents.
            """
        case .damagedZip(let path, let reason):
            "The zip file \(path) is damaged: \(reason). It may be cut short; copy or export it again."
        case .encryptedZip(let path, let entry):
            """
            The zip file \(path) is encrypted (entry \(entry)). Decrypt it first; Confluence writes exports \
            in clear.
            """
        case .unsafeEntryName(let path, let entry):
            """
            The zip file \(path) is refused: its entry “\(entry)” has a name that leads out of the archive. \
            Confluence writes no such names.
            """
        case .duplicateEntry(let path, let entry):
            "The zip file \(path) is refused: it holds “\(entry)” twice."
        case .limitExceeded(let path, let what, let found, let limit):
            """
            The zip file \(path) is refused as a zip bomb: it holds \(found) \(what.rawValue), the limit is \
            \(limit). If the file is to be trusted, unpack it and give the folder.
            """
        case .notAnExport(let path, let hint):
            "\(path) is not an XML space export: it holds no entities.xml. \(hint.advice)"
        case .malformedEntities(let line, let reason):
            """
            entities.xml is not a well-formed space export (line \(line)): \(reason). Nothing was taken from \
            it; export the space again.
            """
        case .documentTypeDeclared(let line):
            """
            entities.xml declares a document type (line \(line)), which Confluence never does and which \
            could \
            hide expanding entities. Nothing was taken from it.
            """
        case .spaceMissing(let key, let found):
            """
            The export's descriptor says it holds the space \(key), but entities.xml holds \
            \(found.isEmpty ? "no space" : found.joined(separator: ", ")). The export is incomplete.
            """
        }
    }
}

extension SpaceExportError.Hint {
    /// What to do instead.
    var advice: String {
        switch self {
        case .csvExport:
            "It looks like a CSV export of Confluence Cloud, which is not supported: export the space as XML."
        case .htmlExport:
            "It looks like an HTML export: choose XML when you export the space."
        case .nestedZip:
            "It holds another zip file: unpack the outer one and give the inner one."
        case .unknown:
            "Export the space as XML (Space settings, Export space), and give that file."
        }
    }
}

extension SpaceExportError {
    /// What an archive's error means of an export.
    init(_ error: ArchiveError) {
        self =
            switch error {
            case .unreadable(let path, let reason): .unreadable(path: path, reason: reason)
            case .notAZip(let path): .notAZip(path: path)
            case .damagedZip(let path, let reason): .damagedZip(path: path, reason: reason)
            case .encryptedZip(let path, let entry): .encryptedZip(path: path, entry: entry)
            case .unsafeEntryName(let path, let entry): .unsafeEntryName(path: path, entry: entry)
            case .limitExceeded(let path, let what, let found, let limit):
                .limitExceeded(path: path, what: what, found: found, limit: limit)
            }
    }
}
