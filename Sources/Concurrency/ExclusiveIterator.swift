import Synchronization

/// An iterator that tasks may hand on to each other, and that one of them reads at a time.
public final class ExclusiveIterator<Base: AsyncIteratorProtocol>: @unchecked Sendable
where Base.Element: Sendable {
    // Sendable proof: `base` is touched only between a successful exchange of `isReading` and its release, so by one
    // task at a time; a second one at once is refused.
    private var base: Base
    private let isReading = Atomic(false)

    /// - Parameter base: read from now on through this alone.
    public init(_ base: Base) {
        self.base = base
    }

    /// The next element, as the iterator gives it.
    ///
    /// - Throws: ``IteratorInUse`` while another task waits for one, and whatever the iterator throws.
    public func next() async throws -> Base.Element? {
        guard !isReading.exchange(true, ordering: .acquiring) else { throw IteratorInUse() }
        defer { isReading.store(false, ordering: .releasing) }
        return try await base.next()
    }
}

/// Two tasks read one iterator at once.
public struct IteratorInUse: Error, Hashable, CustomStringConvertible {
    public var description: String {
        "A stream was read by two tasks at once, and has one reader; share it among them first."
    }
}
