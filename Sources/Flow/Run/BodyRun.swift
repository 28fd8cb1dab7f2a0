extension Step {
    /// What one run of a body is given.
    public struct BodyValues: Sendable {
        let body: Int
        var values: [(any Payload)?]

        public mutating func set<Value: Payload>(_ value: Value, for input: BodyInput<Value>) {
            precondition(input.body == body, "an input of another body")
            values[input.index] = value
        }
    }

    /// What one run of a body came to.
    public struct BodyResult: Sendable {
        let body: Int
        let values: [(any Payload)?]

        /// `nil` when the branch that makes it was not taken.
        public subscript<Value: Payload>(output: BodyOutput<Value>) -> Value? {
            precondition(output.body == body, "an output of another body")
            return values[output.index] as? Value
        }
    }

    /// The values of a body's inputs, to be set.
    public func values(for body: Body) -> BodyValues {
        BodyValues(
            body: body.index, values: Array(repeating: nil, count: node.bodies[body.index].inputs.count))
    }

    /// Runs a body once, within this run's budget and for the same caller.
    ///
    /// Several may run at once, from the component's own tasks.
    ///
    /// - Parameter number: which run of the body it is, for events and errors.
    /// - Throws: what a step of the body throws, or ``FlowError/input(flow:name:expected:)``.
    public func run(_ values: BodyValues, number: Int = 0) async throws -> BodyResult {
        let plan = node.bodies[values.body]
        let inner = RunFrame(
            frame.core, plan, parameters: plan.parameters, suffix: "\(frame.suffix)#\(number)")
        for (port, value) in zip(plan.inputs, values.values) {
            guard let value else {
                if port.isOptional { continue }
                throw FlowError.input(flow: node.id, name: port.name, expected: port.type.payloadName)
            }
            inner.slots[port.slot] = value
        }
        try await Executor.run(inner)
        return BodyResult(body: values.body, values: plan.outputs.map { inner.slots[$0.slot] })
    }
}
