import Foundation

/// The passphrase of encrypted backups. It is never written anywhere.
public struct BackupSecret: Sendable {
    static let byteLimit = 65_536
    let bytes: Data

    /// - Throws: ``BackupError/badKey(reason:)`` for fewer than 8 bytes.
    public init(_ passphrase: String) throws(BackupError) {
        let bytes = Data(passphrase.utf8)
        guard bytes.count >= 8 else {
            throw .badKey(reason: "it has \(bytes.count) bytes, and 8 at least are expected")
        }
        guard bytes.count <= Self.byteLimit else {
            throw .badKey(reason: "it has more than \(Self.byteLimit) bytes")
        }
        self.bytes = bytes
    }

    /// The passphrase in a file that its owner alone may use; ends of lines at its end are not part of it. Waits for
    /// the disk.
    ///
    /// - Throws: ``BackupError/badKey(reason:)``.
    public init(file path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .badKey(reason: "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .badKey(reason: "\(path) is no file")
        }
        guard facts.st_mode & 0o077 == 0 else {
            let rights = String(facts.st_mode & 0o777, radix: 8)
            throw .badKey(reason: "others may use \(path) (its rights are \(rights)); set them to 600")
        }
        guard let data = try? file.read(upToCount: Self.byteLimit + 1),
            let text = String(data: data, encoding: .utf8)
        else { throw .badKey(reason: "\(path) is empty, unreadable or no text") }
        var passphrase = Substring(text)
        while passphrase.last?.isNewline == true { passphrase.removeLast() }
        try self.init(String(passphrase))
    }
}
