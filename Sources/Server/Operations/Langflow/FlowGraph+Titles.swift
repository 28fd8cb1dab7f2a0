import Flow

extension FlowGraph {
    /// What people call the components, by id.
    var titles: [String: String] {
        Dictionary(components.map { ($0.id, $0.title ?? $0.type) }, uniquingKeysWith: { first, _ in first })
    }
}
