import Corpus
import Foundation

extension DataFolder {
    /// How often a folder that is held is looked at.
    private static let pause = Duration.milliseconds(10)

    /// Waits until no process holds a folder: the one that served it before has ended.
    ///
    /// Nothing is held when it returns; a third process may be faster.
    ///
    /// - Throws: ``CorpusError/folderInUse(path:processID:)`` when it is held beyond `limit`; `CancellationError`.
    public static func waitUntilFree(_ url: URL, atMost limit: Duration) async throws {
        let path = url.appendingPathComponent("lock").path
        let clock = ContinuousClock()
        let end = clock.now + limit
        while isHeld(path) {
            guard clock.now < end else {
                let holder = try? String(contentsOfFile: path, encoding: .utf8)
                throw CorpusError.folderInUse(
                    path: url.path,
                    processID: holder.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Whether another process has the lock; a folder without one is nobody's.
    private static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
