import Foundation
import Synchronization

/// Asks for something again and again, and tells when it will do so next.
public final class SyncSchedule: Sendable {
    /// How long it waits before each time.
    public let pause: Duration
    private let now: @Sendable () -> Date
    private let due = Mutex<Date?>(nil)

    public init(every pause: Duration, now: @escaping @Sendable () -> Date = { Date() }) {
        self.pause = pause
        self.now = now
    }

    /// `nil` while nobody runs it.
    public var next: Date? { due.withLock { $0 } }

    /// Calls `ask` until the task is cancelled; what takes longer than the pause is not asked for twice at once.
    public func run(_ ask: @Sendable () async -> Void) async {
        while !Task.isCancelled {
            let time = now().addingTimeInterval(pause / .seconds(1))
            due.withLock { $0 = time }
            guard (try? await Task.sleep(for: pause)) != nil else { break }
            await ask()
        }
        due.withLock { $0 = nil }
    }
}
