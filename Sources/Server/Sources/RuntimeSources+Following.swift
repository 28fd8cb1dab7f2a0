import Foundation
import Ingest
import Logging
import Synchronization
import Workspace

/// Sources that other processes of the same database add, change and delete.
extension RuntimeSources {
    /// How often it looks for them.
    private static let followingPause = Duration.seconds(5)

    /// Follows until the task is cancelled.
    func followOthers() async {
        var isBehind = false
        while (try? await Task.sleep(for: Self.followingPause)) != nil {
            do {
                try await takeOver()
                isBehind = false
            } catch {
                if !isBehind {
                    logger.warning(
                        "sources that others added or changed cannot be looked up",
                        metadata: ["millrace.reason": "\(error)"])
                }
                isBehind = true
            }
        }
    }

    /// Reads what others have added and changed, and no more what they have deleted.
    func takeOver() async throws {
        // In this order: what is added here meanwhile is not among the known ones, and so not missed.
        let known = installed.withLock { $0 }
        let kept = try await store.sources()
        for source in kept {
            if let before = known[source.id], before.revision >= source.revision { continue }
            install(source)
            try await jobs.claims.tell(
                spacesOf: Self.ledger(of: source.id, baseURL: source.definition.baseURL))
            try await schedules.set(source.id, every: pause(of: source))
        }
        for id in Set(known.keys).subtracting(kept.map(\.id)).sorted() {
            try await schedules.set(id, every: nil)
            uninstall(id)
        }
    }
}
