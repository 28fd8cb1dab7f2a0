import Concurrency
import Flow
import JSONValue
import Models

/// Carries out the calls of a model, and tells each to the run's followers.
struct ToolCaller: Sendable {
    /// What came of a call, as the model is told.
    struct Outcome: Sendable {
        var call: ToolCall
        var result: ToolResult
    }

    let step: Step
    let toolbox: Toolbox
    let sources: RunSources?
    let limits: AgentLimits
    /// Since the agent began.
    let clock: ElapsedClock

    /// Bytes of a reason that a model is told.
    private static let reasonLimitBytes = 2_048

    /// - Throws: only what ends the run: its cancellation, its budget, a journal that cannot be written. What is wrong
    ///   with a call or its tool is an outcome.
    func carryOut(_ admitted: CallRecord.Admitted) async throws -> Outcome {
        let call = admitted.call
        let title = (try? toolbox.entry(named: call.name))?.title ?? call.name.prefix(bytes: 256)
        try await step.emit(ToolEmission(.called, call: call.id, tool: title, value: call.arguments))
        switch try await attempt(admitted) {
        case .success(let found):
            try await step.emit(ToolEmission(.returned, call: call.id, tool: title, value: found.shown))
            return Outcome(call: call, result: ToolResult(callID: call.id, content: found.content))
        case .failure(let refusal):
            try await step.emit(
                ToolEmission(.failed, call: call.id, tool: title, value: .string(refusal.reason)))
            let told = QuotedBrackets.guarded(refusal.reason)
            return Outcome(
                call: call, result: ToolResult(callID: call.id, content: .text(told), isError: true))
        }
    }

    /// Why a call came to nothing.
    private struct Refusal: Error {
        var reason: String
    }

    private func attempt(
        _ admitted: CallRecord.Admitted
    ) async throws -> Result<FoundByTool, Refusal> {
        if let refusal = admitted.refusal { return .failure(Refusal(reason: refusal)) }
        do {
            let entry = try toolbox.entry(named: admitted.call.name)
            let arguments = try Self.arguments(admitted.call, of: entry)
            let value = try await withTime {
                try await Self.perform(entry, arguments, number: admitted.number)
            }
            var numbering: RunSources?
            if case .component = entry.target { numbering = sources }
            return .success(FoundByTool(value, numberedBy: numbering, limitBytes: limits.resultBytes))
        } catch {
            try Task.checkCancellation()
            if Self.endsRun(error) { throw error }
            let reason = Self.reason(error)
            return .failure(
                Refusal(
                    reason: reason.utf8.count > Self.reasonLimitBytes
                        ? reason.prefix(bytes: Self.reasonLimitBytes) + "…" : reason))
        }
    }

    private static func perform(
        _ entry: Toolbox.Entry, _ arguments: JSONValue, number: Int
    ) async throws -> JSONValue {
        switch entry.target {
        case .component(let tool): try await tool.call(arguments, number: number)
        case .item(let item): try await item.call(arguments)
        }
    }

    /// The arguments as an object, with what the model copied from a result as it stood there.
    private static func arguments(_ call: ToolCall, of entry: Toolbox.Entry) throws -> JSONValue {
        var arguments = call.arguments
        if let text = arguments.string {
            guard let parsed = try? JSONValue(parsing: text.trimmed.isEmpty ? "{}" : text) else {
                throw Refusal(
                    reason: "The arguments of “\(entry.definition.name)” are not JSON. Write an object.")
            }
            arguments = parsed
        }
        if arguments == .null { arguments = [:] }
        guard arguments.object != nil else {
            throw ToolFault.noObject(tool: entry.definition.name, kind: arguments.kind)
        }
        arguments = arguments.mapStrings(QuotedBrackets.restored)
        if let fault = entry.schema?.fault(in: arguments) {
            throw Refusal(reason: "The arguments of “\(entry.definition.name)” do not fit: \(fault)")
        }
        return arguments
    }

    /// Work that may take what is left of the agent's time.
    private func withTime<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let time = limits.time else { return try await work() }
        return try await withDeadline(max(.zero, time - clock.elapsed), clock: step.context.clock, work)
    }

    private static func endsRun(_ error: any Error) -> Bool {
        switch error {
        case FlowError.budget: true
        case FlowError.step(let failure): endsRun(failure.error)
        default: false
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let refusal as Refusal: refusal.reason
        case FlowError.step(let failure): reason(failure.error)
        case is CancellationError: "It was given up."
        default: "\(error)"
        }
    }
}
