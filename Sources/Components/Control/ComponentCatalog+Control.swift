import Flow

extension ComponentCatalog {
    /// What decides which way a flow goes and how often, without a model.
    public mutating func addControlComponents() {
        register(If.self) { If(&$0) }
        register(Loop.self) { Loop(&$0) }
        register(SubFlow.self) { SubFlow(&$0) }
        register(Pass.self) { Pass(&$0) }
    }
}
