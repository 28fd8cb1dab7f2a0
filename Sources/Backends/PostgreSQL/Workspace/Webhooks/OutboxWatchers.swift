import Synchronization

/// Those who are woken after each transaction of this process that has put something into the outbox.
final class OutboxWatchers: Sendable {
    /// One of them, for as long as whoever watches holds it.
    final class Watch: Sendable {
        fileprivate let wake: @Sendable () -> Void

        fileprivate init(_ wake: @escaping @Sendable () -> Void) {
            self.wake = wake
        }
    }

    private struct Place {
        weak var watch: Watch?
    }

    private let places = Mutex<[Place]>([])

    func add(_ wake: @escaping @Sendable () -> Void) -> Watch {
        let watch = Watch(wake)
        places.withLock { $0.append(Place(watch: watch)) }
        return watch
    }

    func wakeAll() {
        let watches = places.withLock { places in
            places.removeAll { $0.watch == nil }
            return places.compactMap(\.watch)
        }
        for watch in watches { watch.wake() }
    }
}
