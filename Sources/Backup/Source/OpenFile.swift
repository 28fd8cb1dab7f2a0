import Foundation

/// A file that is open for reading: what it holds stays readable when its name goes or another file takes it.
final class OpenFile: Sendable {
    private let descriptor: Int32
    let path: String
    /// Its length when it was opened.
    let byteCount: Int
    let stamp: FileStamp

    /// Waits for the disk.
    ///
    /// - Returns: `nil` where there is no file; links are not followed.
    init?(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, reason: "it is no file")
        }
        self.descriptor = descriptor
        self.path = path
        byteCount = Int(status.st_size)
        stamp = FileStamp(status)
    }

    deinit { close(descriptor) }

    /// The bytes from `offset`, fewer than `count` where the file ends. Waits for the disk.
    func read(at offset: Int, count: Int) throws(BackupError) -> Data {
        guard count > 0 else { return Data() }
        var bytes = Data(count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw .unreadable(path: path, reason: String(cString: strerror(errno)))
            }
            if got == 0 { break }
            done += got
        }
        return done == count ? bytes : bytes.prefix(done)
    }
}

/// Size, times and number of a file: while they are the same, nothing was written to it.
struct FileStamp: Hashable, Sendable {
    var byteCount: Int
    var inode: UInt64
    var modified: timespec
    var changed: timespec

    init(_ status: stat) {
        byteCount = Int(status.st_size)
        inode = UInt64(status.st_ino)
        modified = status.st_mtim
        changed = status.st_ctim
    }

    /// `nil` where there is nothing. Nothing is opened: closing a database's file would let go of SQLite's locks on it.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The stamp for a later comparison; `nil` if the last change is so fresh that another could have the same time.
    func text(at now: Date) -> String? {
        let latest = max(modified.seconds, changed.seconds)
        guard latest < now.timeIntervalSince1970 - 2 else { return nil }
        return "\(byteCount):\(inode):\(modified.text):\(changed.text)"
    }

    static func == (left: FileStamp, right: FileStamp) -> Bool {
        left.byteCount == right.byteCount && left.inode == right.inode
            && left.modified.text == right.modified.text && left.changed.text == right.changed.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(byteCount)
        hasher.combine(inode)
    }
}

extension timespec {
    fileprivate var seconds: Double { Double(tv_sec) }
    fileprivate var text: String { "\(tv_sec).\(tv_nsec)" }
}
