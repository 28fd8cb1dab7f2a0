/// Which ids a search may return. Applied inside the search, so `k` admitted results come back if there are
/// `k`.
public enum VectorFilter: Sendable {
    /// The ids of a set. Prefer it: its size is known, so the cheapest way to search is chosen before
    /// searching.
    case allowed(IDBitmap)
    /// Whatever a function says. It must give the same answer for an id throughout one search, and is called
    /// from the searching thread, for a stored vector never, once or several times.
    case predicate(@Sendable (UInt64) -> Bool)

    /// Whether the filter admits `id`.
    public func admits(_ id: UInt64) -> Bool {
        switch self {
        case .allowed(let ids): ids.contains(id)
        case .predicate(let admits): admits(id)
        }
    }
}
