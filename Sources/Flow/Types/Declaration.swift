import JSONValue

/// What a component says of itself while it is made: its ports, parameters, tools and bodies.
///
/// One declaration serves the check of a flow, the standard values, the JSON Schema and the documentation, and
/// the handles that it returns are the only way to the values, so a component's body and its declaration cannot
/// differ.
///
/// ```swift
/// init(_ declare: inout Declaration, retriever: Retriever) {
///     question = declare.input("question", "What is asked.")
///     limit = declare.integer("limit", 100, in: 1...1_000, unit: "passages", "How many are kept.")
///     passages = declare.output("passages", "The best ones, best first.")
/// }
/// ```
public struct Declaration: Sendable {
    public internal(set) var inputs: [PortDeclaration] = []
    public internal(set) var outputs: [PortDeclaration] = []
    public internal(set) var parameters: [ParameterDeclaration] = []
    public internal(set) var bodies: [BodyDeclaration] = []
    /// Names of the inputs that take tools.
    public internal(set) var toolInputs: [(name: String, meaning: String)] = []
    /// What the flow gives; empty while a component is only described.
    let given: [String: JSONValue]

    init(given: [String: JSONValue] = [:]) {
        self.given = given
    }
}

extension Declaration {
    public mutating func input<Value: Payload>(
        _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> Input<Value> {
        Input(index: add(input: name, meaning, .required, type))
    }

    public mutating func optionalInput<Value: Payload>(
        _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> OptionalInput<Value> {
        OptionalInput(index: add(input: name, meaning, .optional, type))
    }

    public mutating func inputList<Value: Payload>(
        _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> InputList<Value> {
        InputList(index: add(input: name, meaning, .list, type))
    }

    /// An output that every run sets.
    public mutating func output<Value: Payload>(
        _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> Output<Value> {
        Output(index: add(output: name, meaning, .required, type))
    }

    /// An output that a run may leave unset: what hangs on it is then skipped. Of several branches at least one must
    /// be taken, or the run fails there: a router with no matching branch is a mistake that must not look like an
    /// answer that is missing.
    public mutating func branch<Value: Payload>(
        _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> Output<Value> {
        Output(index: add(output: name, meaning, .optional, type))
    }

    public mutating func tools(_ name: String, _ meaning: String) -> ToolList {
        toolInputs.append((name, meaning))
        return ToolList(index: toolInputs.count - 1)
    }

    public mutating func body(_ name: String, _ meaning: String) -> Body {
        bodies.append(BodyDeclaration(name: name, meaning: meaning))
        return Body(index: bodies.count - 1)
    }

    public mutating func input<Value: Payload>(
        of body: Body, _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> BodyInput<Value> {
        let port = PortDeclaration(name: name, meaning: meaning, presence: .required, type: type)
        bodies[body.index].inputs.append(port)
        return BodyInput(body: body.index, index: bodies[body.index].inputs.count - 1)
    }

    /// What a run of the body may go without: what takes it is then as it is behind a branch that is not taken.
    public mutating func optionalInput<Value: Payload>(
        of body: Body, _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> BodyInput<Value> {
        let port = PortDeclaration(name: name, meaning: meaning, presence: .optional, type: type)
        bodies[body.index].inputs.append(port)
        return BodyInput(body: body.index, index: bodies[body.index].inputs.count - 1)
    }

    /// What the body must make, unless the branch that makes it is not taken.
    public mutating func output<Value: Payload>(
        of body: Body, _ name: String, _ meaning: String, as type: Value.Type = Value.self
    ) -> BodyOutput<Value> {
        let port = PortDeclaration(name: name, meaning: meaning, presence: .required, type: type)
        bodies[body.index].outputs.append(port)
        return BodyOutput(body: body.index, index: bodies[body.index].outputs.count - 1)
    }

    private mutating func add(
        input name: String, _ meaning: String, _ presence: PortDeclaration.Presence, _ type: any Payload.Type
    ) -> Int {
        inputs.append(PortDeclaration(name: name, meaning: meaning, presence: presence, type: type))
        return inputs.count - 1
    }

    private mutating func add(
        output name: String, _ meaning: String, _ presence: PortDeclaration.Presence, _ type: any Payload.Type
    ) -> Int {
        outputs.append(PortDeclaration(name: name, meaning: meaning, presence: presence, type: type))
        return outputs.count - 1
    }
}
