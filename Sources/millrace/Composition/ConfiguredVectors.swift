import Backends
import Server
import VectorIndex

/// The vector index that the settings name: in this process, or on a server that all processes share.
enum ConfiguredVectors: Sendable {
    case local(LocalVectorStore)
    case shared(PostgresVectorStore)
    case openSearch(OpenSearchVectorStore)

    var store: any VectorStore {
        switch self {
        case .local(let store): store
        case .shared(let store): store
        case .openSearch(let store): store
        }
    }

    /// Grows whenever another process changed a shared index; nobody else changes a local one.
    var changesElsewhere: @Sendable () -> UInt64 {
        switch self {
        case .local: { 0 }
        case .shared(let store): { store.revision }
        case .openSearch(let store): { store.revision }
        }
    }

    /// Whether other processes change the same index.
    var isShared: Bool {
        if case .local = self { false } else { true }
    }

    /// Has it looked for what others have changed; nobody else changes a local one.
    func lookAgain() {
        switch self {
        case .local: break
        case .shared(let store): store.lookAgain()
        case .openSearch(let store): store.lookAgain()
        }
    }

    /// Notes how far a local index has come; a shared one has nothing on this machine.
    func save(generation: UInt64) throws(VectorIndexError) {
        if case .local(let store) = self { try store.save(generation: generation) }
    }

    /// What the server tells of it.
    var served: ServedVectors {
        switch self {
        case .local(let store): .local(store)
        case .shared(let store):
            .shared(
                ServedVectors.SharedVectors(
                    dimension: store.dimension, metric: store.metric, m: store.options.m,
                    efConstruction: store.options.efConstruction, efSearch: store.options.efSearch,
                    statistics: { try store.statistics() }))
        case .openSearch(let store):
            .shared(
                ServedVectors.SharedVectors(
                    dimension: store.dimension, metric: store.metric, m: store.options.m,
                    efConstruction: store.options.efConstruction, efSearch: store.options.efSearch,
                    statistics: { try store.statistics() }))
        }
    }
}
