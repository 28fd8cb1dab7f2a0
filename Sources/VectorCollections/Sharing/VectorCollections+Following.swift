import Concurrency
import Synchronization

extension VectorCollections {
    /// How often the journal is asked whether anything happened: one statement for all collections together.
    public static let followingPause = Duration.milliseconds(500)
    /// Between two looks however often it is told that something happened.
    private static let leastPause = Duration.milliseconds(50)

    /// Keeps the copies that are open level with the journal, and makes those that are not there yet, until the task is
    /// cancelled. Returns at once where nothing is shared.
    ///
    /// - Parameters:
    ///   - told: hears why the journal cannot be followed, once, and `nil` when it can again.
    ///   - toldUnreadable: hears of each collection that cannot be served here why not, once.
    public func follow(
        pause: Duration = VectorCollections.followingPause,
        told: @escaping @Sendable (CollectionError?) -> Void = { _ in },
        toldUnreadable: @escaping @Sendable (CollectionError) -> Void = { _ in }
    ) async {
        guard journal != nil else { return }
        watch.isEnding = false
        await withTaskCancellationHandler {
            await followOn(pause: pause, told, toldUnreadable)
        } onCancel: {
            watch.isEnding = true
        }
    }

    private func followOn(
        pause: Duration, _ told: @escaping @Sendable (CollectionError?) -> Void,
        _ toldUnreadable: @escaping @Sendable (CollectionError) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            var (isBehind, faults) = (false, Set<CollectionError>())
            while !Task.isCancelled {
                do throws(CollectionError) {
                    try await look()
                    if isBehind { told(nil) }
                    isBehind = false
                } catch {
                    if !isBehind { told(error) }
                    isBehind = true
                }
                let now = Set(unreadable)
                for fault in now.subtracting(faults) { toldUnreadable(fault) }
                faults = now
                if !isBehind {
                    for (key, collection) in takeBehind() {
                        group.addTask { await self.level(collection, key) }
                    }
                    if let key = missingCopy(), watch.beginCopying() {
                        group.addTask { self.watch.endCopying(isDone: await self.makeCopy(key)) }
                    }
                }
                guard (try? await watch.nudge.pause(for: pause, atLeast: Self.leastPause)) != nil else {
                    return
                }
            }
        }
    }

    /// Has the journal asked now: another process has told that something happened.
    public func lookAgain() { watch.nudge.nudge() }

    /// Collections that are open and not level, each counted as used and as being levelled.
    private func takeBehind() -> [(CollectionKey, OpenCollection)] {
        state.withLock { state in
            guard !state.isClosed else { return [] }
            return state.slots.compactMap { key, slot in
                guard case .open(let collection) = slot.phase, !collection.hasFailed,
                    let told = slot.told, told.sequence != collection.position, watch.beginLevelling(key)
                else { return nil }
                collection.acquire()
                return (key, collection)
            }
        }
    }

    private func level(_ collection: OpenCollection, _ key: CollectionKey) async {
        defer {
            collection.release()
            watch.endLevelling(key)
        }
        // What fails is tried again with the next look; whoever asks meanwhile is told why.
        try? await collection.level()
    }

    /// A collection of which there is no copy yet, if there is room to open one more.
    private func missingCopy() -> CollectionKey? {
        let (open, closed) = state.withLock { state in
            guard !state.isClosed else { return (0, [Catalog.Entry]()) }
            let closed = state.slots.values.compactMap { slot in
                if case .closed = slot.phase { slot } else { nil }
            }
            return (state.slots.count - closed.count, closed.filter { $0.fault == nil }.map(\.entry))
        }
        guard open < limits.openCollections else { return nil }
        // Any of them: one that cannot be copied does not keep the others waiting.
        return closed.filter { CollectionFolder(folder, $0.folder).isAbsent }.randomElement()?.key
    }

    private func makeCopy(_ key: CollectionKey) async -> Bool {
        guard let collection = try? await lease(key) else { return false }
        collection.release()
        return true
    }
}
