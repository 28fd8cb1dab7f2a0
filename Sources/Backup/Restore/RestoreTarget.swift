import Foundation
import Synchronization

/// Where a data folder is restored to: a folder beside it that takes its name when it is whole.
///
/// A kill leaves either what was there before or the restored folder, and perhaps `.NAME.restoring-…` beside it, which
/// the next restore to the same place removes. Everything here waits for the disk.
struct RestoreTarget: Sendable {
    /// Where the restored folder belongs.
    let path: String
    /// Where it is put together.
    let staging: String
    private let isReplacing: Bool
    private let lock: FolderLock
    private let oldLock: FolderLock?

    private static func parent(_ path: String) -> String { (path as NSString).deletingLastPathComponent }
    private static func name(_ path: String) -> String { (path as NSString).lastPathComponent }

    /// - Throws: ``BackupError/targetNotEmpty(path:)`` unless `isReplacing`, ``BackupError/targetInUse(path:processID:)``,
    ///   ``BackupError/noRoom(path:neededBytes:freeBytes:)`` or ``BackupError/unwritable(path:reason:)``.
    init(_ folder: URL, replacing isReplacing: Bool, byteCount: Int) throws(BackupError) {
        let path = folder.standardizedFileURL.path
        self.path = path
        self.isReplacing = isReplacing
        var status = stat()
        let isThere = lstat(path, &status) == 0
        if isThere {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw .unwritable(path: path, reason: "it is no folder")
            }
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                throw .unwritable(path: path, reason: "its names cannot be listed")
            }
            guard names.isEmpty || isReplacing else { throw .targetNotEmpty(path: path) }
            oldLock = names.contains("lock") ? try FolderLock(path + "/lock", of: path) : nil
        } else {
            oldLock = nil
        }
        let parent = Self.parent(path)
        try DurableFiles.makeFolder(parent)
        if let free = DurableFiles.freeBytes(at: parent), free < byteCount {
            throw .noRoom(path: parent, neededBytes: byteCount, freeBytes: free)
        }
        let prefix = ".\(Self.name(path)).restoring-"
        Self.removeLeftovers(in: parent, prefix)
        staging = "\(parent)/\(prefix)\(UUID().uuidString)"
        guard mkdir(staging, 0o700) == 0 else { throw DurableFiles.refusal(staging) }
        lock = try FolderLock(staging + "/lock", of: staging)
    }

    /// Folders of restores that were killed: nobody holds their lock.
    private static func removeLeftovers(in parent: String, _ prefix: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            guard let lock = try? FolderLock(path + "/lock", of: path) else { continue }
            withExtendedLifetime(lock) { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    /// Gives the folder its name.
    ///
    /// - Returns: where the old one lies now, if there was one with something in it.
    func putInPlace(at date: Date) throws(BackupError) -> String? {
        try flushFolders(staging, depth: 0)
        let parent = Self.parent(path)
        var old: String?
        // An empty folder is replaced in one step; one with something in it gets another name first.
        if rename(staging, path) != 0 {
            guard errno == ENOTEMPTY || errno == EEXIST else { throw DurableFiles.refusal(path) }
            // Somebody may have put something there meanwhile.
            guard isReplacing else { throw .targetNotEmpty(path: path) }
            let aside = "\(path).before-restore-\(BackupID(date))"
            guard rename(path, aside) == 0 else { throw DurableFiles.refusal(path) }
            guard rename(staging, path) == 0 else {
                let failure = DurableFiles.refusal(path)
                rename(aside, path)
                throw failure
            }
            old = aside
        }
        try DurableFiles.flushFolder(parent)
        return old
    }

    /// Removes what was put together so far.
    func discard() {
        try? FileManager.default.removeItem(atPath: staging)
    }

    /// Lets go of the locks, so that the folder can be served at once.
    func release() {
        lock.release()
        oldLock?.release()
    }

    private func flushFolders(_ folder: String, depth: Int) throws(BackupError) {
        guard depth <= SourceTree.depthLimit + 1 else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            var status = stat()
            let path = "\(folder)/\(name)"
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            try flushFolders(path, depth: depth + 1)
        }
        try DurableFiles.flushFolder(folder)
    }
}

/// The lock of a data folder, as whoever serves it takes it.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``BackupError/targetInUse(path:processID:)`` when another process holds it.
    init(_ path: String, of folder: String) throws(BackupError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DurableFiles.refusal(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
                Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            close(descriptor)
            throw .targetInUse(path: folder, processID: holder)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }
}
