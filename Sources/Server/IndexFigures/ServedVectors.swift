import VectorIndex

/// The index of vectors that the server tells of: its own, or one on a server that several processes share.
///
/// Of a shared one this process holds nothing: its recall is not measured here, and no map of it is drawn.
public enum ServedVectors: Sendable {
    case local(LocalVectorStore)
    case shared(SharedVectors)

    /// ``ServedVectors`` on a server.
    public struct SharedVectors: Sendable {
        public var dimension: Int
        public var metric: Metric
        /// How its graph was built, and how wide searches look by default.
        public var m: Int
        public var efConstruction: Int
        public var efSearch: Int
        /// Asks the server, on a thread that may wait.
        public var statistics: @Sendable () throws -> IndexStatistics

        public init(
            dimension: Int, metric: Metric, m: Int, efConstruction: Int, efSearch: Int,
            statistics: @escaping @Sendable () throws -> IndexStatistics
        ) {
            (self.dimension, self.metric) = (dimension, metric)
            (self.m, self.efConstruction, self.efSearch) = (m, efConstruction, efSearch)
            self.statistics = statistics
        }
    }

    /// `nil` where the vectors lie on a server.
    var local: LocalVectorStore? {
        if case .local(let store) = self { return store }
        return nil
    }

    func statistics() throws -> IndexStatistics {
        switch self {
        case .local(let store): store.statistics()
        case .shared(let shared): try shared.statistics()
        }
    }

    /// Of this process: nothing where the vectors lie on a server.
    func memory() -> (residentByteCount: Int, mappedByteCount: Int) { local?.memory() ?? (0, 0) }

    var dimension: Int {
        switch self {
        case .local(let store): store.dimension
        case .shared(let shared): shared.dimension
        }
    }

    var metric: Metric {
        switch self {
        case .local(let store): store.metric
        case .shared(let shared): shared.metric
        }
    }

    /// Links, candidates of an insertion and of a search.
    var graph: (m: Int, efConstruction: Int, efSearch: Int) {
        switch self {
        case .local(let store):
            (store.parameters.M, store.parameters.efConstruction, store.parameters.efSearch)
        case .shared(let shared): (shared.m, shared.efConstruction, shared.efSearch)
        }
    }
}
