import Flow

extension ComponentCatalog {
    /// What decides which way a flow goes and how often, without a model.
    public mutating func addControlComponents() {
        register(If.self, in: .control) { If(&$0) }
        register(Loop.self, in: .control) { Loop(&$0) }
        register(Repeat.self, in: .control) { Repeat(&$0) }
        register(SubFlow.self, in: .control) { SubFlow(&$0) }
        register(Pass.self, in: .control) { Pass(&$0) }
    }
}
