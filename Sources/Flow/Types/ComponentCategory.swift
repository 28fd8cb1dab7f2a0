/// Under which heading whoever edits a flow finds a component.
public enum ComponentCategory: String, Sendable, Hashable, CaseIterable {
    /// What a run is given, and what comes out of it.
    case inputsAndOutputs = "inputs and outputs"
    /// Searching the corpus and answering from it.
    case answers
    /// Language models, agents, memory.
    case language = "language models"
    case text
    case data
    /// Branches, loops, other flows.
    case control
    /// What goes out over the network.
    case network
    case other
}
