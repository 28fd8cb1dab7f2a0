import Concurrency

/// Runs the nodes of a frame, each as soon as what it waits for is there.
///
/// A step that is ready alone runs where its last input arrived, without a task. Where several are ready at once
/// those that never wait run one after another, and only the others become tasks. The first error cancels what
/// runs and is thrown when all of it has ended.
enum Executor {
    /// Nodes that became ready; empty, one or more.
    struct Ready {
        var first: Int32 = -1
        var more: [Int32] = []

        mutating func append(_ node: Int32) {
            if first < 0 { first = node } else { more.append(node) }
        }

        mutating func take() -> Int32? {
            if let last = more.popLast() { return last }
            guard first >= 0 else { return nil }
            defer { first = -1 }
            return first
        }

        var isEmpty: Bool { first < 0 }
        var isSingle: Bool { first >= 0 && more.isEmpty }
    }

    static func run(_ frame: RunFrame) async throws {
        var ready = Ready()
        for node in frame.plan.initial.reversed() { ready.append(node) }
        try await advance(frame, &ready)
        while !ready.isEmpty {
            try await fork(frame, ready)
            ready = Ready()
        }
    }

    /// Runs what is ready as long as no task is needed for it.
    ///
    /// - Parameter ready: on return empty, or two nodes or more that are tasks' work.
    private static func advance(_ frame: RunFrame, _ ready: inout Ready) async throws {
        var waiting = Ready()
        while let node = ready.take() {
            if frame.plan.nodes[Int(node)].immediate == nil, !(ready.isEmpty && waiting.isEmpty) {
                waiting.append(node)
                continue
            }
            try await perform(frame, node)
            complete(frame, node, &ready)
            // An only one that waited for company which then ran by itself need not wait any more.
            if ready.isEmpty, waiting.isSingle { swap(&ready, &waiting) }
        }
        ready = waiting
    }

    /// Runs nodes side by side, and all that follows from them.
    private static func fork(_ frame: RunFrame, _ first: Ready) async throws {
        try await withThrowingTaskGroup(of: Ready.self) { group in
            var ready = first
            while true {
                while let node = ready.take() {
                    // It begins here and leaves this thread where it first waits: a step that does not wait costs
                    // no thread, and one that computes long has an executor of its own to do so.
                    group.addImmediateTask {
                        var next = Ready()
                        try await perform(frame, node)
                        complete(frame, node, &next)
                        try await advance(frame, &next)
                        return next
                    }
                }
                guard let next = try await group.next() else { return }
                ready = next
            }
        }
    }

    /// Counts a node as done, and adds those that waited for nothing else.
    private static func complete(_ frame: RunFrame, _ index: Int32, _ ready: inout Ready) {
        for successor in frame.plan.nodes[Int(index)].wiring.successors
        where frame.slots.arrive(at: Int(successor)) {
            ready.append(successor)
        }
    }

    private static func perform(_ frame: RunFrame, _ index: Int32) async throws {
        let node = frame.plan.nodes[Int(index)]
        let step = Step(frame: frame, node: node)
        if node.wiring.maySkip, frame.isInactive(node) {
            try await ended(step, after: .zero, .skipped)
            return
        }
        try Task.checkCancellation()
        try frame.core.meter.spendStep()
        if let log = frame.core.log, !node.isSynthetic {
            try await log.append(.stepBegan(component: step.path, type: node.type))
        }
        let span = node.isSynthetic ? nil : RequestTrace.begin(node.type)
        let start = ContinuousClock.now
        do {
            if let immediate = node.immediate, node.policy == nil {
                try immediate.compute(step)
            } else {
                try await RequestTrace.within(span) { try await carryOut(step) }
            }
            try checkOutputs(of: step)
        } catch {
            let outcome: StepOutcome = error is CancellationError ? .cancelled : .failed
            if outcome == .failed { span?.fail(error) }
            span?.end(of: step, notes: [:])
            // What the step threw counts, whatever its followers make of it.
            try? await ended(step, after: ContinuousClock.now - start, outcome)
            throw failure(error, step)
        }
        guard let traces = frame.core.traces, !node.isSynthetic else {
            span?.end(of: step, notes: [:])
            return
        }
        var trace = traces.end(step, after: ContinuousClock.now - start, .finished)
        if frame.core.context.showsValues { trace.values = StepValues(step) }
        span?.end(of: step, notes: trace.notes)
        frame.core.context.observer?.ended(trace)
        if let log = frame.core.log { try await log.append(.stepEnded(trace)) }
    }

    private static func carryOut(_ step: Step) async throws {
        guard step.frame.core.traces != nil, !step.node.isSynthetic else { return try await attempt(step) }
        try await Step.$current.withValue(step) { try await attempt(step) }
    }

    private static func attempt(_ step: Step) async throws {
        if let policy = step.node.policy {
            try await Attempts(step: step, policy: policy).run()
        } else {
            try await step.node.component.run(step)
        }
    }

    private static func ended(_ step: Step, after duration: Duration, _ outcome: StepOutcome) async throws {
        guard let traces = step.frame.core.traces, !step.node.isSynthetic else { return }
        var trace = traces.end(step, after: duration, outcome)
        if step.frame.core.context.showsValues { trace.values = StepValues(step) }
        step.frame.core.context.observer?.ended(trace)
        if let log = step.frame.core.log { try await log.append(.stepEnded(trace)) }
    }

    private static func checkOutputs(of step: Step) throws {
        for offset in step.node.requiredOutputs
        where step.frame.slots[step.node.outputBase + offset] == nil {
            throw MissingOutput(port: step.node.outputs[offset].name)
        }
        let branches = step.node.branches
        guard !branches.isEmpty,
            branches.allSatisfy({ step.frame.slots[step.node.outputBase + $0] == nil })
        else { return }
        throw NoBranchTaken(branches: branches.map { step.node.outputs[$0].name })
    }

    /// What a step threw, with its place; what already has one keeps it.
    private static func failure(_ error: any Error, _ step: Step) -> any Error {
        switch error {
        case is CancellationError: error
        case let error as FlowError: error
        default:
            FlowError.step(
                StepFailure(
                    flow: step.frame.plan.name, component: step.path, type: step.node.type, error: error))
        }
    }
}

/// A router found none of its branches to match.
struct NoBranchTaken: Error, CustomStringConvertible {
    var branches: [String]

    var description: String {
        """
        it took none of its branches \(branches.map { "“\($0)”" }.joined(separator: ", ")), so nothing after it \
        could run. Give it a branch for whatever matches no other.
        """
    }
}

/// A component returned without having made what it promised.
struct MissingOutput: Error, CustomStringConvertible {
    var port: String

    var description: String { "it made no value for its output “\(port)”, which it promises always to set." }
}

extension TraceSpan {
    /// Ends the span of a step, with its place and what it noted.
    fileprivate func end(of step: Step, notes: [String: Double]) {
        set { facts in
            facts.set("millrace.flow", step.frame.plan.name)
            facts.set("millrace.component", step.path)
            for (name, value) in notes { facts.set("millrace.\(name)", value) }
        }
        end()
    }
}
