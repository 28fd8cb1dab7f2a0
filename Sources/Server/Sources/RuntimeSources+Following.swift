import Concurrency
import Foundation
import Ingest
import Logging
import Synchronization
import Workspace

/// Sources that other processes of the same database add, change and delete.
extension RuntimeSources {
    /// Between two looks however often it is told that something changed.
    private static let leastPause = Duration.milliseconds(50)

    /// Has others' changes looked for now: one of them has told that there is one.
    public func lookAgain() { followingNudge.nudge() }

    /// Follows until the task is cancelled.
    func followOthers() async {
        var isBehind = false
        while (try? await followingNudge.pause(for: followingPause, atLeast: Self.leastPause)) != nil {
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
