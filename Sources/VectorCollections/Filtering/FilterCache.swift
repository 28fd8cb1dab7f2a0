import Synchronization
import VectorIndex

/// The points that filters admitted lately, for as long as nothing is changed.
///
/// A filter looks at every payload of the collection; the same few filters come again and again between writes.
final class FilterCache: Sendable {
    private struct State {
        /// The state of the collection that the sets are of.
        var sequence: Int64 = -1
        /// The latest last.
        var sets: [(filter: CollectionFilter, ids: IDBitmap)] = []
    }

    private static let limit = 32
    /// Ids in all sets together: a set costs a bit an id at best and some 32 bytes at worst.
    private static let idLimit = 2_000_000
    private let state = Mutex(State())

    /// The set of a filter, if it was found in this state of the collection.
    func ids(of filter: CollectionFilter, at sequence: Int64) -> IDBitmap? {
        state.withLock { state in
            guard state.sequence == sequence,
                let place = state.sets.firstIndex(where: { $0.filter == filter })
            else { return nil }
            let found = state.sets.remove(at: place)
            state.sets.append(found)
            return found.ids
        }
    }

    func keep(_ ids: IDBitmap, of filter: CollectionFilter, at sequence: Int64) {
        guard ids.count <= Self.idLimit else { return }
        state.withLock { state in
            guard sequence >= state.sequence else { return }
            if sequence > state.sequence { state = State(sequence: sequence) }
            state.sets.removeAll { $0.filter == filter }
            state.sets.append((filter, ids))
            while state.sets.count > Self.limit
                || state.sets.reduce(0, { $0 + $1.ids.count }) > Self.idLimit
            {
                state.sets.removeFirst()
            }
        }
    }
}
