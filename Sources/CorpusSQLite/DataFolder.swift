import Corpus
import Foundation

/// The one folder where Millrace keeps what it remembers, held by one process at a time.
///
/// The lock is an advisory `flock` on the file `lock`: the kernel drops it when the process ends, however
/// it ends, so a kill never leaves a stale one.
public final class DataFolder: Sendable {
    public let url: URL
    private let descriptor: Int32

    /// Makes the folder if it is not there and takes its lock.
    ///
    /// - Throws: ``CorpusError/folderInUse(path:processID:)`` or ``CorpusError/folderUnwritable(path:reason:)``.
    public init(_ url: URL) throws(CorpusError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            // Foundation words this for a window; the system's own word for the same failure is plainer.
            let reason =
                mkdir(url.path, 0o755) == 0 || errno == EEXIST ? "\(error)" : String(cString: strerror(errno))
            throw .folderUnwritable(path: url.path, reason: reason)
        }
        let path = url.appendingPathComponent("lock").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .folderUnwritable(path: url.path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
                Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            close(descriptor)
            throw .folderInUse(path: url.path, processID: holder)
        }
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0, write(descriptor, text, text.utf8.count) == text.utf8.count
        else {
            let reason = errno
            close(descriptor)
            throw reason == ENOSPC
                ? .diskFull(path: url.path)
                : .folderUnwritable(path: url.path, reason: String(cString: strerror(reason)))
        }
        self.url = url
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
