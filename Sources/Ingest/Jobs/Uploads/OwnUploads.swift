import Synchronization

/// The files that this process has taken and not yet removed: no tidying up of what an earlier one left may touch them.
final class OwnUploads: Sendable {
    private let ids = Mutex<Set<String>>([])

    func contains(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }

    /// Before anything of the file is on the disk.
    func add(_ id: String) { ids.withLock { _ = $0.insert(id) } }

    func remove(_ id: String) { ids.withLock { _ = $0.remove(id) } }
}
