/// Every refusal of backup and restore.
public enum BackupError: Error, Equatable, Sendable {
    // MARK: What is backed up

    /// The data folder is not there.
    case noFolder(path: String)
    /// The data folder holds no database, so that there is nothing to keep.
    case noDatabase(path: String)
    /// A database has been written by a newer Millrace.
    case newerSchema(database: String, unknownMigrations: [String])
    case unreadable(path: String, reason: String)
    /// SQLite refused to copy or to check a database.
    case database(path: String, reason: String)

    // MARK: Room on a disk

    /// Less room than a copy takes, told before it is begun.
    case noRoom(path: String, neededBytes: Int, freeBytes: Int)
    /// A write found the disk full.
    case diskFull(path: String)

    // MARK: The destination

    /// Neither a folder nor `s3://bucket/prefix`.
    case badDestination(String)
    case destination(place: String, reason: String)
    case noBackups(place: String)
    case unknownBackup(id: String, place: String)
    /// A backup that was begun and not ended.
    case unfinished(id: String)
    case newerFormat(id: String, version: Int)

    // MARK: Keys

    case badKey(reason: String)
    case keyNeeded(place: String)
    case wrongKey(id: String, place: String)
    /// A key was given for a destination whose backups are not encrypted.
    case keyNotUsed(place: String)

    // MARK: Damage

    case damagedManifest(id: String, reason: String)
    /// A block of a file is not what was written.
    case damagedBlock(object: String, file: String, offset: Int, reason: String)
    case missingBlock(object: String, file: String, offset: Int)
    /// All blocks are as they were written, and yet they do not make the file.
    case damagedFile(path: String)
    case damagedDatabase(path: String, findings: [String])

    // MARK: Where it is restored to

    case targetNotEmpty(path: String)
    case targetInUse(path: String, processID: Int32?)
    case unwritable(path: String, reason: String)

    /// Whether what is stored is not what was written, so that another attempt finds the same.
    public var isDamage: Bool {
        switch self {
        case .damagedManifest, .damagedBlock, .missingBlock, .damagedFile, .damagedDatabase: true
        default: false
        }
    }
}

extension BackupError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noFolder, .noDatabase, .newerSchema, .unreadable, .database: sourceDescription
        case .noRoom, .diskFull: roomDescription
        case .badDestination, .destination, .noBackups, .unknownBackup, .unfinished, .newerFormat:
            destinationDescription
        case .badKey, .keyNeeded, .wrongKey, .keyNotUsed: keyDescription
        case .damagedManifest, .damagedBlock, .missingBlock, .damagedFile, .damagedDatabase: damageDescription
        case .targetNotEmpty, .targetInUse, .unwritable: targetDescription
        }
    }

    private var sourceDescription: String {
        switch self {
        case .noFolder(let path):
            "There is no data folder \(path). Name the one that `millrace serve` uses with --data."
        case .noDatabase(let path):
            "The folder \(path) holds no database, so there is nothing to back up. Check --data."
        case .newerSchema(let database, let unknown):
            """
            The database \(database) was written by a newer Millrace (it knows \(unknown.joined(separator: ", "))). \
            Run that version.
            """
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
        case .database(let path, let reason): "SQLite cannot copy the database \(path): \(reason)."
        default: ""
        }
    }

    private var roomDescription: String {
        switch self {
        case .noRoom(let path, let needed, let free):
            "\(path) has \(free) bytes free and \(needed) are needed. Free some space or choose another place."
        case .diskFull(let path):
            "The disk that holds \(path) is full. Free some space and try again."
        default: ""
        }
    }

    private var destinationDescription: String {
        switch self {
        case .badDestination(let text):
            "“\(text.prefix(200))” is no place for backups: a folder or s3://BUCKET/PREFIX is expected."
        case .destination(let place, let reason): "The destination \(place) refuses: \(reason)"
        case .noBackups(let place): "There is no finished backup at \(place)."
        case .unknownBackup(let id, let place):
            "There is no backup “\(id.prefix(100))” at \(place). `millrace backup list` names those that are."
        case .unfinished(let id):
            "The backup \(id) was begun and never finished, so there is nothing to restore in it."
        case .newerFormat(let id, let version):
            "The backup \(id) has format \(version), which this Millrace does not know. Run a newer one."
        default: ""
        }
    }

    private var keyDescription: String {
        switch self {
        case .badKey(let reason): "The key of the backups cannot be used: \(reason)."
        case .keyNeeded(let place):
            """
            The backups at \(place) are encrypted. Give their passphrase with --passphrase-file, or as \
            MILLRACE_BACKUP_KEY.
            """
        case .wrongKey(let id, let place):
            """
            The passphrase does not open the backup \(id) at \(place), or its manifest is damaged. Backups of one \
            destination share one passphrase; for another one, choose another destination.
            """
        case .keyNotUsed(let place):
            """
            The backups at \(place) are not encrypted, and a passphrase was given. Choose another destination for \
            encrypted ones, or leave the passphrase out.
            """
        default: ""
        }
    }

    private var damageDescription: String {
        switch self {
        case .damagedManifest(let id, let reason): "The manifest of the backup \(id) is damaged: \(reason)."
        case .damagedBlock(let object, let file, let offset, let reason):
            "\(file) is damaged at byte \(offset): \(reason) (object \(object)). Restore another backup."
        case .missingBlock(let object, let file, let offset):
            "\(file) lacks what belongs at byte \(offset): the object \(object) is gone. Restore another backup."
        case .damagedFile(let path):
            "\(path) does not have the SHA-256 that its manifest names. Restore another backup."
        case .damagedDatabase(let path, let findings):
            "The database \(path) is damaged: \(findings.prefix(3).joined(separator: "; "))."
        default: ""
        }
    }

    private var targetDescription: String {
        switch self {
        case .targetNotEmpty(let path):
            """
            The folder \(path) is not empty. Name another with --data, or give --replace, which keeps what is \
            there under another name.
            """
        case .targetInUse(let path, let processID):
            """
            The folder \(path) is in use by another process\(processID.map { " (\($0))" } ?? ""). Stop that one \
            first.
            """
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)."
        default: ""
        }
    }
}
