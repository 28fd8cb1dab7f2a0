import Concurrency
import Flow
import QA
import Workspace

/// Runs flows for the operations: within the limits, to a document or to events.
struct FlowRuns: Sendable {
    let qa: QuestionAnswering
    let limiter: RunLimiter
    /// Ends streams that show what may not be read any more; `nil` where nothing is looked at.
    var watch: AccessWatch?

    /// How a run may be answered.
    static var responses: [ResponseDeclaration] {
        [
            .json(AnswerDocument.self, "the answer with its citations"),
            .events(AnswerEvents.declarations, "the same in pieces, when “stream” is true"),
        ]
    }

    /// Why a run may be refused or fail.
    static let problems: [ProblemKind] = [
        .emptyQuestion, .questionTooLong, .outOfRange, .unknownFlow, .invalidFlow, .componentFailed, .busy,
        .timedOut, .flowStopped, .accessWithdrawn,
    ]

    /// Waits for the caller's turn.
    func slot(for caller: Caller) async throws -> RunLimiter.Slot {
        try await limiter.slot(
            for: caller.owner.description, atMost: caller.concurrentRuns,
            of: caller.concurrentRuns.map { _ in caller.actor })
    }

    /// Does `work` when its turn comes, within the time limit.
    ///
    /// - Throws: ``RequestFault`` when there is no turn or no time, and whatever `work` throws.
    func limited<Value: Sendable>(
        _ caller: Caller, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let slot = try await slot(for: caller)
        defer { slot.release() }
        do {
            return try await withDeadline(caller.timeLimit, work)
        } catch let error as DeadlineExceeded {
            throw RequestFault.timedOut(seconds: error.limit / .seconds(1))
        }
    }

    /// Answers `question` by the flow of this name, as events if `stream`.
    func answer(
        _ question: Question, flow: String, stream: Bool, caller: Caller
    ) async throws -> APIResponse {
        guard stream else {
            let result = try await limited(caller) {
                try await qa.run(question, scope: caller.scope, flow: flow)
            }
            return try .json(AnswerDocument(result, id: caller.requestID))
        }
        guard qa.flows.contains(where: { $0.name == flow }) else {
            throw QAError.unknownFlow(name: flow, known: qa.flows.map(\.name))
        }
        // The turn is waited for here, so that a full server still answers with a status.
        let slot = try await slot(for: caller)
        return .events(
            EventStream { send in
                defer { slot.release() }
                return await run(question, flow: flow, caller: caller, send: send)
            })
    }

    private func run(
        _ question: Question, flow: String, caller: Caller, send: @escaping EventStream.Send
    ) async -> EventStream.Outcome {
        do {
            try await withDeadline(caller.timeLimit) {
                let events = try qa.events(question, scope: caller.scope, flow: flow)
                for try await event in watched(events, for: caller) {
                    for event in try AnswerEvents.events(of: event, requestID: caller.requestID) {
                        await send(event)
                    }
                }
                // A stream that ends because its reader was cancelled ends without an error.
                try Task.checkCancellation()
            }
            return .complete
        } catch {
            guard !Task.isCancelled else { return .cancelled }
            let deadline = (error as? DeadlineExceeded)?.limit
            var problem = ProblemDetails(
                deadline.map { RequestFault.timedOut(seconds: $0 / .seconds(1)) } ?? error)
            problem.requestID = caller.requestID
            await send(AnswerEvents.error(problem))
            return .failed(problem)
        }
    }
}
