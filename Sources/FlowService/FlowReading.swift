import Components
import Concurrency
import Flow
import Foundation
import Logging

/// One reading of a run's events. Its end cancels the run, if that still goes on.
final class FlowReading {
    private let call: FlowCall
    private let time: Duration
    private var run: Run?
    private var iterator: RunEvents.AsyncIterator?
    private var isOver = false
    private var position = 0

    init(_ call: FlowCall, time: Duration) {
        self.call = call
        self.time = time
    }

    deinit { run?.cancel() }

    func next() async throws -> FlowProgress? {
        guard !isOver else { return nil }
        do {
            if run == nil {
                let (run, events) = try call.flow.plan.start(
                    changing: call.request.changes, in: try await call.context(time: time))
                self.run = run
                iterator = events.makeAsyncIterator()
            }
            while let event = try await nextEvent() {
                let kind: FlowProgress.Kind
                switch event.kind {
                case .finished, .failed, .cancelled:
                    guard let outcome = try await run?.outcome() else { return nil }
                    kind = .finished(try await call.ended(outcome))
                    isOver = true
                default: kind = call.flow.progress(event)
                }
                return numbered(kind)
            }
            return nil
        } catch {
            isOver = true
            if error is CancellationError {
                // The reader's own end is no event: nobody is there to read it.
                try Task.checkCancellation()
                return numbered(.cancelled)
            }
            let told = call.told(error, limit: time)
            if FlowFailure.isInside(told) {
                call.service.logger.error(
                    "a run failed",
                    metadata: ["millrace.run": "\(call.runID)", "millrace.reason": "\(error)"])
            }
            return numbered(.failed(FlowFailure(told)))
        }
    }

    private func numbered(_ kind: FlowProgress.Kind) -> FlowProgress {
        defer { position += 1 }
        return FlowProgress(position: position, kind: kind)
    }

    private func nextEvent() async throws -> RunEvent? {
        guard var iterator else { return nil }
        let event = try await iterator.next()
        self.iterator = iterator
        return event
    }
}

extension RunnableFlow {
    /// What an event of the engine is to those who follow the run; not for the last one, which this cannot tell.
    func progress(_ event: RunEvent) -> FlowProgress.Kind {
        switch event.kind {
        case .stepBegan(let component, let type): .stepBegan(component: component, type: type)
        case .stepEnded(let trace): .stepEnded(trace)
        case .emitted(let component, let emission): progress(emission, of: component)
        case .finished, .failed, .cancelled: .cancelled
        }
    }

    private func progress(_ emission: any Emission, of component: String) -> FlowProgress.Kind {
        switch emission {
        case let emission as TextEmission:
            .text(component: component, text: emission.text, isShown: speakers.contains(component))
        // What a body says inside of it is its component's affair.
        case let emission as MessageEmission where !component.contains("/"):
            .message(component: component, emission.message)
        case let emission as ToolEmission: .tool(component: component, emission)
        default:
            .other(name: type(of: emission).emissionName, component: component, emission.json)
        }
    }
}
