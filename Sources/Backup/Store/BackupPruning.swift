import Concurrency
import Corpus
import Foundation

/// What a pruning removed.
public struct PruneOutcome: Sendable, Hashable {
    /// Finished backups, and unfinished ones that nobody writes any more.
    public var removed: [BackupID] = []
    public var removedObjectCount = 0
    public var removedByteCount = 0
    /// Set when objects were left for the next pruning because a backup is being written, which may count on them.
    public var isWaitingForBackup = false
}

extension BackupRepository {
    /// Removes all finished backups but the newest `count`, what killed ones have left, and every object that no
    /// backup needs.
    ///
    /// Manifests go before objects, so that a kill leaves no backup without its blocks. Objects stay while a backup is
    /// being written, which may count on one that no other needs: it says so before it looks at them. Should one begin
    /// between the look for it and the removal, its own check finds what it lacks.
    ///
    /// - Parameter count: 1 or more.
    public func prune(keeping count: Int) async throws -> PruneOutcome {
        precondition(count > 0, "a pruning that keeps \(count) backups")
        let all = try await list()
        let finished = all.filter { $0.state == .finished }
        var needed: Set<String> = []
        // Read before anything is removed: what cannot be read would lose its objects.
        for backup in finished.prefix(count) { needed.formUnion(try await manifest(of: backup).blocks) }
        var outcome = PruneOutcome()
        for backup in finished.dropFirst(count) {
            try await removeManifest(of: backup.id)
            outcome.removed.append(backup.id)
        }
        for backup in all {
            guard case .unfinished(let lastSign) = backup.state else { continue }
            if now().timeIntervalSince(lastSign) < Self.unfinishedSeconds {
                outcome.isWaitingForBackup = true
            } else {
                try await removeManifest(of: backup.id)
                outcome.removed.append(backup.id)
            }
        }
        if !outcome.isWaitingForBackup { try await removeObjects(besides: needed, &outcome, knowing: all) }
        return outcome
    }

    private func removeObjects(
        besides needed: Set<String>, _ outcome: inout PruneOutcome, knowing all: [BackupSummary]
    ) async throws {
        let surplus = try await objects().filter { !needed.contains($0.key) }
        let known = Set(all.map(\.id))
        guard try await list().allSatisfy({ known.contains($0.id) }) else {
            // One was begun, or even finished, since.
            outcome.isWaitingForBackup = true
            return
        }
        _ = try await surplus.keys.sorted().boundedMap(width: Self.width) { name in
            try await self.removeObject(name)
        }
        outcome.removedObjectCount = surplus.count
        outcome.removedByteCount = surplus.values.reduce(0, +)
    }

    func removeObject(_ name: String) async throws {
        try await asking { try await store.remove(Self.objectKey(name)) }
    }
}
