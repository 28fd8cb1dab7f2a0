import Corpus
import Models
import Synchronization
import VectorIndex

/// Runs a planned flow: each component as soon as its inputs are there, those that can side by side.
public struct FlowRunner: Sendable {
    let plan: FlowPlan
    /// Limit of one run.
    let timeout: Duration

    public init(_ plan: FlowPlan, timeout: Duration = .seconds(60)) {
        self.plan = plan
        self.timeout = timeout
    }

    /// Runs the flow, telling what happens as it happens.
    ///
    /// The stream ends with `.finished`, or throws ``QAError``. Dropping it cancels the run.
    public func events(_ question: Question) -> AsyncThrowingStream<FlowEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let result = try await run(question) { continuation.yield($0) }
                    continuation.yield(.finished(result))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Runs the flow to its answer.
    public func run(
        _ question: Question, emit: @escaping @Sendable (FlowEvent) -> Void = { _ in }
    ) async throws -> FlowResult {
        try await withThrowingTaskGroup(of: FlowResult?.self) { group in
            group.addTask { try await execute(question, emit: emit) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else {
                throw QAError.timedOut(flow: plan.flow.name, seconds: timeout / .seconds(1))
            }
            return result
        }
    }

    private func execute(
        _ question: Question, emit: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> FlowResult {
        let clock = ContinuousClock()
        let start = clock.now
        var values: [PortReference: FlowValue] = [:]
        var traces: [StageTrace] = []
        try await withThrowingTaskGroup(of: StepResult.self) { group in
            var waiting = plan.steps
            func startReady() {
                for step in waiting where step.sources.values.allSatisfy({ values[$0] != nil }) {
                    let inputs = FlowInputs(values: step.sources.compactMapValues { values[$0] })
                    group.addTask { try await run(step, inputs, question, emit) }
                }
                waiting.removeAll { step in step.sources.values.allSatisfy { values[$0] != nil } }
            }
            startReady()
            while let result = try await group.next() {
                for (port, value) in result.outputs {
                    values[PortReference(result.trace.component, port)] = value
                }
                traces.append(result.trace)
                startReady()
            }
        }
        guard case .answer(let answer) = values[plan.flow.output] else {
            throw QAError.componentFailed(
                flow: plan.flow.name, component: plan.flow.output.component, reason: "it made no answer.",
                isRetryable: false)
        }
        return FlowResult(
            flow: plan.flow.name, answer: answer, retrieved: Self.retrieved(values), stages: traces,
            totalMilliseconds: (clock.now - start) / .milliseconds(1))
    }

    private struct StepResult: Sendable {
        var outputs: [String: FlowValue]
        var trace: StageTrace
    }

    private func run(
        _ step: FlowPlan.Step, _ inputs: FlowInputs, _ question: Question,
        _ emit: @escaping @Sendable (FlowEvent) -> Void
    ) async throws -> StepResult {
        let notes = Mutex<[String: Double]>([:])
        let context = FlowContext(
            question: question, emit: emit, note: { key, value in notes.withLock { $0[key] = value } })
        emit(.stageBegan(component: step.id))
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let outputs = try await step.component.run(inputs, context: context)
            let trace = StageTrace(
                component: step.id, type: type(of: step.component).type,
                milliseconds: (clock.now - start) / .milliseconds(1), detail: notes.withLock { $0 })
            emit(.stageEnded(trace))
            return StepResult(outputs: outputs, trace: trace)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw QAError(error, flow: plan.flow.name, component: step.id)
        }
    }

    /// The passages of the last component that put some in order: the prompt's, if there is one.
    private static func retrieved(_ values: [PortReference: FlowValue]) -> [RetrievedChunk] {
        for value in values.values {
            if case .prompt(let prepared) = value { return prepared.passages }
        }
        return []
    }
}
