import Corpus
import Synchronization

/// Looks, while an answer is told, whether what it shows may still be read.
///
/// A sync may find meanwhile that a right was taken away, by a restriction, a group or a space. What was shown cannot be
/// called back, but the stream ends within a second, and says so.
struct AccessWatch: Sendable {
    let directory: any DocumentDirectory
    let scopes: any ReadScopes

    /// How often it looks.
    static let pause = Duration.milliseconds(500)

    /// The documents that a stream has shown something of.
    final class Shown: Sendable {
        private let ids = Mutex<Set<String>>([])

        var documents: [String] { ids.withLock { $0.sorted() } }

        func add(_ documents: some Sequence<String>) { ids.withLock { $0.formUnion(documents) } }
    }

    /// Returns never, unless the task is cancelled.
    ///
    /// - Throws: ``RequestFault/accessWithdrawn`` as soon as a document may not be read any more, or is gone;
    ///   `CancellationError`.
    func watch(_ shown: Shown, for reader: Reader) async throws {
        while true {
            try await Task.sleep(for: Self.pause)
            try await check(shown, for: reader)
        }
    }

    /// Looks once. A database that cannot be asked is no reason to end what is told.
    func check(_ shown: Shown, for reader: Reader) async throws(RequestFault) {
        // Another one than the request's, which knows the caller's groups as they were at its beginning.
        let scope = scopes.scope(for: reader)
        for id in shown.documents {
            do {
                if try await directory.document(id, scope: scope) != nil { continue }
            } catch {
                continue
            }
            throw .accessWithdrawn
        }
    }
}
