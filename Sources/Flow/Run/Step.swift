import JSONValue

/// One run of a component: its inputs and parameters to read, its outputs to set, and what it may know of the run.
public struct Step: Sendable {
    let frame: RunFrame
    let node: PlanNode

    /// The caller, the limits, the clock and the logger of the run.
    public var context: RunContext { frame.core.context }

    /// The component's id in its flow, with the path of the bodies that it lies in.
    public var component: String { node.id }

    /// The same, with the numbers of the bodies' runs.
    var path: String { frame.suffix.isEmpty ? node.id : node.id + frame.suffix }

    public subscript<Value: Payload>(input: Input<Value>) -> Value {
        typed(value(ofInput: input.index))
    }

    /// `nil` when no edge ends there, or its branch was not taken.
    public subscript<Value: Payload>(input: OptionalInput<Value>) -> Value? {
        let slot = node.wiring.inputSlots[input.index]
        guard slot >= 0, let value = frame.slots[Int(slot)] else { return nil }
        return typed(value)
    }

    /// The values whose branches were taken, in the order of the flow's edges.
    public subscript<Value: Payload>(input: InputList<Value>) -> [Value] {
        let slots = node.wiring.inputLists[input.index]
        var values: [Value] = []
        values.reserveCapacity(slots.count)
        for slot in slots {
            if let value = frame.slots[Int(slot)] { values.append(typed(value)) }
        }
        return values
    }

    public subscript<Value: Sendable>(parameter: Parameter<Value>) -> Value {
        typed(frame.parameters[node.parameterBase + parameter.index])
    }

    /// Sets an output. What waits for it begins once the component returns.
    public func send<Value: Payload>(_ value: Value, to output: Output<Value>) {
        frame.slots[node.outputBase + output.index] = value
    }

    /// The value of a secret whose name a parameter holds.
    public func secret(_ parameter: Parameter<SecretName>) async throws -> String {
        let name = self[parameter].name
        guard let secrets = context.secrets else { throw MissingFact(type: "SecretResolver") }
        return try await secrets.secret(named: name, in: context)
    }

    /// Takes tokens from the run's budget.
    ///
    /// - Throws: ``FlowError/budget(flow:_:limit:)`` once it is used up.
    public func spend(tokens: Int) throws(FlowError) { try frame.core.meter.spend(tokens: tokens) }

    /// Tokens that the run may still use; `nil` for no limit.
    public var tokensLeft: Int? { frame.core.meter.tokensLeft }

    /// Adds a small fact to the step's trace.
    public func note(_ key: String, _ value: Double) {
        frame.core.traces?.note(key, value, by: self)
    }

    /// Adds to a small fact of the step's trace, which begins at 0.
    public func count(_ key: String, _ amount: Double) {
        frame.core.traces?.count(key, amount, by: self)
    }

    /// The step that a task works for, where its run keeps traces: for whoever counts what is used deep below a component.
    /// Tasks that the step begins inherit it, all but detached ones.
    @TaskLocal public static var current: Step?

    /// Tells the run's followers something while the step goes on, such as a piece of text.
    ///
    /// Suspends while the slowest follower is too far behind, so that a slow client slows the model.
    public func emit(_ emission: some Emission) async throws {
        try await frame.core.emit(emission, by: self)
    }

    // MARK: For the plan's own steps

    func value(ofInput index: Int) -> any Payload {
        guard let value = frame.slots[Int(node.wiring.inputSlots[index])] else {
            preconditionFailure("the plan lets \(node.id) run only when its inputs are there")
        }
        return value
    }

    func send(_ value: any Payload, toOutput index: Int) {
        frame.slots[node.outputBase + index] = value
    }

    private func typed<Value>(_ value: some Any) -> Value {
        guard let value = value as? Value else {
            preconditionFailure("the plan promised \(node.id) a \(Value.self), not a \(type(of: value))")
        }
        return value
    }
}

/// Something that a step tells while it goes on.
public protocol Emission: Sendable {
    /// What kind it is, in events: `token`, `passages`.
    static var emissionName: String { get }
    /// As a journal or a client keeps it.
    var json: JSONValue { get }
    /// Bytes that it holds, roughly: how far a follower may be behind is counted in them.
    var byteCount: Int { get }
}
