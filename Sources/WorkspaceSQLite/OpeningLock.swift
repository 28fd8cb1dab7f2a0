import Foundation
import Workspace

/// Held while a database is opened, so that processes that start together do not make its tables twice.
///
/// An advisory `flock`: the kernel drops it when the process ends, however it ends.
struct OpeningLock {
    private let descriptor: Int32

    /// Waits until no other process opens the database.
    init(path: String) throws(WorkspaceError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let reason = String(cString: strerror(errno))
                close(descriptor)
                throw .unwritable(path: path, reason: reason)
            }
        }
    }

    func release() { close(descriptor) }
}
