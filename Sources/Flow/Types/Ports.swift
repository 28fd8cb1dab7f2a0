/// An input that must have a value before its component runs.
public struct Input<Value: Payload>: Sendable {
    let index: Int
}

/// An input that may stay open, or whose edge may come from a branch that is not taken.
public struct OptionalInput<Value: Payload>: Sendable {
    let index: Int
}

/// An input that takes any number of edges; its values stand in the order of the flow's edges.
public struct InputList<Value: Payload>: Sendable {
    let index: Int
}

/// Where a component puts what it made.
public struct Output<Value: Payload>: Sendable {
    let index: Int
}

/// Which tools a component may call: every component whose port `tool` has an edge to this input.
public struct ToolList: Sendable {
    let index: Int
}

/// A graph inside a component, which the component runs when it wants and as often as its budget allows: the
/// body of a loop, a sub-flow.
public struct Body: Sendable {
    let index: Int
}

/// What a component's body is given in each run.
public struct BodyInput<Value: Payload>: Sendable {
    let body: Int
    let index: Int
}

/// What a run of a component's body comes to.
public struct BodyOutput<Value: Payload>: Sendable {
    let body: Int
    let index: Int
}

/// A port as it is checked and documented.
public struct PortDeclaration: Sendable {
    /// How many edges an input takes and an output's readers may count on.
    public enum Presence: String, Sendable, Hashable {
        /// Exactly one edge; an output that is always set.
        case required
        /// At most one edge; an output that is set only when its branch is taken.
        case optional
        /// Any number of edges.
        case list
    }

    public var name: String
    public var meaning: String
    public var presence: Presence
    public var type: any Payload.Type

    /// The name of the payload that travels here.
    public var payload: String { type.payloadName }
}

/// A component's inner graph as it is checked and documented.
public struct BodyDeclaration: Sendable {
    public var name: String
    public var meaning: String
    public var inputs: [PortDeclaration] = []
    public var outputs: [PortDeclaration] = []
}
