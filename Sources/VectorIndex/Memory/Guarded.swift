import Synchronization

/// A `Mutex` whose order the thread sanitizer can see.
///
/// The sanitizer does not know Linux's `Mutex`, whose code lies in the runtime, and would report everything
/// it guards. The atomic adds nothing to what the mutex guarantees; its loads and stores, two plain moves,
/// show the sanitizer that whoever leaves the lock comes before whoever enters it next.
package struct Guarded<Value>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>
    private let order = Atomic(0)

    package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// Lends the value to `body` while nobody else has it.
    package func withLock<R, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending R
    ) throws(E) -> sending R {
        try mutex.withLock { value throws(E) in
            _ = order.load(ordering: .acquiring)
            defer { order.store(0, ordering: .releasing) }
            return try body(&value)
        }
    }
}
