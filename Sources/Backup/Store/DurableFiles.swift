import Foundation

/// Files and folders that are on the disk once a call returns, readable by their owner alone. Everything waits for
/// the disk.
enum DurableFiles {
    /// Puts `data` at `path` whole or not at all: written beside it, flushed, and renamed.
    static func write(_ data: Data, to path: String) throws(BackupError) {
        let parent = (path as NSString).deletingLastPathComponent
        let draft = "\(parent)/.\(UUID().uuidString).tmp"
        let descriptor = try create(draft)
        do throws(BackupError) {
            defer { close(descriptor) }
            try append(data, to: descriptor, path: path)
            try flush(descriptor, path: path)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            let failure = refusal(path)
            unlink(draft)
            throw failure
        }
        try flushFolder(parent)
    }

    /// Makes a file that is not there.
    ///
    /// - Returns: its descriptor, which the caller closes.
    static func create(_ path: String) throws(BackupError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw refusal(path) }
        return descriptor
    }

    static func append(_ data: Data, to descriptor: Int32, path: String) throws(BackupError) {
        let bytes = [UInt8](data)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw refusal(path) }
            offset += count
        }
    }

    static func flush(_ descriptor: Int32, path: String) throws(BackupError) {
        guard fsync(descriptor) == 0 else { throw refusal(path) }
    }

    /// Flushes the names in a folder.
    static func flushFolder(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(path) }
        defer { close(descriptor) }
        try flush(descriptor, path: path)
    }

    /// Makes a folder and those on the way to it, where they are not there.
    static func makeFolder(_ path: String) throws(BackupError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw .unwritable(path: path, reason: "it is no folder")
            }
            return
        }
        let parent = (path as NSString).deletingLastPathComponent
        guard !parent.isEmpty, parent != path else { throw refusal(path) }
        try makeFolder(parent)
        // Another process may have made it meanwhile.
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw refusal(path) }
        try flushFolder(parent)
    }

    /// Bytes that the file system of `path` has free for this user; `nil` if it does not say.
    static func freeBytes(at path: String) -> Int? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        let (bytes, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        return overflow ? nil : Int(clamping: bytes)
    }

    /// What the system's last refusal means.
    static func refusal(_ path: String) -> BackupError {
        let code = errno
        return code == ENOSPC || code == EDQUOT
            ? .diskFull(path: path) : .unwritable(path: path, reason: String(cString: strerror(code)))
    }
}
