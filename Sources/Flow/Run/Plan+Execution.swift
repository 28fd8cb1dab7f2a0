import Concurrency
import JSONValue

/// What a finished run made.
public struct RunOutcome: Sendable {
    /// The values of the flow's outputs; one whose branch was not taken is missing.
    public var outputs: [String: any Payload]
    /// In the order of the steps' ends.
    public var traces: [StepTrace]
    public var duration: Duration

    /// An output of a type that the plan was checked for.
    public func output<Value: Payload>(
        _ type: Value.Type, named name: String = FlowGraph.outputName
    ) -> Value? {
        outputs[name] as? Value
    }
}

extension Plan {
    /// Runs the flow in the calling task, for a caller who waits for the result alone.
    ///
    /// - Parameters:
    ///   - inputs: one value for each input of the flow.
    ///   - changes: parameters of this run that differ from the flow's, by component id.
    ///   - traced: whether times and notes of the steps are kept.
    /// - Throws: ``FlowError``, `CancellationError`, or ``DeadlineExceeded`` by the budget's time.
    public func run(
        _ inputs: [String: any Payload] = [:], changing changes: [String: [String: JSONValue]] = [:],
        in context: RunContext, traced: Bool = true
    ) async throws -> RunOutcome {
        let collector = traced ? TraceCollector(expecting: nodes.count) : nil
        let frame = try frame(inputs, changing: changes, in: context, traces: collector)
        let start = ContinuousClock.now
        if let limit = context.budget.time {
            try await withDeadline(limit, clock: context.clock) { try await Executor.run(frame) }
        } else {
            try await Executor.run(frame)
        }
        return RunOutcome(
            outputs: frame.outputs, traces: collector?.traces ?? [], duration: ContinuousClock.now - start)
    }

    /// A frame with its inputs set.
    func frame(
        _ inputs: [String: any Payload], changing changes: [String: [String: JSONValue]],
        in context: RunContext, traces: TraceCollector?, log: RunLog? = nil
    ) throws -> RunFrame {
        let core = RunCore(context, flow: name, traces: traces, log: log)
        let frame = RunFrame(core, self, parameters: try parameters(changing: changes))
        for port in self.inputs {
            guard let value = inputs[port.name],
                ObjectIdentifier(type(of: value)) == ObjectIdentifier(port.type)
            else {
                throw FlowError.input(flow: name, name: port.name, expected: port.type.payloadName)
            }
            frame.slots[port.slot] = value
        }
        return frame
    }
}
