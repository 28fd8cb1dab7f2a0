import Concurrency
import Corpus
import Flow
import Foundation
import VectorIndex

/// Runs plans for question answering: a question in, an answer or events out, errors in its own words.
struct AnswerRun: Sendable {
    let plan: Plan
    let question: Question
    let scope: ReadScope
    let timeout: Duration
    let observer: (any StepObserver)?

    private var context: RunContext {
        RunContext(
            runID: UUID().uuidString, budget: RunBudget(time: timeout), observer: observer,
            facts: [question, scope])
    }

    /// Runs to the answer in the calling task.
    func result() async throws -> FlowResult {
        do {
            return try result(of: await plan.run(in: context))
        } catch {
            throw told(error)
        }
    }

    /// The run's events, begun when they are first asked for; the run ends with its reader.
    func events() -> PulledSequence<FlowEvent> {
        PulledSequence {
            let reading = Reading(self)
            return { try await reading.next() }
        }
    }

    private func result(of outcome: RunOutcome) throws -> FlowResult {
        guard let answer = outcome.output(Answer.self) else {
            throw QAError.componentFailed(
                flow: plan.name, component: FlowGraph.outputName, reason: "it made no answer.",
                isRetryable: false)
        }
        return FlowResult(
            flow: plan.name, answer: answer,
            stages: outcome.traces.filter { $0.outcome == .finished }.map { StageTrace($0) },
            totalMilliseconds: outcome.duration / .milliseconds(1))
    }

    /// What a run threw, as question answering tells it.
    private func told(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError, is QAError: error
        case is DeadlineExceeded: QAError.timedOut(flow: plan.name, seconds: timeout / .seconds(1))
        case FlowError.step(let failure):
            QAError(failure.error, flow: failure.flow, component: failure.component)
        case let error as FlowError: QAError.stopped(error)
        default: error
        }
    }

    /// One reading of a run's events. Its end cancels the run, if that still goes on.
    private final class Reading {
        private let answering: AnswerRun
        private var run: Run?
        private var iterator: RunEvents.AsyncIterator?

        init(_ answering: AnswerRun) {
            self.answering = answering
        }

        deinit { run?.cancel() }

        func next() async throws -> FlowEvent? {
            do {
                if run == nil {
                    let (run, events) = try answering.plan.start(in: answering.context)
                    self.run = run
                    iterator = events.makeAsyncIterator()
                }
                while let event = try await nextEvent() {
                    if let told = try await told(event) { return told }
                }
                return nil
            } catch {
                throw answering.told(error)
            }
        }

        private func nextEvent() async throws -> RunEvent? {
            var iterator = iterator
            return try await iterator?.next()
        }

        private func told(_ event: RunEvent) async throws -> FlowEvent? {
            switch event.kind {
            case .stepBegan(let component, _): return .stageBegan(component: component)
            case .stepEnded(let trace):
                return trace.outcome == .finished ? .stageEnded(StageTrace(trace)) : nil
            case .emitted(_, let emission as PassagesEmission): return .passages(emission.passages)
            case .emitted(_, let emission as TokenEmission): return .token(emission.text)
            case .emitted(_, let emission as CitationEmission):
                return .citation(number: emission.number, passage: emission.passage)
            case .emitted: return nil
            case .finished, .failed, .cancelled:
                guard let outcome = try await run?.outcome() else { return nil }
                return .finished(try answering.result(of: outcome))
            }
        }
    }
}
