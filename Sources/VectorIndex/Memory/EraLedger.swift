/// Lends the current snapshot to readers, and tells the writer when what it removed can be used again.
///
/// Time is cut into eras. A reader belongs to the era in which it began. When the writer has made something
/// unreachable it closes the era; once every reader of that era and earlier ones is done, nobody can still be
/// looking at it. Readers never wait for the writer: the lock is held for a few instructions only.
///
/// (Fraser, "Practical lock-freedom", 2004, section 5.2.3, calls it epoch-based reclamation.)
final class EraLedger<Snapshot: AnyObject & Sendable>: Sendable {
    private struct State {
        var snapshot: Snapshot
        var era: UInt64 = 0
        /// Eras with readers, oldest first.
        var readers: [(era: UInt64, count: Int)] = []
    }

    private let state: Guarded<State>

    init(_ snapshot: Snapshot) {
        state = Guarded(State(snapshot: snapshot))
    }

    /// Lends the current snapshot to `body`.
    func read<R: Sendable, E: Error>(_ body: (Snapshot) throws(E) -> R) throws(E) -> R {
        let (snapshot, era) = state.withLock { state in
            if let last = state.readers.indices.last, state.readers[last].era == state.era {
                state.readers[last].count += 1
            } else {
                state.readers.append((state.era, 1))
            }
            return (state.snapshot, state.era)
        }
        defer { leave(era) }
        return try body(snapshot)
    }

    /// Replaces the snapshot. Readers that have the old one keep it until they are done.
    func publish(_ snapshot: Snapshot) {
        state.withLock { $0.snapshot = snapshot }
    }

    /// Ends the current era.
    ///
    /// - Returns: its number: what was unreachable before the call is free once ``isOver(_:)`` of it.
    func closeEra() -> UInt64 {
        state.withLock { state in
            defer { state.era += 1 }
            return state.era
        }
    }

    /// Whether every reader of a closed era, and of those before it, is done.
    func isOver(_ era: UInt64) -> Bool {
        state.withLock { state in
            guard let oldest = state.readers.first else { return true }
            return oldest.era > era
        }
    }

    private func leave(_ era: UInt64) {
        state.withLock { state in
            guard let position = state.readers.firstIndex(where: { $0.era == era }) else {
                preconditionFailure("a reader left era \(era), which it had not entered")
            }
            state.readers[position].count -= 1
            if state.readers[position].count == 0 { state.readers.remove(at: position) }
        }
    }
}
