import Foundation

/// The file of a data folder that holds the keys of sealed secrets: `workspace.key`, readable by its owner alone.
///
/// Everything here waits for the disk: it is for the start of a process, before anything is served.
public enum SealKeyFile {
    /// Its name within the folder.
    public static let fileName = "workspace.key"
    private static let byteLimit = 65_536

    /// The keys of a folder, if it has any.
    public static func existing(in folder: URL) throws(WorkspaceError) -> SealKeys? {
        try read(folder.appendingPathComponent(fileName).path)
    }

    /// The keys of a folder whose process has them already.
    ///
    /// - Throws: ``WorkspaceError/keyFile(path:reason:)`` where the file has gone since: nothing else holds them behind the
    ///   process's end.
    public static func followed(in folder: URL) throws(WorkspaceError) -> SealKeys {
        let path = folder.appendingPathComponent(fileName).path
        guard let keys = try read(path) else {
            throw .keyFile(
                path: path,
                reason: """
                    it is gone. This process holds its keys until it ends; after that nobody can open what they sealed. Put the \
                    file back from a backup before this process ends
                    """)
        }
        return keys
    }

    /// Reads the keys of a folder, and makes the first one if there is none.
    ///
    /// Processes that do so at once end with the same key.
    public static func keys(in folder: URL) throws(WorkspaceError) -> SealKeys {
        let path = folder.appendingPathComponent(fileName).path
        if let keys = try read(path) { return keys }
        try write(SealKeys().text, to: path, replacing: false)
        guard let keys = try read(path) else {
            throw .keyFile(path: path, reason: "it was removed as soon as it was made")
        }
        return keys
    }

    /// How long a fresh key waits before it seals where processes may have the folder open: they read the file again far
    /// sooner.
    public static let notice: TimeInterval = 60

    /// Adds a key that seals from now on, or after a notice; what older ones have sealed opens still.
    ///
    /// Processes that have the folder open know it when they read the file again.
    public static func rotate(
        in folder: URL, notice: TimeInterval = 0, now: Date = Date()
    ) throws(WorkspaceError) -> SealKeys {
        let path = folder.appendingPathComponent(fileName).path
        // A second one at once would lose the key of the first.
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            let reason = systemReason()
            if lock >= 0 { close(lock) }
            throw .keyFile(path: path, reason: reason)
        }
        defer { close(lock) }
        var keys = try keys(in: folder)
        // Keys with a time stand behind those without: where one has a time, so has each that comes after it.
        let isTimed = notice > 0 || keys.keys.contains { $0.from != nil }
        guard keys.rotate(from: isTimed ? now.addingTimeInterval(notice) : nil) else {
            throw .keyFile(
                path: path,
                reason:
                    "it has \(SealKeys.limit) keys already, and none may be dropped that opens something still"
            )
        }
        try write(keys.text, to: path, replacing: true)
        return keys
    }

    /// - Returns: `nil` where there is no file.
    private static func read(_ path: String) throws(WorkspaceError) -> SealKeys? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .keyFile(path: path, reason: systemReason())
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .keyFile(path: path, reason: systemReason()) }
        guard facts.st_mode & 0o077 == 0 else {
            let rights = String(facts.st_mode & 0o777, radix: 8)
            throw .keyFile(
                path: path,
                reason: "others may use it (its rights are \(rights)); set them to 600, and rotate the keys")
        }
        guard let data = try? file.read(upToCount: byteLimit + 1), data.count <= byteLimit else {
            throw .keyFile(path: path, reason: "it is empty, unreadable or has more than \(byteLimit) bytes")
        }
        do throws(SealKeys.Unreadable) {
            return try SealKeys(parsing: String(decoding: data, as: UTF8.self))
        } catch {
            throw .keyFile(path: path, reason: error.reason)
        }
    }

    /// Puts the file there whole or not at all, and only returns when the disk has it: a secret whose key is lost is
    /// lost too.
    ///
    /// - Parameter isReplacing: `false` to leave a file that is there by now.
    static func write(
        _ text: String, to path: String, replacing isReplacing: Bool
    ) throws(WorkspaceError) {
        let draft = path + "." + UUID().uuidString
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .keyFile(path: path, reason: systemReason()) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        do {
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(
                contentsOf: Data(text.utf8))
        } catch {
            throw .keyFile(path: path, reason: "it could not be written: \(error)")
        }
        guard fsync(descriptor) == 0 else { throw .keyFile(path: path, reason: systemReason()) }
        let isThere = isReplacing ? rename(draft, path) == 0 : link(draft, path) == 0 || errno == EEXIST
        guard isThere else { throw .keyFile(path: path, reason: systemReason()) }
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .keyFile(path: path, reason: systemReason()) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .keyFile(path: path, reason: systemReason()) }
    }

    static func systemReason() -> String { String(cString: strerror(errno)) }
}

extension VariableSeal {
    /// The seal of a data folder, whose key is made at first use. Waits for the disk.
    public static func open(in folder: URL) throws(WorkspaceError) -> VariableSeal {
        VariableSeal(try SealKeyFile.keys(in: folder))
    }
}
