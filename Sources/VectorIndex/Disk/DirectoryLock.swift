import Foundation

/// Keeps every other store, in this process or another, out of an index's directory for as long as it lives.
///
/// The lock is an advisory one (`flock`) on the file `index.lock`, which stays there, empty, so the system
/// frees it when the process dies in whatever way. A child process does not inherit it: the file is closed on
/// `exec`, and between `fork` and `exec` the lock is freed by name, not by closing the last copy.
package final class DirectoryLock: Sendable {
    package static let name = "index.lock"

    private let file: FileDescriptor

    /// Locks `directory`, which is made if it is not there.
    ///
    /// - Throws: ``VectorIndexError/inUse(directory:)`` if somebody has it; waits for nobody.
    package init(_ directory: URL, disk: Disk = .system) throws(VectorIndexError) {
        try disk.makeDirectory(directory)
        let path = directory.appendingPathComponent(Self.name).path
        file = try FileDescriptor(path, flags: O_RDWR | O_CREAT, operation: "open")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { throw .inUse(directory: directory.path) }
            throw FileDescriptor.failure("lock", path)
        }
    }

    deinit {
        flock(file.number, LOCK_UN)
    }

    /// Deletes what a killed process left half written. Whoever calls this holds the lock.
    package func removeLeftovers(in directory: URL, disk: Disk = .system) throws(VectorIndexError) {
        for name in [Snapshot.name, IndexLog.name] {
            let path = directory.appendingPathComponent(Disk.temporaryName(of: name)).path
            if access(path, F_OK) == 0 { try disk.remove(path) }
        }
    }
}
