import Synchronization

/// The failure of a call that cannot throw, kept for the next one that can.
///
/// `VectorStore.ids()` and its like ask a server here, which may be away.
final class UntoldFailure<Failure: Error>: Sendable {
    private let error = Mutex<Failure?>(nil)

    /// Does `body`; what it throws is kept, and `nothing` given instead.
    func keeping<Value>(
        _ nothing: Value, _ body: () throws(Failure) -> Value
    ) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            self.error.withLock { $0 = error }
            return nothing
        }
    }

    /// Throws what was kept, once.
    func tell() throws(Failure) {
        let error = error.withLock { error in
            defer { error = nil }
            return error
        }
        if let error { throw error }
    }
}
