import Foundation
import Synchronization

/// The keys of a seal as they are by now, for whoever seals while they are exchanged.
public final class SealKeyRing: Sendable {
    private let kept: Mutex<SealKeys>
    private let now: @Sendable () -> Date

    public init(_ keys: SealKeys, now: @escaping @Sendable () -> Date = { Date() }) {
        kept = Mutex(keys)
        self.now = now
    }

    /// As they were put here last.
    public var keys: SealKeys { kept.withLock(\.self) }

    /// Puts others in their place.
    public func replace(with keys: SealKeys) { kept.withLock { $0 = keys } }

    /// The key that seals now.
    var sealing: SealKeys.Key? {
        let time = now()
        return kept.withLock { $0.sealing(at: time) }
    }
}
