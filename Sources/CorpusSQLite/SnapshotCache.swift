import Corpus
import Synchronization

/// What was counted or listed at one moment, kept until the next change: everybody who satisfies the same classes
/// gets the same.
struct SnapshotCache<Value: Sendable>: ~Copyable {
    private struct State {
        var sequence: Int64 = -1
        var values: [Set<AccessClassID>: Value] = [:]
    }

    private let state = Mutex(State())
    /// Sets of classes that are remembered.
    private let limit = 256

    /// - Parameters:
    ///   - sequence: the last change that the caller's snapshot holds.
    ///   - make: makes it anew; not called when nothing has changed.
    func value(
        classes: Set<AccessClassID>, sequence: Int64, make: () throws(CorpusError) -> Value
    ) throws(CorpusError) -> Value {
        let known = state.withLock { $0.sequence == sequence ? $0.values[classes] : nil }
        if let known { return known }
        let fresh = try make()
        state.withLock { state in
            guard sequence >= state.sequence else { return }
            if sequence > state.sequence || state.values.count >= limit { state.values = [:] }
            state.sequence = sequence
            state.values[classes] = fresh
        }
        return fresh
    }
}
